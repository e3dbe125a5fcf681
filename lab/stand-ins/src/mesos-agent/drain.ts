import type { DrainMessage } from '../shared/agent-wire.ts';
import type { Tasks } from './tasks.ts';

/** The operator wants this agent empty. */
export function drain(tasks: Tasks, message: DrainMessage): void {
  for (const { framework_id: frameworkId, task } of tasks.report()) {
    tasks.kill(frameworkId, task.task_id.value, message.max_grace_period_ms);
  }
}
