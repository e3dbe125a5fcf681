import { ClusterError } from '../../errors.ts';
import type { Ports, Ran, RemoteHost } from '../../ports.ts';
import { claimText, lockFolder, parseClaim, recordFolder, type Claim } from './claim.ts';
import { lockBusy, lockHeld, lockLost, lockUnable } from './lock-faults.ts';
import { parseLockLine, type LockLine } from './lock-lines.ts';

/** The lock of one host. */
export interface HostLock {
  readonly host: string;
  /** Id of the run that changed the host last, or an empty text. */
  readonly lastRun: string;
  /** Settles if the lock is lost; never if it is given back. */
  readonly lost: Promise<ClusterError>;
  /** Asks the host. Throws LOCK_LOST. */
  readonly check: () => Promise<void>;
  /** Marks the host as changed by this run. What could not be recorded there is returned. */
  readonly begin: () => Promise<string>;
  /** Gives it back; settles when the host has let go or does not answer any more. */
  readonly release: (done: boolean) => Promise<void>;
}

export interface Wanted {
  readonly remote: RemoteHost;
  readonly ports: Ports;
  readonly claim: Claim;
  /** Known to this run alone; every script that changes the host must show it. */
  readonly token: string;
}

/** Without a sign of life for a minute the host takes the lock back; five of six may be lost. */
const silenceSeconds = 60;
const beatMs = 10_000;
const answerMs = 15_000;
/** A freeze may last; timers of Node end at 24 days. */
const holdMs = 20 * 24 * 3_600_000;

/** The script comes by stdin, and its size as argument; what follows is the conversation with it. */
const bootstrap = 's=$(head -c "$1") && shift && eval "$s"';

/** Throws LOCK_HELD if somebody else has it. */
export async function takeHostLock(wanted: Wanted): Promise<HostLock> {
  const { ports, remote } = wanted;
  const holding = new AbortController();
  const stop = () => {
    holding.abort();
  };
  const line = hear();
  // One of its own for each host: Node warns where many listen to the same.
  const interruption = AbortSignal.any([ports.signal]);
  if (interruption.aborted) stop();
  interruption.addEventListener('abort', stop);
  const ended = hold(wanted, line, holding.signal);
  try {
    const late = inTime(noAnswer(remote.name));
    const first = await Promise.race([line.next(), ended.then(endedEarly(remote.name)), late]);
    if (first instanceof ClusterError) throw first;
    if (first.lock !== 'taken') throw refusal(remote.name, first);
    return held({ host: remote.name, lastRun: first.detail, ended, line, stop });
  } catch (error) {
    stop();
    throw error;
  } finally {
    interruption.removeEventListener('abort', stop);
  }
}

/** Runs for as long as the lock is held. */
function hold(
  { remote, ports, claim, token }: Wanted,
  line: Conversation,
  signal: AbortSignal,
): Promise<Ran> {
  const script = ports.templates['remote/lock.sh'] ?? '';
  const size = String(new TextEncoder().encode(script).length);
  const args = [lockFolder, recordFolder, token, claim.run, String(silenceSeconds)];
  return remote.run(['sh', '-c', bootstrap, 'sh', size, ...args], {
    input: [script, `${claimText(claim)}\n`],
    deadlineMs: holdMs,
    signal,
    asRoot: true,
    forgetsLines: true,
    onLine: line.take,
    talk: { beat: '.', everyMs: beatMs, opened: line.opened },
  });
}

interface Conversation {
  readonly take: (text: string) => void;
  readonly opened: (say: (text: string) => void) => void;
  readonly say: (text: string) => void;
  readonly next: () => Promise<LockLine>;
}

function hear(): Conversation {
  const lines: LockLine[] = [];
  const waiting: ((line: LockLine) => void)[] = [];
  let say: (text: string) => void = () => undefined;
  return {
    opened: (given) => {
      say = given;
    },
    say: (text) => {
      say(text);
    },
    take: (text) => {
      const line = parseLockLine(text);
      if (line === undefined) return;
      const first = waiting.shift();
      if (first === undefined) lines.push(line);
      else first(line);
    },
    next: () =>
      new Promise((resolve) => {
        const line = lines.shift();
        if (line === undefined) waiting.push(resolve);
        else resolve(line);
      }),
  };
}

interface Holding {
  readonly host: string;
  readonly lastRun: string;
  readonly ended: Promise<Ran>;
  readonly line: Conversation;
  readonly stop: () => void;
}

function held({ host, lastRun, ended, line, stop }: Holding): HostLock {
  let released = false;
  const lost = new Promise<ClusterError>((resolve) => {
    const tell = (why: string) => {
      if (!released) resolve(lockLost(host, why));
    };
    ended.then(
      ({ exitCode }) => {
        tell(`the process that held it there ended with exit code ${exitCode ?? 'unknown'}`);
      },
      (error: unknown) => {
        tell(error instanceof Error ? error.message : String(error));
      },
    );
  });
  const ask = async (word: string, answer: LockLine['lock']) => {
    line.say(word);
    const late = inTime(lockLost(host, `no answer within ${answerMs / 1000} s`));
    const got = await Promise.race([line.next(), lost, late]);
    if (got instanceof ClusterError) throw got;
    if (got.lock !== answer) throw lockLost(host, got.detail);
    return got.detail;
  };
  return {
    host,
    lastRun,
    lost,
    check: async () => {
      await ask('?', 'alive');
    },
    begin: () => ask('!', 'begun'),
    release: async (done) => {
      released = true;
      line.say(done ? '+' : '-');
      stop();
      await ended.catch(() => undefined);
    },
  };
}

/** By the clock of the machine: a host that is frozen must not freeze us. */
function inTime(fault: ClusterError): Promise<ClusterError> {
  return new Promise((resolve) => {
    AbortSignal.timeout(answerMs).addEventListener('abort', () => {
      resolve(fault);
    });
  });
}

function noAnswer(host: string): ClusterError {
  const text = `${host} did not answer within ${answerMs / 1000} s when it was to be locked`;
  return new ClusterError('HOST_UNREACHABLE', text, {
    host,
    remedy: 'Nothing was changed. Look at its load, then run the same command again.',
  });
}

function refusal(host: string, { lock, detail }: LockLine): ClusterError {
  if (lock === 'held') return lockHeld(host, parseClaim(detail));
  if (lock === 'busy') return lockBusy(host, parseClaim(detail));
  return lockUnable(host, detail);
}

function endedEarly(host: string): (ran: Ran) => never {
  return ({ stderr, exitCode }) => {
    const lines = stderr.split('\n').filter((line) => line.trim() !== '');
    throw lockUnable(host, lines.at(-1) ?? `its script ended with exit code ${exitCode ?? '?'}`);
  };
}
