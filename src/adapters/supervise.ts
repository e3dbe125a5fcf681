import type { Readable, Writable } from 'node:stream';
import { ClusterError } from '../errors.ts';
import type { Argv, Ran, RunOptions, Talk } from '../ports.ts';
import { onAbort, settlesWithin } from './deadline.ts';
import { feed } from './feed.ts';
import type { Feeding } from './feed.ts';
import { interrupted } from './interrupted.ts';
import { collect, splitLines } from './output.ts';
import type { Collected } from './output.ts';

/** How a process ended; undefined if it went away without saying. */
export type Exit = Pick<Ran, 'exitCode' | 'signal'> | undefined;

/** A process that was started, here or elsewhere. */
export interface StartedProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<Exit>;
  /** Settles when no more output can come. */
  readonly closed: Promise<void>;
  /** Why it went away without saying. */
  readonly lostReason: () => string;
  /** Lets go of it; harmless after its end. */
  readonly abandon: () => void;
  /** More than the end of stdin, to tell it of an interrupt. */
  readonly interrupt?: () => void;
}

export interface Manners {
  /** After an interrupt: how long the process may take to reach its next step boundary. */
  readonly politeStopMs: number;
  /** After the exit: how long silence may last while a child of the process keeps stdout open. */
  readonly drainMs: number;
}

export const defaultManners: Manners = { politeStopMs: 10_000, drainMs: 2_000 };

export interface Job {
  readonly argv: Argv;
  /** Where it runs, for messages. */
  readonly place: string;
  /** The same, if it is a host of the cluster. */
  readonly host?: string;
  readonly options: Omit<RunOptions, 'asRoot'>;
  /** What is left of the deadline once it has started. */
  readonly remainingMs: number;
  readonly manners: Manners;
}

/** Feeds the process, reads it and ends the wait in time, whatever the process does. */
export async function supervise(started: StartedProcess, job: Job): Promise<Ran> {
  const { input = [], onLine, forgetsLines } = job.options;
  const stdout = collect(started.stdout, forgetsLines === true ? 0 : undefined);
  const stderr = collect(started.stderr);
  const lineFault = onLine === undefined ? [] : [splitLines(started.stdout, onLine)];
  const feeding = feed(started.stdin, input, onLine !== undefined);
  using bounds = startBounds(job, () => {
    feeding.stop();
    started.interrupt?.();
  });
  const talking = startTalking(feeding, job.options.talk);
  try {
    const ending = ended(started, job.manners, [stdout, stderr]);
    const exit = await Promise.race([ending, bounds.broken, ...lineFault]);
    if (job.options.signal?.aborted === true) throw stoppedAt(job);
    if (exit === undefined) throw lost(job, started.lostReason());
    return ranOf(exit, stdout, stderr);
  } finally {
    talking[Symbol.dispose]();
    started.abandon();
  }
}

/** The first sign of life comes after the input: in between it would become part of it. */
function startTalking(feeding: Feeding, talk: Talk | undefined): Disposable {
  if (talk === undefined) return { [Symbol.dispose]: () => undefined };
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const say = (text: string): void => {
    feeding.say(text);
  };
  void feeding.written.then(() => {
    if (isOver) return;
    timer = setInterval(say, talk.everyMs, talk.beat);
    talk.opened(say);
  });
  return {
    [Symbol.dispose]: () => {
      isOver = true;
      clearInterval(timer);
    },
  };
}

function ranOf(exit: NonNullable<Exit>, stdout: Collected, stderr: Collected): Ran {
  return {
    ...exit,
    stdout: stdout.text(),
    stderr: stderr.text(),
    truncated: stdout.truncated() || stderr.truncated(),
  };
}

/** The exit and the output before it. A daemon left behind with our stdout must not hold us. */
async function ended(
  started: StartedProcess,
  manners: Manners,
  outputs: readonly Collected[],
): Promise<Exit> {
  const exit = await started.exit;
  const seenBytes = (): number => outputs.reduce((sum, output) => sum + output.seenBytes(), 0);
  for (;;) {
    const before = seenBytes();
    const isClosed = await settlesWithin(started.closed, manners.drainMs);
    if (isClosed || seenBytes() === before) return exit;
  }
}

interface Bounds extends Disposable {
  /** Rejects when the deadline passes or an interrupt was not obeyed. */
  readonly broken: Promise<never>;
}

function startBounds(job: Job, stop: () => void): Bounds {
  const { options, manners } = job;
  let politeTimer: NodeJS.Timeout | undefined;
  const cleanups: Disposable[] = [];
  const broken = new Promise<never>((_resolve, reject) => {
    const giveUp = setTimeout(() => {
      reject(late(job));
    }, job.remainingMs);
    cleanups.push(
      onAbort(options.signal, () => {
        stop();
        politeTimer = setTimeout(() => {
          reject(stillRunning(job));
        }, manners.politeStopMs);
      }),
      {
        [Symbol.dispose]: () => {
          clearTimeout(giveUp);
        },
      },
    );
  });
  return {
    broken,
    [Symbol.dispose]: () => {
      clearTimeout(politeTimer);
      cleanups.forEach((cleanup) => {
        cleanup[Symbol.dispose]();
      });
    },
  };
}

const again = 'Run the same command again: it looks first and does only what is missing.';

/** What messages are made of. */
export type Errand = Pick<Job, 'argv' | 'place' | 'host' | 'options'>;

export function late(job: Errand): ClusterError {
  const text = `no result from ${job.place} within ${seconds(job.options.deadlineMs)}: ${nameOf(job.argv)}`;
  return new ClusterError('RESULT_UNKNOWN', text, { host: job.host, remedy: again });
}

export function lost(job: Errand, reason: string): ClusterError {
  const text = `lost ${job.place} while this ran there: ${nameOf(job.argv)} (${reason})`;
  return new ClusterError('RESULT_UNKNOWN', text, { host: job.host, remedy: again });
}

function stoppedAt(job: Job): ClusterError {
  return interrupted(`${nameOf(job.argv)} on ${job.place}, which ended`, job.host);
}

function stillRunning(job: Job): ClusterError {
  const text = `${nameOf(job.argv)} on ${job.place}, which did not end within ${seconds(job.manners.politeStopMs)}`;
  return interrupted(text, job.host);
}

export function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}

/** Enough of the command to recognise it. */
export function nameOf(argv: Argv): string {
  const text = argv.join(' ').replaceAll(/\s+/g, ' ');
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
