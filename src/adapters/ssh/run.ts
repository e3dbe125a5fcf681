import type { ClientChannel } from 'ssh2';
import type { Argv, Ran, RunOptions } from '../../ports.ts';
import { startDeadline, unlessAborted } from '../deadline.ts';
import { asRoot, behindSudo } from '../elevated.ts';
import { interrupted } from '../interrupted.ts';
import { commandLine } from '../quote.ts';
import { late, lost, nameOf, supervise } from '../supervise.ts';
import type { Errand, Exit, StartedProcess } from '../supervise.ts';
import { unreachable } from './faults.ts';
import { behindShell } from './login-shell.ts';
import type { Session } from './session.ts';

/** Runs the command on the session's host, through the login shell of its user. */
export async function runOverSsh(
  session: Session,
  command: Argv,
  options: RunOptions,
): Promise<Ran> {
  const { host, user } = session.target;
  const isElevated = options.asRoot === true && user !== 'root';
  const text = commandLine(isElevated ? asRoot(command) : command);
  const errand: Errand = { argv: command, place: host, host, options };
  const startedAt = performance.now();
  const process = await start(session, text, errand);
  const remainingMs = options.deadlineMs - (performance.now() - startedAt);
  const ended = await supervise(process, { ...errand, remainingMs, manners: session.timing });
  const ran = behindShell(ended, command, { host, user });
  return isElevated ? behindSudo(ran, command, { host, user }) : ran;
}

async function start(session: Session, text: string, errand: Errand): Promise<StartedProcess> {
  using deadline = startDeadline(errand.options.deadlineMs, errand.options.signal);
  for (;;) {
    const slot = await session.commandSlots.take(deadline.signal);
    if (slot === undefined) throw neverStarted(session, errand);
    const starting = exec(session, text, errand);
    const started = await unlessAborted(starting, deadline.signal);
    if (started === undefined) {
      void starting.then((late) => {
        letGo(late, slot);
      });
      throw gaveUp(errand);
    }
    if ('stdin' in started) {
      if (errand.options.talk !== undefined) lodge(session, started);
      return holding(slot, started);
    }
    const others = session.commandSlots.taken() - 1;
    slot[Symbol.dispose]();
    if (!started.isFull || others === 0) throw started.error;
    if (others <= session.lodgers) throw noSecond(session);
    // Hardened hosts set MaxSessions lower than its default: make do with what we have got.
    session.commandSlots.shrinkTo(others);
  }
}

function noSecond({ target }: Session): Error {
  return unreachable(target, 'sshd allows no second session: MaxSessions must be 2 or more there');
}

function lodge(session: Session, process: StartedProcess): void {
  session.lodgers += 1;
  void process.closed.then(() => {
    session.lodgers -= 1;
  });
}

/** Its place is free again when the host has closed the channel, too. */
function holding(slot: Disposable, process: StartedProcess): StartedProcess {
  void process.closed.then(() => {
    slot[Symbol.dispose]();
  });
  return process;
}

function letGo(started: StartedProcess | NotStarted, slot: Disposable): void {
  if (!('stdin' in started)) {
    slot[Symbol.dispose]();
    return;
  }
  holding(slot, started).abandon();
  // ssh2 reports the close only after everything was read.
  started.stdout.resume();
  started.stderr.resume();
}

interface NotStarted {
  readonly error: Error;
  /** The host has no room for another session. */
  readonly isFull: boolean;
}

function exec(
  session: Session,
  text: string,
  errand: Errand,
): Promise<StartedProcess | NotStarted> {
  return new Promise((resolve) => {
    try {
      session.client.exec(text, (error, channel) => {
        // Listeners at once: the exit code may be in the packet that is being read now.
        resolve(error === undefined ? processOf(session, channel) : whyNot(session, errand, error));
      });
    } catch {
      // ssh2 throws only if the socket is not writable any more.
      resolve({ error: session.lostError(), isFull: false });
    }
  });
}

/** ssh2 1.17: a `reason` if the channel was refused, "Unable to exec" if the request on it was. */
function whyNot(session: Session, errand: Errand, error: Error): NotStarted {
  const isAsked = error.message === 'Unable to exec';
  if (session.lostReason !== undefined) {
    const fault = isAsked ? lost(errand, session.lostReason) : session.lostError();
    return { error: fault, isFull: false };
  }
  const what = isAsked ? 'run a command' : 'open a session';
  const refused = unreachable(session.target, `sshd refuses to ${what}`);
  return { error: refused, isFull: 'reason' in error };
}

function neverStarted(session: Session, errand: Errand): Error {
  if (errand.options.signal?.aborted === true) return gaveUp(errand);
  return unreachable(session.target, `no session became free for ${nameOf(errand.argv)}`);
}

function gaveUp(errand: Errand): Error {
  if (errand.options.signal?.aborted !== true) return late(errand);
  return interrupted(`${nameOf(errand.argv)} on ${errand.place}`, errand.host);
}

function processOf(session: Session, channel: ClientChannel): StartedProcess {
  return {
    stdin: channel.stdin,
    stdout: channel.stdout,
    stderr: channel.stderr,
    exit: exitOf(channel),
    closed: new Promise((resolve) => channel.once('close', resolve)),
    lostReason: () => session.lostReason ?? 'sshd closed the channel without an exit code',
    abandon: () => {
      channel.close();
    },
  };
}

function exitOf(channel: ClientChannel): Promise<Exit> {
  return new Promise((resolve) => {
    channel.once('exit', (code: number | null, signal?: string) => {
      resolve({ exitCode: code ?? undefined, signal });
    });
    channel.once('close', () => {
      resolve(undefined);
    });
  });
}
