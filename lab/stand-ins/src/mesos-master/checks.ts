import type { Flags } from '../shared/flags.ts';
import { parseDurationMs } from '../shared/quantities.ts';
import { parseZooKeeperUrl, type ZooKeeperUrl } from '../shared/zookeeper-url.ts';

/** A start that Mesos refuses with `EXIT with status 1: …`. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export interface Checked {
  readonly url: ZooKeeperUrl | undefined;
  readonly quorum: number;
}

/** In the order in which the real program finds fault (main.cpp, 1.12.0), after it has bound its port. */
export function checkFlags(flags: Flags): Checked {
  const zk = flags.text('zk');
  const inMemory = flags.text('registry') === 'in_memory';
  if (!inMemory && flags.text('work_dir') === undefined) {
    throw new StartError('--work_dir needed for replicated log based registry');
  }
  checkTimeouts(flags);
  checkAuthentication(flags);
  if (zk === undefined) return { url: undefined, quorum: 1 };
  if (!inMemory && flags.text('quorum') === undefined) {
    throw new StartError(
      'Need to specify --quorum for replicated log based registry when using ZooKeeper',
    );
  }
  return { url: checkUrl(zk), quorum: inMemory ? 1 : flags.number('quorum') };
}

function checkTimeouts(flags: Flags): void {
  const given = flags.text('agent_reregister_timeout') ?? '';
  // MIN_AGENT_REREGISTER_TIMEOUT in src/master/constants.hpp (1.11).
  if (parseDurationMs(given) < 600_000) {
    throw new StartError(
      `Invalid value '${given}' for --agent_reregister_timeout: Must be at least 10mins`,
    );
  }
}

/** src/master/master.cpp and src/common/http.cpp (1.11). */
function checkAuthentication(flags: Flags): void {
  for (const realm of ['readonly', 'readwrite']) {
    if (!flags.isOn(`authenticate_http_${realm}`) || flags.text('credentials') !== undefined) {
      continue;
    }
    throw new StartError(
      `No credentials provided for the default 'basic' HTTP authenticator for realm 'mesos-master-${realm}'`,
    );
  }
  if (!flags.isOn('authenticate_http_frameworks')) return;
  if (flags.text('http_framework_authenticators') !== undefined) return;
  throw new StartError(
    'Missing `--http_framework_authenticators` flag. This must be used in conjunction with `--authenticate_http_frameworks`',
  );
}

function checkUrl(zk: string): ZooKeeperUrl {
  let url;
  try {
    url = parseZooKeeperUrl(zk);
  } catch (fault) {
    throw new StartError(
      `Error parsing ZooKeeper URL: ${fault instanceof Error ? fault.message : String(fault)}`,
    );
  }
  if (url.path === '/') {
    throw new StartError(
      "Failed to create a master contender: Expecting a (chroot) path for ZooKeeper ('/' is not supported)",
    );
  }
  return url;
}
