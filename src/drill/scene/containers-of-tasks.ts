import { z } from 'zod';
import { hostsWith } from '../../cluster/members.ts';
import { ask, failed, jsonOf, type Sight } from '../../health/sight.ts';

/** A task with the container that Docker runs for it. */
export interface TaskContainer {
  readonly host: string;
  readonly framework: string;
  readonly task: string;
  /** `mesos-` and Mesos' own id of the container (Docker containerizer, 1.12). */
  readonly container: string;
}

const stateAnswer = z.object({
  frameworks: z
    .array(
      z.object({
        id: z.string(),
        executors: z
          .array(
            z.object({
              container: z.string(),
              tasks: z.array(z.object({ id: z.string() })).default([]),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

/** As every Mesos agent says itself; nothing of one that does not answer. */
export async function taskContainers(sight: Sight): Promise<readonly TaskContainer[]> {
  const asked = hostsWith(sight.spec, 'mesos-agent').map(async (host) => {
    const remote = sight.remotes.get(host.name);
    if (remote === undefined) return [];
    const port = sight.spec.mesos.agentPort;
    const answer = await ask(remote, host, { method: 'GET', path: '/state', port });
    if (failed(answer) || answer.status !== 200) return [];
    const state = stateAnswer.safeParse(jsonOf(answer)).data;
    return (state?.frameworks ?? []).flatMap(({ id: framework, executors }) =>
      executors.flatMap(({ container, tasks }) =>
        tasks.map(({ id: task }) => {
          return { host: host.name, framework, task, container: `mesos-${container}` };
        }),
      ),
    );
  });
  return (await Promise.all(asked)).flat();
}
