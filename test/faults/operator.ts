import { createCaller } from '../../src/adapters/caller.ts';
import { createClock } from '../../src/adapters/clock.ts';
import { digestOf } from '../../src/adapters/digest.ts';
import { createFiles, loadTemplates } from '../../src/adapters/files.ts';
import { createJournal } from '../../src/adapters/journal.ts';
import { createLocalShell } from '../../src/adapters/local.ts';
import { maskOf } from '../../src/adapters/mask.ts';
import { quote } from '../../src/adapters/quote.ts';
import { randomId } from '../../src/adapters/random.ts';
import { reaches } from '../../src/adapters/reach.ts';
import { createConnector } from '../../src/adapters/ssh.ts';
import type { SshTiming } from '../../src/adapters/ssh/timing.ts';
import { runCli } from '../../src/cli.ts';
import type { CommandContext } from '../../src/commands/context.ts';
import type { Clock, Connector, Ports, RemoteHost } from '../../src/ports.ts';

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

export interface Hurry {
  /** Bound on every remote command, below the bounds of the product. */
  readonly commandMs: number;
  /** Whether silence is given up soon; a run that is to succeed on a busy machine must not. */
  readonly pace: keyof typeof hurry;
  /** Folder for records of runs. */
  readonly records: string;
  readonly interruption?: AbortSignal;
}

/** Bound on a command that is to come to its end, with room for a busy machine. */
export const usualMs = 60_000;

/** Bounds of the SSH adapter in proportion to each other, so that silence is noticed soon. */
const hastyTiming: Partial<SshTiming> = {
  ...{ readyTimeoutMs: 1500, keepaliveIntervalMs: 250, keepaliveCount: 3, retryPauseMs: 5 },
  ...{ politeStopMs: 1500, drainMs: 300, closeMs: 100, startJitterMs: 1 },
};

/** How much faster time goes by in gates, where the services answer at once. */
const hurry = { hasty: 40, patient: 10 };

const templates = await loadTemplates(new URL('../../templates/', import.meta.url));

/** Runs a command line in this process, with the real adapters and a clock that hurries. */
export async function operate(args: readonly string[], options: Hurry): Promise<Outcome> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const ports = portsFor(args, options);
  const begin = performance.now();
  const context: CommandContext = {
    ports,
    out: (text) => stdout.push(text),
    err: (text) => stderr.push(text),
    terminal: { isTty: false, columns: 80, colour: false },
    ...{ env: {}, home: '/nonexistent', version: '0' },
    openLog: () => () => undefined,
    rerun: (words) => runCli(words, context),
    setExitCode: () => undefined,
    readStdin: () => Promise.resolve(Buffer.alloc(0)),
    ask: undefined,
  };
  const exitCode = await runCli(args, context);
  await ports.connector[Symbol.asyncDispose]();
  const elapsedMs = performance.now() - begin;
  return { exitCode, stdout: stdout.join('\n'), stderr: stderr.join('\n'), elapsedMs };
}

/** The world of one operator. */
export function portsFor(args: readonly string[], options: Hurry): Ports {
  const timing = options.pace === 'hasty' ? { timing: hastyTiming } : {};
  return {
    connector: inTime(createConnector(timing), options.commandMs),
    ...{ templates, quote, digestOf, maskOf, randomId },
    clock: hurriedClock(hurry[options.pace]),
    files: createFiles(),
    local: createLocalShell(),
    journal: createJournal(options.records),
    caller: createCaller(args, '0'),
    dial: reaches,
    signal: options.interruption ?? new AbortController().signal,
  };
}

function hurriedClock(factor: number): Clock {
  const real = createClock();
  return {
    now: () => real.now() * factor,
    date: () => real.date(),
    sleep: (ms, signal) => real.sleep(ms / factor, signal),
  };
}

/** The bounds of the product are minutes, for pulls over slow lines; a lock is held for as long as it takes. */
function inTime(connector: Connector, commandMs: number): Connector {
  const bounded = (remote: RemoteHost): RemoteHost => ({
    name: remote.name,
    run: (argv, options) =>
      remote.run(
        argv,
        options.talk === undefined
          ? { ...options, deadlineMs: Math.min(options.deadlineMs, commandMs) }
          : options,
      ),
    http: (request) => remote.http(request),
    exchange: (endpoint, payload, deadlineMs) => remote.exchange(endpoint, payload, deadlineMs),
    zookeeper: (endpoint, deadlineMs) => remote.zookeeper(endpoint, deadlineMs),
    [Symbol.asyncDispose]: () => remote[Symbol.asyncDispose](),
  });
  return {
    connect: async (target, signal) => bounded(await connector.connect(target, signal)),
    apart: () => inTime(connector.apart(), commandMs),
    [Symbol.asyncDispose]: () => connector[Symbol.asyncDispose](),
  };
}
