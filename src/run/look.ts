import { inRecordedOrder } from '../cluster/identity.ts';
import type { ClusterSpec } from '../config/cluster-spec.ts';
import { readFingerprints } from '../health/apps.ts';
import { agentOf, readAgents } from '../health/agents.ts';
import { readPaused } from '../health/build-load.ts';
import { offlineNodes } from '../health/build-nodes.ts';
import { controllerHosts } from '../health/jenkins.ts';
import { probeMarathon } from '../health/marathon.ts';
import { probeMasters } from '../health/mesos.ts';
import { readShares } from '../health/shares.ts';
import type { Sight } from '../health/sight.ts';
import { probeZookeeper } from '../health/zookeeper.ts';
import type { PlanInput, RegisteredAgent } from '../plan/observed.ts';
import { recordedIdentity } from '../plan/preflight.ts';
import type { Missing } from '../plan/quorum-faults.ts';
import type { Ports } from '../ports.ts';
import { Secret } from '../secret.ts';
import type { Report } from './events.ts';
import { filesOf } from './facts-request.ts';
import { observeHosts, type Sighting } from './observe.ts';

/** Everything that was seen, ready to plan from and to probe through. */
export interface Look {
  readonly input: PlanInput;
  readonly sight: Sight;
  readonly missing: readonly Missing[];
}

/** Connects, reads the facts, and asks the services who leads. Changes nothing. */
export async function lookAt(spec: ClusterSpec, ports: Ports, report: Report): Promise<Look> {
  const sighting = await observeHosts(spec, ports, report);
  return await lookThrough(sighting, { spec, ports, newId: ports.randomId() });
}

interface Around {
  readonly spec: ClusterSpec;
  readonly ports: Ports;
  /** Of a cluster that has none yet. */
  readonly newId: string;
}

/** The same from facts that are there, over connections that are open. */
export async function lookThrough(sighting: Sighting, around: Around): Promise<Look> {
  const { ports } = around;
  const ordered = orderedSpec(sighting, around);
  const sight = sightOf(ordered.spec, sighting);
  const runs = [...sighting.facts.values()].some(({ containers }) => containers.length > 0);
  const services = runs
    ? await askServices(sight)
    : { apps: undefined, leaders: new Set<string>() };
  const observed = {
    facts: sighting.facts,
    secretSums: secretSums(ordered.spec, ports),
    ...services,
  };
  const input = { ...ordered, templates: ports.templates, observed };
  return { input, sight, missing: sighting.missing };
}

function orderedSpec(
  { facts }: Sighting,
  { spec, newId }: Around,
): { spec: ClusterSpec; clusterId: string } {
  const nothing = { secretSums: new Map(), apps: undefined, leaders: new Set<string>() };
  const recorded = recordedIdentity({ spec, observed: { facts, ...nothing } });
  return { spec: inRecordedOrder(spec, recorded), clusterId: recorded?.id ?? newId };
}

function sightOf(spec: ClusterSpec, { remotes, missing }: Sighting): Sight {
  const reasons = missing.map(({ host, error }) => [host, error.message] as const);
  return { spec, remotes, missing: new Map(reasons) };
}

type Asked = Pick<
  PlanInput['observed'],
  'apps' | 'leaders' | 'shares' | 'offlineNodes' | 'agents' | 'controllers' | 'paused'
>;

async function askServices(sight: Sight): Promise<Asked> {
  const [zookeeper, masters, marathon] = await Promise.all([
    probeZookeeper(sight),
    probeMasters(sight),
    probeMarathon(sight),
  ]);
  const leaders = [
    `zookeeper@${zookeeper.leader ?? ''}`,
    `mesos-master@${masters.leader ?? ''}`,
    `marathon@${marathon.leader ?? ''}`,
  ];
  const [apps, shares, offline, agents, controllers, paused] = await Promise.all([
    readFingerprints(sight, marathon.leader),
    readShares(sight, masters.leader),
    missingNodes(sight),
    agentsByHost(sight, masters.leader),
    controllerHosts(sight, marathon.leader),
    readPaused(sight),
  ]);
  const found = { apps, shares, offlineNodes: offline, agents, controllers, paused };
  return { leaders: new Set(leaders), ...found };
}

async function agentsByHost(
  sight: Sight,
  leader: string | undefined,
): Promise<ReadonlyMap<string, RegisteredAgent> | undefined> {
  const agents = await readAgents(sight, leader);
  if (agents === undefined) return undefined;
  const found = sight.spec.hosts.map(
    (host) => [host.name, agentOf(sight.spec, host, agents)] as const,
  );
  return new Map(found.flatMap(([name, agent]) => (agent === undefined ? [] : [[name, agent]])));
}

/** Of controllers that answer; those that do not get their build agents when they do. */
async function missingNodes(sight: Sight): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = await Promise.all(
    sight.spec.jenkins.map(async (controller) => {
      const offline = await offlineNodes(sight, controller);
      return typeof offline === 'string' ? [] : [[controller.name, offline] as const];
    }),
  );
  return new Map(found.flat());
}

function secretSums(spec: ClusterSpec, ports: Ports): ReadonlyMap<string, string> {
  const files = spec.hosts.flatMap((host) => filesOf(spec, ports.templates, host));
  return new Map(
    files.flatMap(({ path, content }) =>
      content instanceof Secret ? [[path, ports.digestOf(content)] as const] : [],
    ),
  );
}
