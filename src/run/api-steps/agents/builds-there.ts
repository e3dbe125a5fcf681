import type { Host, JenkinsController } from '../../../config/cluster-spec.ts';
import { nodesAmong, tasksOnAgent, type NodeThere } from '../../../health/agent-tasks.ts';
import { clientOf, readNodes } from '../../../health/build-load.ts';
import type { Run } from '../../run.ts';
import { takeOut } from './jenkins-nodes.ts';

/** Builds that must end before a host may be stopped. */
export interface BuildsThere {
  /** `main: deploy #12 on jenkins-agent-…`. */
  readonly running: readonly string[];
  /** Who does not tell, and so may have builds there. */
  readonly silent: readonly string[];
  /** Nodes that were taken out just now: what they took in the meantime shows with the next look. */
  readonly fresh: number;
}

export interface Question {
  readonly run: Run;
  readonly host: Host;
  /** Controllers all of whose builds count, wherever they run. */
  readonly whole: readonly string[];
}

/** Looks at all controllers with build agents on the host, and takes out nodes that are not yet. */
export async function lookAtBuilds(question: Question): Promise<BuildsThere> {
  const { run, host } = question;
  const tasks = await tasksOnAgent(run.sight, host);
  if (tasks === undefined) {
    const silent = [`the Mesos agent on ${host.name} does not tell its tasks`];
    return { running: [], silent, fresh: 0 };
  }
  const there = nodesAmong(run.spec, tasks);
  const asked = run.spec.jenkins.filter(
    (controller) =>
      question.whole.includes(controller.name) ||
      there.some((node) => node.controller === controller),
  );
  const found = await Promise.all(asked.map((controller) => lookAt(question, controller, there)));
  return {
    running: found.flatMap(({ running }) => running),
    silent: found.flatMap(({ silent }) => silent),
    fresh: found.reduce((sum, { fresh }) => sum + fresh, 0),
  };
}

async function lookAt(
  { run, host, whole }: Question,
  controller: JenkinsController,
  there: readonly NodeThere[],
): Promise<BuildsThere> {
  const client = clientOf(run.sight, controller);
  const nodes = await readNodes(client);
  if (typeof nodes === 'string') {
    return { running: [], silent: [`Jenkins ${controller.name} ${nodes}`], fresh: 0 };
  }
  const here = nodes.filter(({ name }) =>
    there.some((node) => node.controller === controller && node.name === name),
  );
  const fresh = here.filter(({ takenOut }) => !takenOut);
  for (const { name } of fresh) await takeOut(run, client, { controller, name, host: host.name });
  const counted = whole.includes(controller.name) ? nodes : here;
  const busy = counted.filter(({ idle }) => !idle);
  const running = busy.map(({ name, builds }) => {
    return `${controller.name}: ${builds.length === 0 ? 'a build' : builds.join(', ')} on ${name}`;
  });
  return { running, silent: [], fresh: fresh.length };
}
