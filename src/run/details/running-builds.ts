import { z } from 'zod';
import type { JenkinsController } from '../../config/cluster-spec.ts';
import { readAgents } from '../../health/agents.ts';
import { askForBuildAgents } from '../../health/builds.ts';
import { readApp } from '../../health/jenkins.ts';
import { probeMarathon } from '../../health/marathon.ts';
import { probeMasters } from '../../health/mesos.ts';
import { readLeader } from '../../health/operator-api.ts';
import type { Sight } from '../../health/sight.ts';
import { plannedNodeApps } from '../../plan/build-agent-stages.ts';
import { noBuilds, type RunningBuild, type RunningBuilds } from '../../plan/effects/builds.ts';

/** Build agents that build now, with the hosts that they are on, as far as anybody tells. */
export async function readRunningBuilds(sight: Sight): Promise<RunningBuilds> {
  const { jenkins } = sight.spec;
  if (jenkins.length === 0) return noBuilds;
  const [masters, marathon] = await Promise.all([probeMasters(sight), probeMarathon(sight)]);
  const hostOfTask = await hostsOfTasks(sight, masters.leader);
  const found = await Promise.all(
    jenkins.map(async (controller) => {
      const agents = await askForBuildAgents(sight, controller);
      if (typeof agents === 'string')
        return { unknown: `${controller.name}: ${agents}`, builds: [] };
      const busy = agents.filter((agent) => agent.busy).map(({ name }) => name);
      const scene = { sight, controller, hostOfTask, leader: marathon.leader };
      return { builds: await Promise.all(busy.map((name) => placed(name, scene))) };
    }),
  );
  return {
    builds: found.flatMap(({ builds }) => builds),
    unknown: found.flatMap(({ unknown }) => unknown ?? []),
  };
}

interface Scene {
  readonly sight: Sight;
  readonly controller: JenkinsController;
  readonly hostOfTask: ReadonlyMap<string, string>;
  /** Of Marathon. */
  readonly leader: string | undefined;
}

/** The plugin names its tasks after its build agents (2.0); those of Marathon are apps. */
async function placed(
  buildAgent: string,
  { sight, controller, hostOfTask, leader }: Scene,
): Promise<RunningBuild> {
  const app = plannedNodeApps(sight.spec, controller).find(({ id }) =>
    id.endsWith(`/${buildAgent}`),
  );
  const common = { controller: controller.name, buildAgent };
  if (app === undefined) return { ...common, via: 'mesos', host: hostOfTask.get(buildAgent) };
  const address = (await readApp(sight, leader, app.id))?.tasks[0]?.host;
  return { ...common, via: 'marathon', host: nameAt(sight, address) };
}

const id = z.object({ value: z.string() });
const tasksAnswer = z.object({
  get_tasks: z.object({
    tasks: z.array(z.object({ task_id: id, agent_id: id })).default([]),
  }),
});

async function hostsOfTasks(
  sight: Sight,
  leader: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const [answer, agents] = await Promise.all([
    readLeader(sight, leader, 'GET_TASKS'),
    readAgents(sight, leader),
  ]);
  const tasks = tasksAnswer.safeParse(answer).data?.get_tasks.tasks ?? [];
  return new Map(
    tasks.flatMap(({ task_id: task, agent_id: agent }) => {
      const host = nameAt(sight, agents?.find((one) => one.id === agent.value)?.hostname);
      return host === undefined ? [] : [[task.value, host] as const];
    }),
  );
}

/** Mesos agents register with their address as hostname. */
function nameAt({ spec }: Sight, address: string | undefined): string | undefined {
  return spec.hosts.find((host) => host.address === address)?.name;
}
