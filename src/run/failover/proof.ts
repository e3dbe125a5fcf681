import type { ClusterSpec, Host, JenkinsController } from '../../config/cluster-spec.ts';
import { failed, probeDeadlineMs, type Sight } from '../../health/sight.ts';
import type { RemoteHost } from '../../ports.ts';
import { eligibleHosts } from '../../services/jenkins.ts';

/** What speaks for a host being dead, or against it; the words are for the operator. */
export interface Proof {
  readonly dead: boolean;
  readonly evidence: readonly string[];
}

const lockDeadlineMs = 20_000;

/**
 * flock would make a missing file and get its lock: on a host where the home is not mounted that would
 * prove the death of a controller that writes.
 */
const tryLock =
  '[ -e "$1" ] || { echo "it is not there; is the home mounted?" >&2; exit 66; }; exec flock --nonblock --conflict-exit-code 75 "$1" true';

/**
 * A host that only the operator does not reach may still run the controller. So it is asked from
 * every other host, and the lock of the home must be free: who wrote there would hold it.
 */
export async function proveDead(
  sight: Sight,
  host: Host,
  controller: JenkinsController,
): Promise<Proof> {
  const [silence, lock] = await Promise.all([
    silenceOf(sight, host),
    lockState(sight.spec, sight.remotes, { controller, except: host.name }),
  ]);
  const evidence = [`no SSH connection to ${host.name}`, ...silence.evidence, lock.text];
  return { dead: silence.dead && lock.state === 'free', evidence };
}

async function silenceOf(sight: Sight, host: Host): Promise<Proof> {
  const others = [...sight.remotes.values()].filter(({ name }) => name !== host.name);
  const answers = await Promise.all(
    others.map(async (remote) => [remote.name, await isSilent(sight.spec, remote, host)] as const),
  );
  const heard = answers.filter(([, silent]) => !silent).map(([name]) => name);
  if (others.length === 0) return { dead: false, evidence: ['no other host to ask from'] };
  return heard.length === 0
    ? { dead: true, evidence: [`silent to ${others.length} other hosts`] }
    : { dead: false, evidence: [`it answers ${heard.join(', ')}`] };
}

/** A refused connection is an answer, too: the host is up. */
async function isSilent(spec: ClusterSpec, remote: RemoteHost, host: Host): Promise<boolean> {
  const answer = await remote.http({
    address: host.address,
    port: spec.mesos.agentPort,
    method: 'GET',
    path: '/health',
    deadlineMs: probeDeadlineMs,
  });
  return failed(answer) && (answer.failure === 'timeout' || answer.failure === 'unreachable');
}

export interface LockState {
  readonly state: 'free' | 'held' | 'unknown';
  readonly text: string;
}

interface LockQuestion {
  readonly controller: JenkinsController;
  /** Not asked: it may be the one that holds it. */
  readonly except: string;
}

/** Tries the lock of a shared home from another host that has the home mounted. */
export async function lockState(
  spec: ClusterSpec,
  remotes: ReadonlyMap<string, RemoteHost>,
  { controller, except }: LockQuestion,
): Promise<LockState> {
  const file = `${controller.home.path}/.ci-cluster.lock`;
  const place = eligibleHosts(spec, controller).find(
    ({ name }) => name !== except && remotes.has(name),
  );
  const remote = place && remotes.get(place.name);
  if (remote === undefined) return { state: 'unknown', text: 'no host to try the lock from' };
  const ran = await remote.run(['sh', '-c', tryLock, 'sh', file], {
    ...{ asRoot: true, deadlineMs: lockDeadlineMs },
  });
  if (ran.exitCode === 0) return { state: 'free', text: `lock ${file} is free` };
  if (ran.exitCode === 75) return { state: 'held', text: `lock ${file} is held: it still writes` };
  const why = ran.stderr.trim().split('\n').at(-1) ?? '';
  return { state: 'unknown', text: `lock ${file} could not be tried on ${remote.name}: ${why}` };
}
