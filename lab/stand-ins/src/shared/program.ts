import { FlagError, parseFlags, type FlagDefinitions, type Flags } from './flags.ts';
import type { Log } from './log.ts';
import { build } from './build.ts';

/** Ends the process. SIGABRT of the real program shows as 134 in a shell and in a container; so does this. */
export const aborted = 134;

interface Program {
  readonly name: string;
  readonly definitions: FlagDefinitions;
}

/** Flags of this process, or its end: `--version`, `--help`, and every fault that Mesos refuses at once. */
export function programFlags({ name, definitions }: Program): Flags {
  try {
    const flags = parseFlags({
      definitions,
      argv: process.argv.slice(2),
      env: process.env,
      prefix: 'MESOS_',
    });
    if (flags.isOn('version')) finish(`mesos ${build.version}\n`);
    if (flags.isOn('help')) finish(usage(name, definitions));
    return flags;
  } catch (fault) {
    if (!(fault instanceof FlagError)) throw fault;
    process.stderr.write(
      `${fault.message}\n\nSee \`${name} --help\` for a list of supported flags.\n`,
    );
    process.exit(1);
  }
}

function finish(text: string): never {
  process.stdout.write(text);
  process.exit(0);
}

function usage(name: string, definitions: FlagDefinitions): string {
  const lines = Object.entries(definitions).map(([flag, { kind, default: value }]) => {
    const spelling = kind === 'boolean' ? `--[no-]${flag}` : `--${flag}=VALUE`;
    return `  ${spelling}${value === undefined ? '' : `  (default: ${value})`}`;
  });
  return `Usage: ${name} [options]\n\n${lines.join('\n')}\n`;
}

/** A stopped Mesos does not say goodbye to ZooKeeper: its session has to run out (observed with 1.12.0). */
export function dieOfSigterm(): void {
  process.once('SIGTERM', () => {
    process.kill(process.pid, 'SIGTERM');
    // The first process of a container is immune to its own signals.
    setTimeout(() => process.exit(143), 50);
  });
}

const bindReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  EACCES: 'Permission denied',
};

/** A port that cannot be had makes libprocess abort (observed with 1.12.0). Anything else here is a bug. */
export function bindFault(flags: Flags, log: Log, fault: unknown): never {
  const bound = `${flags.text('ip') ?? '0.0.0.0'}:${flags.required('port')}`;
  const reason = bindReasons[(fault as NodeJS.ErrnoException).code ?? ''];
  const stack = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  const text = reason === undefined ? stack : `Failed to bind on ${bound}: ${reason}`;
  log.fatal('process.cpp:1124', `Failed to initialize: ${text}`);
  process.exit(aborted);
}
