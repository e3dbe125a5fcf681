import { loadCluster, type LoadWorld } from '../config/load-cluster.ts';
import type { ClusterSpec } from '../config/cluster-spec.ts';
import { ClusterError, exitCodeOf } from '../errors.ts';
import type { Health } from '../health/model.ts';
import { resultDocument } from '../report/documents.ts';
import { errorText } from '../report/error-text.ts';
import { palette, type Palette } from '../report/palette.ts';
import { createProgress } from '../report/progress.ts';
import { wrap } from '../report/table.ts';
import { schemaVersion, type Event, type Report } from '../run/events.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

/** What a command hands back to be printed; an error is thrown instead. */
export interface Result {
  readonly health?: Health | undefined;
  readonly more?: Readonly<Record<string, unknown>>;
  /** The result as text for stdout. */
  readonly text: (paint: Palette) => string;
  /** The text is somebody else's, or for a program: nothing is added to it on stdout. */
  readonly verbatim?: boolean;
  readonly exitCode?: number;
}

interface Work {
  readonly spec: ClusterSpec;
  readonly report: Report;
}

interface ClusterCommand {
  readonly name: string;
  readonly options: GlobalOptions;
  readonly context: CommandContext;
  readonly work: (work: Work) => Promise<Result>;
  /** What is known even if the command failed: steps that were done. */
  readonly onFailure?: () => Omit<Result, 'text'>;
}

/** Loads the cluster file, runs, prints the result on stdout or the fault on stderr. */
export async function runClusterCommand(command: ClusterCommand): Promise<void> {
  const { context, options } = command;
  const progress = createProgress(screenOf(context, options));
  const known: { spec?: ClusterSpec } = {};
  try {
    known.spec = await readCluster(context, options);
    const report = reporter(context, options, progress.report);
    const result = await command.work({ spec: known.spec, report });
    progress.end(false);
    conclude(command, known.spec, result);
  } catch (error) {
    progress.end(true);
    if (!(error instanceof ClusterError)) throw error;
    concludeFailed(command, known.spec, error);
  }
}

function screenOf(
  { terminal, err, ports }: CommandContext,
  { quiet, color, verbose }: GlobalOptions,
) {
  return {
    ...terminal,
    isTty: terminal.isTty && !quiet,
    colour: terminal.colour && color,
    verbose: verbose === true,
    line: quiet ? () => undefined : err,
    now: () => ports.clock.now(),
  };
}

async function readCluster(context: CommandContext, options: GlobalOptions): Promise<ClusterSpec> {
  return await loadCluster(options.config, loadWorld(context));
}

/** What a cluster file may refer to on this machine. */
export function loadWorld({ ports, env, home }: CommandContext): LoadWorld {
  const { files, local, signal } = ports;
  return {
    readFile: (path) => files.read(path),
    fileMode: (path) => files.mode(path),
    listFiles: (path) => files.list(path),
    ...{ env, home },
    runCommand: (argv, cwd) => local.run(argv, { cwd, deadlineMs: 30_000, signal }),
  };
}

function reporter(context: CommandContext, { events }: GlobalOptions, show: Report): Report {
  if (events === undefined) return show;
  const write = context.openLog(events);
  const { clock } = context.ports;
  const begin = clock.now();
  return (event: Event) => {
    const elapsedMs = Math.round(clock.now() - begin);
    write(JSON.stringify({ schemaVersion, at: clock.date(), elapsedMs, ...event }));
    show(event);
  };
}

function conclude(
  { name, context, options }: ClusterCommand,
  spec: ClusterSpec,
  result: Result,
): void {
  const exitCode = result.exitCode ?? 0;
  const { health, more } = result;
  if (options.json) {
    const document = resultDocument({
      command: name,
      spec,
      exitCode,
      health,
      ...(more && { more }),
    });
    context.out(JSON.stringify(document, undefined, 2));
  } else {
    const paint = palette(context.terminal.colour && options.color);
    print(context, noticeOf(spec, context, paint), { ...result, text: result.text(paint) });
  }
  context.setExitCode(exitCode);
}

function print(
  { out, err }: CommandContext,
  notice: readonly string[],
  { text, verbatim }: { readonly text: string; readonly verbatim?: boolean },
): void {
  if (verbatim !== true) {
    out([text, ...notice].join('\n\n'));
    return;
  }
  if (text !== '') out(text);
  notice.forEach(err);
}

function concludeFailed(
  { name, context, options, onFailure }: ClusterCommand,
  spec: ClusterSpec | undefined,
  error: ClusterError,
): void {
  const exitCode = exitCodeFor(error, context.ports.signal);
  const known = onFailure?.() ?? {};
  if (options.json) {
    const outcome = { command: name, spec, exitCode, error, health: known.health };
    const document = resultDocument({ ...outcome, ...(known.more && { more: known.more }) });
    context.out(JSON.stringify(document, undefined, 2));
  }
  const paint = palette(context.terminal.colour && options.color);
  const notice = spec === undefined ? [] : noticeOf(spec, context, paint);
  context.err([errorText(error, paint), ...notice].join('\n\n'));
  context.setExitCode(exitCode);
}

/** An interrupt has the code of its signal. */
function exitCodeFor(error: ClusterError, { reason }: AbortSignal): number {
  return error.code === 'INTERRUPTED' && typeof reason === 'number' ? reason : exitCodeOf(error);
}

/** Printed with every result, good or bad. */
function noticeOf({ notice }: ClusterSpec, { terminal }: CommandContext, paint: Palette): string[] {
  return notice === undefined ? [] : [paint.dim(wrap(notice, terminal.columns))];
}
