import { Command, CommanderError } from 'commander';
import type { CommandContext } from './commands/context.ts';
import { addInit } from './commands/init.ts';
import { addLab } from './commands/lab.ts';
import { addGlobalOptions } from './commands/options.ts';
import { addSample } from './commands/sample.ts';
import { addStatus } from './commands/status.ts';
import { ClusterError, exitCodeOf } from './errors.ts';
import { errorDocument, errorText } from './report/error-text.ts';
import { palette } from './report/palette.ts';
import { schemaVersion } from './run/events.ts';

/** Runs one command line; returns its exit code. Prints through the context only. */
export async function runCli(args: readonly string[], context: CommandContext): Promise<number> {
  const outcome = { exitCode: 0 };
  const setExitCode = (code: number) => {
    outcome.exitCode = code;
  };
  const program = createProgram({ ...context, setExitCode });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    return failed(error, args, context);
  }
  return outcome.exitCode;
}

function createProgram(context: CommandContext): Command {
  const program = new Command('ci-cluster')
    .description('a fault-tolerant CI cloud on your own machines')
    .version(context.version)
    .showHelpAfterError('(ci-cluster --help lists the commands)')
    .showSuggestionAfterError()
    .exitOverride();
  addGlobalOptions(program);
  addSample(program, context);
  addInit(program, context);
  addStatus(program, context);
  addLab(program, context);
  for (const command of withSubcommands(program)) configure(command, context);
  return program;
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function configure(command: Command, { out, err, terminal }: CommandContext): void {
  const trim = (text: string) => text.replace(/\n$/, '');
  command.exitOverride().configureOutput({
    writeOut: (text) => {
      out(trim(text));
    },
    writeErr: (text) => {
      err(trim(text));
    },
    getOutHelpWidth: () => terminal.columns,
    getErrHelpWidth: () => terminal.columns,
  });
}

function failed(error: unknown, args: readonly string[], context: CommandContext): number {
  const isJson = args.includes('--json');
  if (error instanceof CommanderError) return usage(error, isJson, context);
  if (!(error instanceof ClusterError)) return bug(error, context);
  const exitCode = exitCodeOf(error);
  if (isJson) {
    const document = { schemaVersion, ok: false, exitCode, error: errorDocument(error) };
    context.out(JSON.stringify(document, undefined, 2));
  }
  context.err(errorText(error, palette(context.terminal.colour)));
  return exitCode;
}

/** Commander has printed its words already; help and version are no faults. */
function usage(error: CommanderError, isJson: boolean, context: CommandContext): number {
  if (error.exitCode === 0) return 0;
  if (isJson) {
    const message = error.message.replace(/^error: /, '');
    const fault = new ClusterError('USAGE', message, { remedy: 'ci-cluster --help' });
    const document = { schemaVersion, ok: false, exitCode: 2, error: errorDocument(fault) };
    context.out(JSON.stringify(document, undefined, 2));
  }
  return 2;
}

function bug(error: unknown, { err }: CommandContext): number {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  err(`This is a bug in ci-cluster, please report it with these lines:\n${stack}`);
  return 1;
}
