import type { Clock } from '../shared/clock.ts';
import type { MasterInfo } from '../shared/mesos.ts';
import { Group, type Member } from '../shared/zookeeper-group.ts';
import { parseZooKeeperUrl } from '../shared/zookeeper-url.ts';
import type { Leader } from './agent.ts';
import { StartError } from './environment.ts';

export interface DetectionOptions {
  /** `--master`: `host:port` or `zk://…`. */
  readonly master: string;
  readonly sessionTimeoutMs: number;
  readonly clock: Clock;
  readonly onLeader: (leader: Leader | undefined) => void;
  readonly onError: (error: unknown) => void;
}

/** Who leads, now and whenever that changes. */
export function detectLeader(options: DetectionOptions): void {
  const { master } = options;
  if (!master.startsWith('zk://')) {
    options.onLeader(fixedLeader(master));
    return;
  }
  const url = parseZooKeeperUrl(master);
  if (url.path === '/') {
    throw new StartError(
      "Failed to create a master detector: Expecting a (chroot) path for ZooKeeper ('/' is not supported)",
    );
  }
  new Group({
    url,
    path: url.path,
    prefix: 'json.info_',
    sessionTimeoutMs: options.sessionTimeoutMs,
    clock: options.clock,
    onMembers: (members) => {
      options.onLeader(electedLeader(members));
    },
    onError: options.onError,
  }).start();
}

function fixedLeader(master: string): Leader {
  const colon = master.lastIndexOf(':');
  const port = Number(master.slice(colon + 1));
  if (colon === -1 || !Number.isInteger(port)) {
    throw new StartError(`Failed to create a master detector: Failed to parse '${master}'`);
  }
  return { id: master, pid: `master@${master}`, host: master.slice(0, colon), port };
}

function electedLeader(members: readonly Member[] | undefined): Leader | undefined {
  const first = members?.[0];
  if (first === undefined) return undefined;
  try {
    const { id, pid, address } = JSON.parse(first.content) as MasterInfo;
    return { id, pid, host: address.ip, port: address.port };
  } catch {
    return undefined;
  }
}
