import type { ClusterSpec } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { resultOf } from '../report/runs-text.ts';
import { withConfig } from '../run/config-of.ts';
import { schemaVersion } from '../run/events.ts';
import { giveBack } from '../run/give-back.ts';
import { readHistory, unfinished, type PastRun } from '../run/journal/history.ts';
import type { JournalEvent } from '../run/journal/journal-line.ts';
import { refuseMoved } from '../run/journal/moved-hosts.ts';
import { runClusterCommand, type Result } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';
import { runNamed } from './runs-action.ts';

export interface ResumeOptions extends GlobalOptions {
  readonly anyway: boolean;
}

/** Gives back what the run took away, then runs its command line again: that plans anew. */
export async function resume(
  id: string | undefined,
  options: ResumeOptions,
  context: CommandContext,
): Promise<void> {
  const chosen = await prepare(id, options, context);
  if (chosen === undefined) return;
  const before = await readHistory(context.ports, chosen.begin.cluster);
  const exitCode = await context.rerun(argsOf(chosen, options));
  if (exitCode === 0) await noteResumed(chosen, before, context);
  context.setExitCode(exitCode);
}

/** Undefined if there is nothing to go on with, which is then told. */
async function prepare(
  id: string | undefined,
  options: ResumeOptions,
  context: CommandContext,
): Promise<PastRun | undefined> {
  const { ports } = context;
  const chosen: { run?: PastRun } = {};
  const printed: string[] = [];
  const outcome = { exitCode: 0 };
  await runClusterCommand({
    name: 'resume',
    options,
    context: {
      ...context,
      out: (text) => printed.push(text),
      setExitCode: (code) => {
        outcome.exitCode = code;
      },
    },
    work: async ({ spec, report }): Promise<Result> => {
      const run = choose(await readHistory(ports, spec.name), id);
      if (run === undefined) return nothing('there is no run to go on with');
      if (run.state === 'done' && run.owed.length === 0) return nothing(`${run.id} is done`);
      refuseRunning(run);
      if (!options.anyway) refuseMoved(run, spec);
      if (!options.quiet) tell(run, spec, context);
      await giveBack({ spec, ports, report }, run);
      chosen.run = run;
      return nothing('');
    },
  });
  const { run } = chosen;
  if (run !== undefined && outcome.exitCode === 0) return run;
  printed.forEach(context.out);
  context.setExitCode(outcome.exitCode);
  return undefined;
}

function choose(history: readonly PastRun[], id: string | undefined): PastRun | undefined {
  return id === undefined ? unfinished(history).at(-1) : runNamed(history, id);
}

function nothing(why: string): Result {
  return { more: { resumed: null }, text: () => `Nothing to resume: ${why}.` };
}

function refuseRunning({ state, id, begin }: PastRun): void {
  if (state !== 'running') return;
  throw new ClusterError('LOCK_HELD', `run ${id} still runs on this machine (${begin.owner})`, {
    remedy: 'Wait for it, or stop it with Ctrl-C where it runs. ci-cluster runs shows it.',
  });
}

function tell(run: PastRun, { name }: ClusterSpec, { err }: CommandContext): void {
  const { results, begin } = run;
  const good = results.filter(({ result }) => result === 'changed').length;
  err(`${name}: going on with run ${run.id}, ${begin.command.join(' ')} (${resultOf(run)})`);
  err(`it made ${good} of ${begin.changes} changes; what is left is found by looking again`);
}

/** What the operator says now about output and questions counts, not what was said then. */
const presentation = new Set(['--json', '-q', '--quiet', '-y', '--yes', '--no-color']);

function argsOf(run: PastRun, options: ResumeOptions): readonly string[] {
  const { args } = run.begin;
  const kept = withConfig(args, options.config).filter((word) => !presentation.has(word));
  const said: readonly (readonly [boolean, string])[] = [
    [options.json, '--json'],
    [options.quiet, '--quiet'],
    [options.yes, '--yes'],
    [!options.color, '--no-color'],
  ];
  return [...said.flatMap(([is, word]) => (is ? [word] : [])), ...kept, ...afterOf(run)];
}

/** What was restarted looks like what was not: the record tells. */
function afterOf({ id, begin: { command } }: PastRun): readonly string[] {
  return command[0] === 'restart' ? ['--after-run', id] : [];
}

/** The id of the run that did the rest; empty where nothing was left to do. */
async function noteResumed(
  old: PastRun,
  before: readonly PastRun[],
  { ports }: CommandContext,
): Promise<void> {
  const known = new Set(before.map(({ id }) => id));
  const history = await readHistory(ports, old.begin.cluster);
  const fresh = history.findLast(({ id }) => !known.has(id));
  await append(old, { event: 'resumed', by: fresh?.id ?? '' }, ports);
}

async function append(
  { record, id }: PastRun,
  event: JournalEvent,
  { journal, clock }: CommandContext['ports'],
): Promise<void> {
  await journal.append(record, [
    JSON.stringify({ schemaVersion, at: clock.date(), run: id, ...event }),
  ]);
}
