import type { Baseline } from '../recording.ts';
import type { View } from './view.ts';

/** Mesos agents that have to be there afterwards, by id. */
export function mustStay({ baseline, recording }: View): readonly string[] {
  const { mayLoseAgents } = recording.plan.expects;
  return Object.entries(baseline?.agents ?? {})
    .filter(([id, host]) => !mayLoseAgents.includes(host) && !mayLoseAgents.includes(id))
    .map(([id]) => id);
}

/** A task as `framework/task@agent`, in parts. */
function partsOf(task: string): { readonly id: string; readonly agent: string } {
  const at = task.lastIndexOf('@');
  const whole = at === -1 ? task : task.slice(0, at);
  return { id: whole.slice(whole.indexOf('/') + 1), agent: at === -1 ? '' : task.slice(at + 1) };
}

/** Whether the fault may end the task: it ran on a host where tasks may be lost. */
export function mayEnd({ baseline, recording }: View, task: string): boolean {
  const host = hostOf(baseline, task);
  return host !== undefined && recording.plan.expects.mayLoseTasksOn.includes(host);
}

/** Marathon names its tasks without framework and agent. */
function hostOf(baseline: Baseline | undefined, task: string): string | undefined {
  const full = baseline?.tasks.find((one) => one === task || partsOf(one).id === task);
  return full === undefined ? undefined : baseline?.agents[partsOf(full).agent];
}
