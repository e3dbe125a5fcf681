import { z } from 'zod';
import type { ClusterSpec, Host, JenkinsController } from '../config/cluster-spec.ts';
import { buildNodes } from '../services/build-agents.ts';
import { ask, failed, jsonOf, type Sight } from './sight.ts';

export interface AgentTask {
  readonly id: string;
  readonly framework: string;
}

const stateAnswer = z.object({
  frameworks: z
    .array(
      z.object({
        id: z.string(),
        executors: z
          .array(
            z.object({
              tasks: z.array(z.object({ id: z.string() })).default([]),
              queued_tasks: z.array(z.object({ id: z.string() })).default([]),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

/**
 * What runs on a Mesos agent now, as it says itself: the master's lists have all that ended, too, and
 * grow beyond what one answer holds. Undefined where it does not tell.
 */
export async function tasksOnAgent(
  sight: Sight,
  host: Host,
): Promise<readonly AgentTask[] | undefined> {
  const remote = sight.remotes.get(host.name);
  if (remote === undefined) return undefined;
  const port = sight.spec.mesos.agentPort;
  const answer = await ask(remote, host, { method: 'GET', path: '/state', port });
  if (failed(answer) || answer.status !== 200) return undefined;
  return stateAnswer
    .safeParse(jsonOf(answer))
    .data?.frameworks.flatMap(({ id: framework, executors }) =>
      executors.flatMap(({ tasks, queued_tasks: queued }) =>
        [...queued, ...tasks].map(({ id }) => ({ id, framework })),
      ),
    );
}

/** A Jenkins node whose task runs on the host. */
export interface NodeThere {
  readonly controller: JenkinsController;
  readonly name: string;
  /** Kept running by Marathon, which starts it elsewhere when the host is emptied. */
  readonly isKept: boolean;
}

/**
 * The plugin gives its tasks the names of its nodes (2.0); Marathon makes a task's id from that of its
 * app, with `_` for `/` (1.10).
 */
export function nodesAmong(
  { jenkins }: Pick<ClusterSpec, 'jenkins'>,
  tasks: readonly AgentTask[],
): readonly NodeThere[] {
  return jenkins.flatMap((controller) => [
    ...tasks
      .filter(({ framework }) => framework === controller.framework.id)
      .map(({ id }) => ({ controller, name: id, isKept: false })),
    ...buildNodes(controller)
      .filter(({ name }) =>
        tasks.some(({ id }) => id.startsWith(`ci_${controller.name}-agents_${name}.`)),
      )
      .map(({ name }) => ({ controller, name, isKept: true })),
  ]);
}
