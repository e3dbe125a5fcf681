import { z } from 'zod';
import { operatorCall } from '../../health/operator-api.ts';
import { jsonOf } from '../../health/sight.ts';
import type { Seen } from '../sample.ts';
import { faultIn, type Place, type Watch } from './place.ts';
import { lookMs, stateEveryMs, type Probe } from './probe.ts';

export type MesosState = Pick<
  Extract<Seen, { probe: 'mesos-state' }>,
  'agents' | 'frameworks' | 'tasks'
>;

const nothing: MesosState = { agents: [], frameworks: [], tasks: [] };

/** Lists can be long: they get more time, and one look has to end before the next. */
const listsMs = 2 * lookMs;

/** What the leading master tells. Never `/metrics/snapshot`: it allows two requests a second to all. */
export function stateProbe(watch: Watch): Probe {
  const fault = (host: string, error: string): Seen => {
    return { probe: 'mesos-state', host, ...nothing, error };
  };
  return {
    ...{ everyMs: stateEveryMs, most: 1 },
    blind: (error) => fault('', error),
    look: async () => {
      const name = watch.leaders.current('mesos');
      const place = watch.places.find(({ host }) => host.name === name);
      if (place === undefined) return fault('', 'no-leader');
      const state = await askState(watch, place);
      const { name: host } = place.host;
      return typeof state === 'string'
        ? fault(host, state)
        : { probe: 'mesos-state', host, ...state };
    },
  };
}

const types = ['GET_AGENTS', 'GET_FRAMEWORKS', 'GET_TASKS'] as const;

/** The state, or in one word why there is none. */
async function askState(watch: Watch, { host, mesos: link }: Place): Promise<MesosState | string> {
  const answers = await Promise.all(
    types.map(async (type) => {
      const call = { ...operatorCall(watch, type), address: host.address, deadlineMs: listsMs };
      const answer = await link.ask((remote) => remote.http(call));
      if (answer === undefined || 'failure' in answer) return faultIn(answer) ?? 'closed';
      return answer.status === 200 ? { body: jsonOf(answer) } : `answers-${answer.status}`;
    }),
  );
  const [agents, frameworks, tasks] = answers;
  const fault = answers.find((answer) => typeof answer === 'string');
  if (fault !== undefined) return fault;
  return readState([agents, frameworks, tasks].map(bodyOf)) ?? 'not-understood';
}

function bodyOf(answer: string | { readonly body: unknown } | undefined): unknown {
  return typeof answer === 'object' ? answer.body : undefined;
}

const value = z.object({ value: z.string() });
const agentsForm = z.object({
  get_agents: z.object({
    agents: z
      .array(z.object({ active: z.boolean().default(false), agent_info: z.object({ id: value }) }))
      .default([]),
  }),
});
const frameworksForm = z.object({
  get_frameworks: z.object({
    frameworks: z
      .array(
        z.object({
          framework_info: z.object({ id: value }),
          active: z.boolean().default(false),
          connected: z.boolean().default(false),
        }),
      )
      .default([]),
  }),
});
const tasksForm = z.object({
  get_tasks: z.object({
    tasks: z
      .array(
        z.object({
          task_id: value,
          framework_id: value,
          agent_id: value.default({ value: '' }),
          state: z.string(),
        }),
      )
      .default([]),
  }),
});

/**
 * Sorted, so that two equal states look equal. A framework that a new leader knows from its agents alone
 * is listed and not connected: it is not back.
 */
export function readState([one, two, three]: readonly unknown[]): MesosState | undefined {
  const agents = agentsForm.safeParse(one).data?.get_agents.agents;
  const frameworks = frameworksForm.safeParse(two).data?.get_frameworks.frameworks;
  const tasks = tasksForm.safeParse(three).data?.get_tasks.tasks;
  if (agents === undefined || frameworks === undefined || tasks === undefined) return undefined;
  return {
    agents: agents
      .filter(({ active }) => active)
      .map(({ agent_info: { id } }) => id.value)
      .toSorted(),
    frameworks: frameworks
      .filter(({ active, connected }) => active && connected)
      .map(({ framework_info: { id } }) => id.value)
      .toSorted(),
    tasks: tasks
      .filter(({ state }) => state === 'TASK_RUNNING')
      .map((task) => `${task.framework_id.value}/${task.task_id.value}@${task.agent_id.value}`)
      .toSorted(),
  };
}
