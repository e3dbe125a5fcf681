import type { ClusterSpec, Host, JenkinsController } from '../config/cluster-spec.ts';
import type { Argv, Ports, RemoteHost } from '../ports.ts';
import { eligibleHosts } from '../services/jenkins.ts';
import { failing, passed, skipped, type CheckResult, type Finding } from './check-result.ts';

type CheckPorts = Pick<Ports, 'randomId' | 'signal' | 'templates'>;

interface Place {
  readonly host: Host;
  readonly remote: RemoteHost;
}

interface Trial {
  readonly ports: CheckPorts;
  readonly home: string;
  readonly nonce: string;
}

/** Word that `templates/check/home-lock.sh` prints. */
type Answer = 'held' | 'free' | 'refused' | 'missing' | 'unwritable' | 'no-tools' | 'unclear';

const deadlineMs = 30_000;

/**
 * Whether a shared home is one place with one lock: a file in it is locked from one host, and every
 * other host must be refused, then let in. Without that, two controllers could write one home.
 */
export async function checkHomeLocks(
  spec: ClusterSpec,
  remotes: ReadonlyMap<string, RemoteHost>,
  ports: CheckPorts,
): Promise<readonly CheckResult[]> {
  const shared = spec.jenkins.filter(({ home }) => home.kind === 'shared');
  return await Promise.all(
    shared.map(async (controller) => ({
      id: 'JENKINS_HOME_LOCK',
      title: `Jenkins ${controller.name}: one lock for all hosts of ${controller.home.path}`,
      host: undefined,
      ...(await finding(controller, placesOf(spec, controller, remotes), ports)),
    })),
  );
}

interface Places {
  readonly reached: readonly Place[];
  readonly missing: readonly string[];
}

function placesOf(
  spec: ClusterSpec,
  controller: JenkinsController,
  remotes: ReadonlyMap<string, RemoteHost>,
): Places {
  const hosts = eligibleHosts(spec, controller);
  const reached = hosts.flatMap((host) => {
    const remote = remotes.get(host.name);
    return remote === undefined ? [] : [{ host, remote }];
  });
  const missing = hosts.filter(({ name }) => !remotes.has(name)).map(({ name }) => name);
  return { reached, missing };
}

async function finding(
  { home }: JenkinsController,
  { reached, missing }: Places,
  ports: CheckPorts,
): Promise<Finding> {
  const [first, ...others] = reached;
  if (first === undefined || others.length === 0) {
    return skipped(
      `needs two hosts; reached ${reached.length} of ${reached.length + missing.length}`,
      'A home that only one host has is better declared as kind: pinned.',
    );
  }
  const trial = { ports, home: home.path, nonce: ports.randomId() };
  const faults = await rounds(trial, first, others);
  if (faults.length > 0) {
    const remedy = `Mount the same folder at ${home.path} on every Mesos agent, writable by uid 1000, with locks (for NFS: version 4, or 3 without "nolock").`;
    return failing(faults.join('; '), remedy);
  }
  if (missing.length > 0) {
    return skipped(`not asked: ${missing.join(', ')}`, 'Run the check again when they answer.');
  }
  const names = others.map(({ host }) => host.name).join(', ');
  return passed(`locked from ${first.host.name}, refused to ${names}, free again after it`);
}

/** Two rounds: everybody against the holder, then one after the holder has let go. */
async function rounds(
  trial: Trial,
  first: Place,
  others: readonly Place[],
): Promise<readonly string[]> {
  const held = await holding(trial, first, async () =>
    Promise.all(others.map(async (place) => [place, await attempt(trial, place, 'try')] as const)),
  );
  if (typeof held === 'string') return [describe(first.host, held)];
  const faults = held
    .filter(([, answer]) => answer !== 'refused')
    .map(([{ host }, answer]) => describe(host, answer));
  const [second] = others;
  if (faults.length === 0 && second !== undefined) {
    const after = await attempt(trial, second, 'try');
    if (after !== 'free') faults.push(`${second.host.name}: the lock was not given back`);
  }
  await attempt(trial, first, 'clean');
  return faults;
}

/** Runs `work` while the host holds the lock; the answer of the host if it does not get it. */
async function holding<T>(trial: Trial, place: Place, work: () => Promise<T>): Promise<T | Answer> {
  const letGo = new AbortController();
  const holder = startHolder(trial, place, letGo.signal);
  try {
    const answer = await holder.answer;
    return answer === 'held' ? await work() : answer;
  } finally {
    letGo.abort();
    await holder.ended;
  }
}

interface Holder {
  readonly answer: Promise<Answer>;
  /** Never rejects; what went wrong is told by `answer`. */
  readonly ended: Promise<void>;
}

function startHolder(trial: Trial, { remote }: Place, letGo: AbortSignal): Holder {
  let ended: Promise<void> = Promise.resolve();
  const answer = new Promise<Answer>((resolve, reject) => {
    const running = remote.run(command(trial, 'hold'), {
      asRoot: true,
      deadlineMs: 2 * deadlineMs,
      signal: AbortSignal.any([trial.ports.signal, letGo]),
      onLine: (line) => {
        resolve(answerOf(line));
      },
    });
    ended = running.then(
      () => {
        resolve('unclear');
      },
      (error: unknown) => {
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
  return { answer, ended };
}

async function attempt(trial: Trial, place: Place, action: 'try' | 'clean'): Promise<Answer> {
  const { signal } = trial.ports;
  const ran = await place.remote.run(command(trial, action), { asRoot: true, deadlineMs, signal });
  return answerOf(ran.stdout.trim());
}

function command({ ports, home, nonce }: Trial, action: string): Argv {
  const script = ports.templates['check/home-lock.sh'];
  if (script === undefined) throw new Error('no template check/home-lock.sh');
  return ['sh', '-c', script, 'home-lock.sh', action, home, nonce];
}

function answerOf(line: string): Answer {
  const words: readonly Answer[] = ['held', 'free', 'refused', 'missing', 'unwritable', 'no-tools'];
  return words.find((word) => word === line) ?? 'unclear';
}

function describe({ name }: Host, answer: Answer): string {
  switch (answer) {
    case 'missing':
      return `${name}: there is no such folder`;
    case 'unwritable':
      return `${name}: uid 1000 may not write there`;
    case 'no-tools':
      return `${name}: flock or setpriv (util-linux) is missing`;
    case 'free':
      return `${name}: got the lock although another host held it`;
    case 'refused':
      return `${name}: the lock was refused`;
    case 'held':
    case 'unclear':
      return `${name}: no clear answer`;
  }
}
