import { z } from 'zod';
import type { ClusterSpec } from '../../config/cluster-spec.ts';
import { jsonOf } from '../../health/sight.ts';
import type { HttpAnswer } from '../../ports.ts';
import type { Seen } from '../sample.ts';
import { faultIn, hostAt, type Place, type Watch } from './place.ts';
import { leaderEveryMs, leaderMost, lookMs, stateEveryMs, type Probe } from './probe.ts';

type Sight = Extract<Seen, { probe: 'marathon' }>;

/** `GET /v2/info`: leader and framework at once. Standbys pass it on and say so (Marathon 1.10). */
export function marathonProbe(watch: Watch, { host, services: link }: Place): Probe {
  const { name } = host;
  const nothing = {
    ...({ probe: 'marathon', host: name, leader: undefined } as const),
    ...{ elected: undefined, frameworkId: undefined },
  };
  const request = {
    ...{ address: host.address, port: watch.spec.marathon.port, deadlineMs: lookMs },
    ...({ method: 'GET', path: '/v2/info' } as const),
  };
  return {
    ...{ everyMs: leaderEveryMs, most: leaderMost },
    blind: (error) => ({ ...nothing, error }),
    look: async () => {
      const answer = await link.ask((remote) => remote.http(request));
      if (answer === undefined || 'failure' in answer)
        return { ...nothing, error: faultIn(answer) };
      const seen = { ...nothing, ...readInfo(watch.spec, answer) };
      if (seen.leader === name && seen.elected === true) watch.leaders.seen('marathon', name);
      return seen;
    },
  };
}

const infoForm = z.object({ leader: z.string().nullish(), frameworkId: z.string().nullish() });

function readInfo(
  spec: ClusterSpec,
  answer: HttpAnswer,
): Pick<Sight, 'leader' | 'elected' | 'frameworkId' | 'error'> {
  const info = answer.status === 200 ? infoForm.safeParse(jsonOf(answer)).data : undefined;
  if (info === undefined) {
    const error = `answers-${answer.status}`;
    return { leader: undefined, elected: undefined, frameworkId: undefined, error };
  }
  return {
    leader: hostAt(spec, info.leader?.split(':')[0]),
    // Its own field is always true: the leader answers, whoever was asked.
    elected: answer.headers['x-marathon-via'] === undefined,
    frameworkId: info.frameworkId ?? undefined,
    error: undefined,
  };
}

const tasksForm = z.object({
  tasks: z.array(z.object({ id: z.string(), state: z.string().default('TASK_RUNNING') })),
});

/** Tasks of Marathon's apps that run. */
export function appsProbe(watch: Watch): Probe {
  const fault = (host: string, error: string): Seen => ({ probe: 'apps', host, tasks: [], error });
  return {
    ...{ everyMs: stateEveryMs, most: 1 },
    blind: (error) => fault('', error),
    look: async () => {
      const name = watch.leaders.current('marathon');
      const place = watch.places.find(({ host }) => host.name === name);
      if (place === undefined) return fault('', 'no-leader');
      const { host, services: link } = place;
      const { port } = watch.spec.marathon;
      const headers = { accept: 'application/json' };
      const request = { address: host.address, port, method: 'GET', path: '/v2/tasks' } as const;
      const answer = await link.ask((remote) =>
        remote.http({ ...request, headers, deadlineMs: lookMs }),
      );
      if (answer === undefined || 'failure' in answer) {
        return fault(host.name, faultIn(answer) ?? 'closed');
      }
      const tasks = readTasks(answer);
      if (tasks === undefined) return fault(host.name, `answers-${answer.status}`);
      return { probe: 'apps', host: host.name, tasks };
    },
  };
}

export function readTasks(answer: HttpAnswer): readonly string[] | undefined {
  if (answer.status !== 200) return undefined;
  return tasksForm
    .safeParse(jsonOf(answer))
    .data?.tasks.filter(({ state }) => state === 'TASK_RUNNING')
    .map(({ id }) => id)
    .toSorted();
}
