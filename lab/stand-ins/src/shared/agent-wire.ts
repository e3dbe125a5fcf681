import type { Socket } from 'node:net';
import type { AgentInfo, FrameworkInfo, TaskInfo, TaskState, TaskStatus } from './mesos.ts';
import { encodeRecord, RecordDecoder } from './recordio.ts';

/**
 * The private wire between the stand-ins of Mesos master and Mesos agent: one connection, opened by the agent
 * with an HTTP upgrade, RecordIO both ways. Its end is how both sides notice each other's death at once.
 */
export const wirePath = '/stand-in/agent';
export const wireProtocol = 'mesos-stand-in';

export interface RunningTask {
  readonly framework_id: string;
  readonly task: TaskInfo;
  readonly state: TaskState;
  readonly statuses: readonly TaskStatus[];
}

export type AgentMessage =
  | {
      readonly kind: 'register';
      readonly agent: AgentInfo;
      readonly pid: string;
      readonly version: string;
      readonly capabilities: readonly string[];
      readonly tasks: readonly RunningTask[];
      readonly frameworks: readonly FrameworkInfo[];
    }
  | { readonly kind: 'pong' }
  | {
      readonly kind: 'update';
      readonly framework_id: string;
      readonly status: TaskStatus;
      readonly latest_state: TaskState;
    }
  | { readonly kind: 'unregister' };

export type MasterMessage =
  | {
      readonly kind: 'registered';
      readonly agent_id: string;
      /** So long without a ping, and the agent looks for its master anew. */
      readonly ping_timeout_ms: number;
    }
  | { readonly kind: 'ping' }
  | { readonly kind: 'launch'; readonly framework: FrameworkInfo; readonly task: TaskInfo }
  | {
      readonly kind: 'kill';
      readonly framework_id: string;
      readonly task_id: string;
      readonly grace_ms?: number;
    }
  | {
      readonly kind: 'acknowledge';
      readonly framework_id: string;
      readonly task_id: string;
      readonly uuid: string;
    }
  | { readonly kind: 'framework-updated'; readonly framework: FrameworkInfo }
  | { readonly kind: 'shutdown-framework'; readonly framework_id: string }
  | DrainMessage
  /**
   * Marked gone, its machine is down, or no longer wanted: all tasks are killed without updates, then the agent ends
   * with exit code 0. It comes before any `registered` when the agent is not let in.
   */
  | { readonly kind: 'shutdown'; readonly message: string };

/**
 * What the agent does (src/slave/slave.cpp `Slave::drain`, 1.11):
 * 1. keeps the wish with its checkpoint; a second message overwrites the first and kills again under the new bound;
 * 2. kills every task it has, each with the shorter of `max_grace_period_ms` and the grace of the task's own kill
 *    policy (or the agent's default), also those that are being killed already;
 * 3. adds REASON_AGENT_DRAINING to TASK_KILLING and TASK_KILLED, and with `mark_gone` turns TASK_KILLED into
 *    TASK_GONE_BY_OPERATOR;
 * 4. shows `drain_config` and `estimated_drain_start_time_seconds` in its `/state` while it drains;
 * 5. forgets the wish when the last task is gone, the acknowledgement of its end included. It reports nothing: the
 *    master sees the tasks go. With `mark_gone` the master then sends `shutdown`.
 * After every (re-)registration while the agent is DRAINING the master sends it again.
 */
export interface DrainMessage {
  readonly kind: 'drain';
  /** Missing: every task has the grace that its own policy gives. */
  readonly max_grace_period_ms?: number;
  readonly mark_gone: boolean;
}

export interface WireEnd<Out> {
  readonly send: (message: Out) => void;
  readonly close: () => void;
}

/** Both ends: `head` is what came with the upgrade already. */
export function openWire(
  socket: Socket,
  head: Buffer,
  handlers: { readonly onMessage: (message: unknown) => void; readonly onClose: () => void },
): WireEnd<object> {
  const decoder = new RecordDecoder((record) => {
    handlers.onMessage(record);
  });
  let closed = false;
  const end = () => {
    if (closed) return;
    closed = true;
    // Sockets of an HTTP server stay half open when the peer ends.
    socket.destroy();
    handlers.onClose();
  };
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    decoder.push(chunk);
  });
  socket.on('error', end).on('end', end).on('close', end);
  if (head.length > 0) decoder.push(head);
  return {
    send: (message) => {
      if (!socket.destroyed) socket.write(encodeRecord(message));
    },
    close: () => {
      socket.destroy();
    },
  };
}
