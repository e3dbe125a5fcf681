import { Command, CommanderError, Help, type Option } from 'commander';
import { addAddAgent } from './commands/add-agent.ts';
import { addApply } from './commands/apply.ts';
import { addBuild } from './commands/build.ts';
import { addCheck } from './commands/check.ts';
import { addCompletion } from './commands/completion.ts';
import { addConfig } from './commands/config.ts';
import type { CommandContext } from './commands/context.ts';
import { addDestroy } from './commands/destroy.ts';
import { addExec } from './commands/exec.ts';
import { addFailoverDrill } from './commands/failover-drill.ts';
import { addImages } from './commands/images.ts';
import { addInit } from './commands/init.ts';
import { addJenkins } from './commands/jenkins.ts';
import { addLab } from './commands/lab.ts';
import { addLock } from './commands/lock.ts';
import { addLogs } from './commands/logs.ts';
import { addGlobalOptions } from './commands/options.ts';
import { addPlan } from './commands/plan.ts';
import { addResume } from './commands/resume.ts';
import { addRuns } from './commands/runs.ts';
import { addRemoveAgent } from './commands/remove-agent.ts';
import { addRestart } from './commands/restart.ts';
import { addRollback } from './commands/rollback.ts';
import { addSample } from './commands/sample.ts';
import { addStatus } from './commands/status.ts';
import { addUpgrade } from './commands/upgrade.ts';
import { ClusterError, exitCodeOf } from './errors.ts';
import { schemaVersion } from './run/events.ts';

/** Runs one command line; returns its exit code. Prints through the context only. */
export async function runCli(args: readonly string[], context: CommandContext): Promise<number> {
  const outcome = { exitCode: 0 };
  const setExitCode = (code: number) => {
    outcome.exitCode = code;
  };
  const caller = { ...context.ports.caller, args };
  const program = createProgram({ ...context, setExitCode, ports: { ...context.ports, caller } });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    return await failed(error, args, context);
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
  addPlan(program, context);
  addApply(program, context);
  addStatus(program, context);
  addAddAgent(program, context);
  addRemoveAgent(program, context);
  addCheck(program, context);
  addBuild(program, context);
  addRestart(program, context);
  addUpgrade(program, context);
  addRollback(program, context);
  addFailoverDrill(program, context);
  addJenkins(program, context);
  addLogs(program, context);
  addExec(program, context);
  addRuns(program, context);
  addResume(program, context);
  addLock(program, context);
  addConfig(program, context);
  addDestroy(program, context);
  addCompletion(program, context);
  addImages(program, context);
  addLab(program, context);
  for (const command of withSubcommands(program)) configure(command, context);
  return program;
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** That a switch is off unless it is given goes without saying. */
function optionDescription(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (?:true|false)\)$/, '');
}

function configure(command: Command, { out, err, terminal }: CommandContext): void {
  const trim = (text: string) => text.replace(/\n$/, '');
  command
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 30, optionDescription })
    .configureOutput({
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

/** Loaded only here: what prints faults is not needed to print help. */
async function failed(
  error: unknown,
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const fault = error instanceof CommanderError ? usage(error) : error;
  if (!(fault instanceof ClusterError)) return bug(fault, args, context);
  const { errorDocument, errorText } = await import('./report/error-text.ts');
  const { palette } = await import('./report/palette.ts');
  const exitCode = exitCodeOf(fault);
  if (args.includes('--json')) {
    const document = { schemaVersion, ok: false, exitCode, error: errorDocument(fault) };
    context.out(JSON.stringify(document, undefined, 2));
  }
  // Commander has printed its own words already.
  if (fault === error) context.err(errorText(fault, palette(context.terminal.colour)));
  return exitCode;
}

function usage({ message }: CommanderError): ClusterError {
  const remedy = 'ci-cluster --help lists the commands and options.';
  return new ClusterError('USAGE', message.replace(/^error: /, ''), { remedy });
}

function bug(error: unknown, args: readonly string[], { err, out }: CommandContext): number {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = 'This is a bug in ci-cluster, please report it with these lines:';
  if (args.includes('--json')) {
    const [first = '', ...evidence] = stack.split('\n');
    const fault = { code: 'BUG', message: first, host: null, remedy: message, evidence, parts: [] };
    out(JSON.stringify({ schemaVersion, ok: false, exitCode: 1, error: fault }, undefined, 2));
  }
  err(`${message}\n${stack}`);
  return 1;
}
