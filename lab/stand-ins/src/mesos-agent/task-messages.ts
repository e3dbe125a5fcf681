import type { MasterMessage } from '../shared/agent-wire.ts';
import type { Tasks } from './tasks.ts';

type TaskMessage = Exclude<MasterMessage, { kind: 'registered' | 'ping' | 'shutdown' }>;

/** What the master wants of tasks. */
export function apply(tasks: Tasks, message: TaskMessage): void {
  switch (message.kind) {
    case 'launch':
      tasks.launch(message.framework, message.task);
      return;
    case 'kill':
      tasks.kill(message.framework_id, message.task_id, message.grace_ms);
      return;
    case 'acknowledge':
      tasks.acknowledge(message.framework_id, message.task_id, message.uuid);
      return;
    case 'framework-updated':
      tasks.updateFramework(message.framework);
      return;
    case 'shutdown-framework':
      tasks.shutdownFramework(message.framework_id);
      return;
    case 'drain':
      tasks.beginDrain(message);
  }
}
