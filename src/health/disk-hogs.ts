import { z } from 'zod';
import type { Facts } from '../plan/facts.ts';
import type { DiskHog } from './model.ts';
import { readLeader } from './operator-api.ts';
import type { Sight } from './sight.ts';

const resource = z.object({
  name: z.string(),
  scalar: z.object({ value: z.number() }).optional(),
});

const status = z.object({
  container_status: z
    .object({ container_id: z.object({ value: z.string() }).optional() })
    .optional(),
});

const tasksAnswer = z.object({
  get_tasks: z.object({
    tasks: z
      .array(
        z.object({
          name: z.string().default(''),
          task_id: z.object({ value: z.string() }),
          resources: z.array(resource).default([]),
          statuses: z.array(status).default([]),
        }),
      )
      .default([]),
  }),
});

type Task = z.output<typeof tasksAnswer>['get_tasks']['tasks'][number];

/**
 * Tasks that take more disk than they declared. The agents tell what is taken, the leading master
 * what was declared; empty where there is no leader, and asked only if a host runs tasks.
 */
export async function findDiskHogs(
  sight: Sight,
  leader: string | undefined,
  facts: ReadonlyMap<string, Facts>,
): Promise<readonly DiskHog[]> {
  const isIdle = [...facts.values()].every(({ tasks }) => tasks.length === 0);
  if (isIdle) return [];
  const answer = tasksAnswer.safeParse(await readLeader(sight, leader, 'GET_TASKS'));
  const byContainer = new Map(
    (answer.data?.get_tasks.tasks ?? []).flatMap((task) =>
      containersOf(task).map((id) => [id, task] as const),
    ),
  );
  return [...facts].flatMap(([host, { tasks }]) =>
    tasks.flatMap(({ container, usedKib }) => {
      const task = byContainer.get(container);
      return task === undefined ? [] : hog(host, task, usedKib);
    }),
  );
}

function containersOf({ statuses }: Task): string[] {
  return statuses.flatMap((one) => one.container_status?.container_id?.value ?? []);
}

/** Declaring nothing is no promise to take nothing. */
function hog(host: string, task: Task, usedKib: number | undefined): DiskHog[] {
  const declaredMb = task.resources.find(({ name }) => name === 'disk')?.scalar?.value ?? 0;
  if (declaredMb === 0) return [];
  const usedMb = usedKib === undefined ? undefined : Math.ceil(usedKib / 1024);
  const isWithin = usedMb !== undefined && usedMb <= declaredMb;
  // The Mesos plugin leaves the names of its tasks empty: only their ids say which build agent it is.
  const name = task.name === '' ? task.task_id.value : task.name;
  return isWithin ? [] : [{ task: name, host, usedMb, declaredMb }];
}
