import type { Clock } from '../../shared/clock.ts';
import { parseZooKeeperUrl } from '../../shared/zookeeper-url.ts';
import { ZooKeeperSession, type SessionOptions } from '../../shared/zookeeper.ts';
import type { JenkinsLog } from '../cloud.ts';

export interface DetectorOptions {
  readonly master: string;
  readonly clock: Clock;
  readonly log: JenkinsLog;
  /** One that is not open yet. */
  readonly newSession?: (options: SessionOptions) => Session;
}

type Session = Pick<ZooKeeperSession, 'open' | 'children' | 'get' | 'close'>;

const logger = 'com.mesosphere.mesos.Zookeeper';
/** Curator's default for connecting. */
const connectMs = 15_000;

/**
 * `http://host:port` of the master, looked up this once and never again: `MasterDetector` of USI. From
 * ZooKeeper it is the lowest candidate's host *name*, which has to resolve where Jenkins runs.
 */
export async function detectMaster(options: DetectorOptions): Promise<string> {
  const { master } = options;
  if (master.startsWith('zk://')) return fromZooKeeper(options);
  return new URL(master.startsWith('http') ? master : `http://${master}`).origin;
}

async function fromZooKeeper(options: DetectorOptions): Promise<string> {
  const { master, clock, log } = options;
  const { servers, credentials, path } = parseZooKeeperUrl(master);
  const newSession = options.newSession ?? ((wish) => new ZooKeeperSession(wish));
  const session = newSession({
    servers,
    credentials,
    sessionTimeoutMs: connectMs,
    clock,
    onExpired: () => undefined,
  });
  try {
    await session.open(connectMs).catch((cause: unknown) => {
      throw new Error('Failed to connect to Zookeeper. Will exit now.', { cause });
    });
    const leader = await lowestCandidate(session, path);
    log(
      'INFO',
      logger,
      `Connecting to Zookeeper at ${servers} and fetching Mesos master from ${leader}.`,
    );
    const data = (await session.get(leader))?.data.toString('utf8') ?? '';
    log('INFO', logger, `Mesos leader data: ${data}`);
    return addressOf(data);
  } finally {
    session.close();
  }
}

async function lowestCandidate(session: Session, path: string): Promise<string> {
  const [lowest] = (await session.children(path))
    .filter((name) => name.startsWith('json.info'))
    .sort();
  if (lowest === undefined) throw new Error('java.lang.UnsupportedOperationException: empty.min');
  return `${path === '/' ? '' : path}/${lowest}`;
}

function addressOf(data: string): string {
  const { hostname, port } = JSON.parse(data) as { hostname: string; port: number };
  return `http://${hostname}:${port}`;
}
