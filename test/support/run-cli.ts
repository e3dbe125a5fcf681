import { runCli as run } from '../../src/cli.ts';
import type { CommandContext } from '../../src/commands/context.ts';
import { adminPassword } from './cluster-file.ts';
import { portsOf } from './fake-ports.ts';
import type { FakeWorld } from './fake-world.ts';

export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What happened in the world during this run. */
  readonly log: readonly string[];
  /** Lines written by --events. */
  readonly events: readonly string[];
}

export interface CliWorld {
  /** Answers of the person at the terminal; without them there is no terminal. */
  readonly answers?: readonly string[];
  readonly columns?: number;
  /** What is piped into the command. */
  readonly stdin?: string;
  readonly interruption?: AbortController;
}

/** Runs a command line in this process, in the world: blank-separated words, or a list of any words. */
export async function runCli(
  line: string | readonly string[],
  world: FakeWorld,
  { answers, columns = 80, stdin = '', interruption = new AbortController() }: CliWorld = {},
): Promise<CliRun> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const events: string[] = [];
  const replies = [...(answers ?? [])];
  const ports = portsOf(world, interruption.signal);
  const before = world.log.length;
  const context: CommandContext = {
    ports,
    out: (text) => stdout.push(text),
    err: (text) => stderr.push(text),
    terminal: { isTty: false, columns, colour: false },
    env: { ADMIN_PASSWORD: adminPassword },
    home: '/home/ops',
    version: '1.2.3',
    openLog: () => (text) => events.push(text),
    rerun: (args) => run(args, context),
    setExitCode: () => undefined,
    readStdin: () => Promise.resolve(Buffer.from(stdin)),
    ask:
      answers === undefined
        ? undefined
        : (question) => {
            stderr.push(question);
            return Promise.resolve(replies.shift() ?? '');
          },
  };
  const exitCode = await run(
    typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line,
    context,
  );
  await ports.connector[Symbol.asyncDispose]();
  return {
    exitCode,
    stdout: stdout.join('\n'),
    stderr: stderr.join('\n'),
    log: world.log.slice(before),
    events,
  };
}
