import type { PlanInput } from '../plan/observed.ts';
import { probeBuilds } from './builds.ts';
import { orphansAmong, readFrameworks } from './frameworks.ts';
import { findDiskHogs } from './disk-hogs.ts';
import { probeEntrances } from './gateway.ts';
import { hostsHealth } from './hosts.ts';
import { probeJenkins } from './jenkins.ts';
import { probeMarathon } from './marathon.ts';
import { probeAgents, probeMasters } from './mesos.ts';
import { worst, type Health, type HostResidue } from './model.ts';
import type { Sight } from './sight.ts';
import { probePoolUse } from './pool-use.ts';
import { probeZookeeper } from './zookeeper.ts';

/** Looks at everything at once; the facts of the hosts come with `input`. */
export async function probeStack(input: PlanInput, sight: Sight): Promise<Health> {
  const [zookeeper, masters, marathon, gateways] = await Promise.all([
    probeZookeeper(sight),
    probeMasters(sight),
    probeMarathon(sight),
    probeEntrances(sight),
  ]);
  const [mesosAgents, jenkins, frameworks, diskHogs] = await Promise.all([
    probeAgents(sight, masters.leader),
    probeJenkins(sight, marathon.leader),
    readFrameworks(sight, masters.leader),
    findDiskHogs(sight, masters.leader, input.observed.facts),
  ]);
  const { jenkins: controllers } = sight.spec;
  const [pool, ...builds] = await Promise.all([
    probePoolUse(sight),
    ...controllers.map((controller) => probeBuilds(sight, controller, frameworks)),
  ]);
  const hosts = hostsHealth(input, sight.missing);
  const groups = [zookeeper, masters, marathon, mesosAgents, gateways];
  const told = builds.flatMap((one) => one ?? []);
  const verdict = worst([...groups, ...hosts, ...jenkins, ...told].map(({ state }) => state));
  return {
    verdict,
    hosts,
    zookeeper,
    mesosMasters: masters,
    mesosAgents,
    marathon,
    gateways,
    jenkins: jenkins.map((one, index) => ({ ...one, builds: builds[index] })),
    orphanFrameworks: orphansAmong(frameworks ?? [], controllers),
    diskHogs,
    residue: residueOn(input),
    pool,
  };
}

function residueOn({ spec, observed }: PlanInput): HostResidue[] {
  return spec.hosts.flatMap(({ name: host }) =>
    (observed.facts.get(host)?.residue ?? []).map((residue) => ({ host, ...residue })),
  );
}
