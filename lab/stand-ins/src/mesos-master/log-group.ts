import type { Clock } from '../shared/clock.ts';
import { call } from '../shared/http-client.ts';
import { Group } from '../shared/zookeeper-group.ts';
import type { ZooKeeperUrl } from '../shared/zookeeper-url.ts';
import type { ReplicaAnswer, ReplicaRequest } from './replica.ts';

/** Where masters ask each other's replicas: private to the stand-ins. */
export const logPath = '/stand-in/log';

export interface LogGroupOptions {
  readonly url: ZooKeeperUrl;
  readonly sessionTimeoutMs: number;
  readonly clock: Clock;
  /** `127.0.0.1:5050`. */
  readonly self: string;
  readonly onError: (error: unknown) => void;
}

/** The masters that have a running replica, by `log_replicas/NNNNNNNNNN`; the result lists the others. */
export function joinLogGroup(options: LogGroupOptions): () => readonly string[] {
  let others: readonly string[] = [];
  new Group({
    url: options.url,
    sessionTimeoutMs: options.sessionTimeoutMs,
    clock: options.clock,
    path: `${options.url.path}/log_replicas`,
    join: { prefix: '', content: () => `log-replica(1)@${options.self}` },
    onMembers: (members) => {
      const all = members?.map(({ content }) => content.replace(/^.*@/, '')) ?? [];
      others = [...new Set(all)].filter((address) => address !== options.self);
    },
    onError: options.onError,
  }).start();
  return () => others;
}

const askMs = 2000;

export async function askReplica(peer: string, request: ReplicaRequest): Promise<ReplicaAnswer> {
  const reply = await call(`http://${peer}${logPath}`, { body: request, timeoutMs: askMs });
  if (reply.status !== 200) throw new Error(`replica at ${peer} answered ${reply.status}`);
  return JSON.parse(reply.body) as ReplicaAnswer;
}
