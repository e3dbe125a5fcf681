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
  /** The agent ends itself, with exit code 0. */
  | { readonly kind: 'shutdown'; readonly message: string };

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
