import { whyDeploying } from '../../health/deployments.ts';
import { probeStack } from '../../health/stack.ts';
import type { Ports } from '../../ports.ts';
import type { Look } from '../../run/look.ts';
import { askAbilities, type AbilitiesOfHosts } from './ask-abilities.ts';
import { taskContainers } from './containers-of-tasks.ts';
import { buildAgentPlaces, controllerPlaces } from './controllers.ts';
import { leadingTimes } from './leading-time.ts';
import { plannedMaintenance } from './maintenance.ts';
import { readPool } from './pool.ts';
import { readFlags } from './read-flags.ts';
import { readBuilds } from './running-builds.ts';
import type { HostScene, Scene } from './scene.ts';

/** Asks hosts and services for all that plans of drills are made from. Changes nothing. */
export async function lookAtScene(
  look: Look,
  ports: Pick<Ports, 'templates' | 'signal'>,
): Promise<Scene> {
  const { input, sight } = look;
  const [health, abilities] = await Promise.all([
    probeStack(input, sight),
    askAbilities(sight.remotes, ports),
  ]);
  const leaders = {
    zookeeper: health.zookeeper.leader,
    mesos: health.mesosMasters.leader,
    marathon: health.marathon.leader,
  };
  const wallOn = (host: string) => {
    const told = abilities.get(host);
    return typeof told === 'object' ? told.clock.wall : undefined;
  };
  return {
    ...{ spec: input.spec, health, leaders, hosts: hostScenes(look, abilities) },
    ...(await askServices(look, leaders)),
    leadingMs: await leadingTimes({ sight, leaders, wallOn }),
  };
}

type Asked = Omit<Scene, 'spec' | 'health' | 'leaders' | 'hosts' | 'leadingMs'>;

async function askServices({ sight }: Look, leaders: Scene['leaders']): Promise<Asked> {
  const containers = await taskContainers(sight);
  const [controllers, pool, flags, deploying, maintenance, builds] = await Promise.all([
    controllerPlaces(sight, leaders.marathon, containers),
    readPool(sight, leaders.mesos),
    readFlags(sight, leaders.marathon),
    whyDeploying(sight),
    plannedMaintenance(sight, leaders.mesos),
    readBuilds(sight),
  ]);
  const buildAgents = buildAgentPlaces(sight.spec, containers);
  return { controllers, pool, flags, deployments: deploying, maintenance, builds, buildAgents };
}

function hostScenes(
  { input, sight }: Look,
  abilities: AbilitiesOfHosts,
): ReadonlyMap<string, HostScene> {
  return new Map(
    input.spec.hosts.map(({ name }) => {
      const facts = input.observed.facts.get(name);
      const running = (facts?.containers ?? []).filter(({ status }) => status === 'running');
      const docker = facts?.docker;
      return [
        name,
        {
          abilities: abilities.get(name) ?? sight.missing.get(name) ?? 'not connected',
          containers: new Map(running.map((one) => [one.service, one.name])),
          liveRestore: docker?.kind === 'running' ? docker.liveRestore : undefined,
        },
      ];
    }),
  );
}
