import { isTerminal } from '../shared/mesos.ts';
import type { Core } from './core.ts';
import { rolesOf, type EventStream, type Framework } from './state.ts';

const calls = [
  ...['accept', 'accept_inverse_offers', 'acknowledge', 'acknowledge_operation_status'],
  ...['decline', 'decline_inverse_offers', 'kill', 'message', 'reconcile'],
  ...['reconcile_operations', 'request', 'revive', 'shutdown', 'subscribe', 'suppress'],
  ...['teardown', 'update_framework'],
];
const events = [
  ...['error', 'failure', 'heartbeat', 'inverse_offers', 'message', 'offers', 'rescind'],
  ...['rescind_inverse_offer', 'subscribed', 'update', 'update_operation_status'],
];
const operations = [
  ...['create', 'create_disk', 'destroy', 'destroy_disk', 'grow_volume', 'launch'],
  ...['launch_group', 'reserve', 'shrink_volume', 'unreserve'],
];
const activeStates = ['killing', 'running', 'staging', 'starting', 'unknown', 'unreachable'];
const endStates = [
  ...['dropped', 'error', 'failed', 'finished', 'gone', 'gone_by_operator', 'killed', 'lost'],
];

/** Every counter of a framework that 1.12.0 shows from its first subscription on. */
const counted = [
  ...['calls', 'events', 'operations'],
  ...calls.map((name) => `calls/${name}`),
  ...events.map((name) => `events/${name}`),
  ...operations.map((name) => `operations/${name}`),
  ...['accepted', 'declined', 'rescinded', 'sent'].map((name) => `offers/${name}`),
  ...endStates.map((name) => `tasks/terminal/task_${name}`),
];

export function frameworkMetrics(core: Core, framework: Framework): Record<string, number> {
  const start = `master/frameworks/${encodeURIComponent(framework.info.name)}/${framework.id}`;
  const count = (name: string) => core.counters.get(`frameworks/${framework.id}/${name}`);
  return {
    [`${start}/subscribed`]: Number(framework.connected),
    ...named(
      rolesOf(framework.info).map((role) => `roles/${role}/suppressed`),
      start,
      (_, at) => Number(framework.suppressed.has(rolesOf(framework.info)[at] ?? '')),
    ),
    ...named(counted, start, count),
    ...named(
      activeStates.map((name) => `tasks/active/task_${name}`),
      start,
      (name) => tasksIn(framework, name.slice('tasks/active/'.length).toUpperCase()),
    ),
  };
}

function named(
  names: readonly string[],
  start: string,
  value: (name: string, at: number) => number,
): Record<string, number> {
  return Object.fromEntries(names.map((name, at) => [`${start}/${name}`, value(name, at)]));
}

function tasksIn({ tasks, unreachableTasks }: Framework, state: string): number {
  const all = [...tasks.values(), ...unreachableTasks.values()];
  return all.filter((task) => !isTerminal(task.state) && task.state === state).length;
}

interface Count {
  readonly name: string;
  readonly by?: number;
}

export function countFor(core: Core, frameworkId: string, { name, by = 1 }: Count): void {
  core.counters.add(`frameworks/${frameworkId}/${name}`, by);
}

/** One of a kind, and in the sum of its kind: `calls/accept` and `calls`. */
export function countOne(core: Core, frameworkId: string, name: `${string}/${string}`): void {
  countFor(core, frameworkId, { name });
  countFor(core, frameworkId, { name: name.slice(0, name.indexOf('/')) });
}

/** The same stream, each event of which is counted. */
export function countingEvents(core: Core, frameworkId: string, stream: EventStream): EventStream {
  return {
    ...stream,
    send: (event) => {
      const { type } = event as { readonly type: string };
      countOne(core, frameworkId, `events/${type.toLowerCase()}`);
      stream.send(event);
    },
  };
}
