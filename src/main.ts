import { appendFileSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { createCaller } from './adapters/caller.ts';
import { createClock } from './adapters/clock.ts';
import { digestOf } from './adapters/digest.ts';
import { createFiles, loadTemplates } from './adapters/files.ts';
import { interrupted } from './adapters/interrupted.ts';
import { createJournal, stateFolder } from './adapters/journal.ts';
import { createLocalShell } from './adapters/local.ts';
import { maskOf } from './adapters/mask.ts';
import { quote } from './adapters/quote.ts';
import { randomId } from './adapters/random.ts';
import { runCli } from './cli.ts';
import type { CommandContext } from './commands/context.ts';
import type { Connector, Ports } from './ports.ts';

/** Runs the command line of this process; sets its exit code. */
export async function main(args: readonly string[]): Promise<void> {
  const interruption = new AbortController();
  const signalCode = watchSignals(interruption);
  watchPipe(interruption, signalCode);
  await using connector = lazyConnector();
  const ports: Ports = {
    connector,
    clock: createClock(),
    files: createFiles(),
    local: createLocalShell(),
    journal: createJournal(stateFolder(process.env, homedir())),
    caller: createCaller(args, versionOf()),
    templates: await loadTemplates(new URL('../templates/', import.meta.url)),
    randomId,
    quote,
    digestOf,
    maskOf,
    dial: async (place, deadlineMs) =>
      await (await import('./adapters/reach.ts')).reaches(place, deadlineMs),
    signal: interruption.signal,
  };
  const exitCode = await runCli(args, contextOf(ports));
  process.exitCode = signalCode.value ?? exitCode;
}

/** SSH is loaded with the first connection: help and usage faults should not wait for it. */
function lazyConnector(): Connector {
  let loaded: Promise<Connector> | undefined;
  const load = async () => (await import('./adapters/ssh.ts')).createConnector();
  return {
    connect: async (target, signal) => await (await (loaded ??= load())).connect(target, signal),
    apart: lazyConnector,
    [Symbol.asyncDispose]: async () => {
      await (await loaded)?.[Symbol.asyncDispose]();
    },
  };
}

/** Once: stop before the next step, undo, close. Twice: leave at once. */
function watchSignals(interruption: AbortController): { value: number | undefined } {
  const seen: { value: number | undefined } = { value: undefined };
  const onSignal = (code: number) => () => {
    if (seen.value !== undefined) process.exit(code);
    seen.value = code;
    process.stderr.write('\nstopping at the next safe place; once more to leave at once\n');
    interruption.abort(code);
  };
  process.on('SIGINT', onSignal(130));
  process.on('SIGTERM', onSignal(143));
  return seen;
}

/** Nobody reads the output any more (`logs | head`): the same polite stop, with the code of SIGPIPE. */
function watchPipe(interruption: AbortController, seen: { value: number | undefined }): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    seen.value ??= 141;
    interruption.abort();
  });
}

function contextOf(ports: Ports): CommandContext {
  const isTty = process.stderr.isTTY && process.stdin.isTTY;
  const noColour = (process.env['NO_COLOR'] ?? '') !== '';
  const context: CommandContext = {
    ports,
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    terminal: {
      isTty: process.stderr.isTTY,
      columns: process.stdout.columns || process.stderr.columns || 80,
      colour: process.stdout.isTTY && !noColour,
    },
    env: process.env,
    home: homedir(),
    version: versionOf(),
    openLog,
    rerun: (args, out) => runCli(args, out === undefined ? context : { ...context, out }),
    setExitCode: () => undefined,
    readStdin,
    ask: isTty ? (question) => ask(question, ports.signal) : undefined,
  };
  return context;
}

function openLog(path: string): (line: string) => void {
  if (path === '-') return (line) => process.stderr.write(`${line}\n`);
  return (line) => {
    appendFileSync(path, `${line}\n`);
  };
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // In raw mode Ctrl-C is a key like any other.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await terminal.question(question, { signal });
  } catch (error) {
    throw signal.aborted ? interrupted('at a question') : error;
  } finally {
    terminal.close();
  }
}

function versionOf(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
