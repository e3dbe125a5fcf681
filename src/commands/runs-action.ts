import { ClusterError } from '../errors.ts';
import { runDocument } from '../report/run-document.ts';
import { hostRunsText, runsText, runText } from '../report/runs-text.ts';
import { connectAll } from '../run/connect.ts';
import { readHistory, type PastRun } from '../run/journal/history.ts';
import { readHostRuns } from '../run/journal/host-records.ts';
import { runClusterCommand, type Result } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export interface RunsOptions extends GlobalOptions {
  readonly hosts: boolean;
  readonly limit: number;
}

export async function runs(
  id: string | undefined,
  options: RunsOptions,
  context: CommandContext,
): Promise<void> {
  const { ports } = context;
  await runClusterCommand({
    name: 'runs',
    options,
    context,
    work: async ({ spec, report }) => {
      if (options.hosts) {
        const found = await readHostRuns(await connectAll(spec, ports, report), ports);
        return hostResult(id, found, { options, context });
      }
      const history = await readHistory(ports, spec.name);
      if (id !== undefined) return oneResult(runNamed(history, id), context);
      return listResult(history, { options, context });
    },
  });
}

interface Around {
  readonly options: RunsOptions;
  readonly context: CommandContext;
}

function listResult(history: readonly PastRun[], { options, context }: Around): Result {
  const shown = history.slice(-options.limit);
  return {
    more: { runs: shown.map((run) => runDocument(run)) },
    text: (paint) =>
      shown.length === 0
        ? 'No run is on record on this machine; ci-cluster runs --hosts asks the hosts.'
        : runsText(shown, { paint, ...screen(context) }),
  };
}

function oneResult(run: PastRun, context: CommandContext): Result {
  const path = context.ports.journal.pathOf(run.record);
  return {
    more: { run: { ...runDocument(run), record: path, steps: run.results } },
    text: (paint) => runText(run, { paint, ...screen(context) }, path),
  };
}

function hostResult(
  id: string | undefined,
  found: Awaited<ReturnType<typeof readHostRuns>>,
  { options, context }: Around,
): Result {
  const shown = found.filter((run) => id === undefined || run.id === id).slice(-options.limit);
  return {
    more: { runs: shown },
    text: (paint) =>
      shown.length === 0
        ? 'No host has such a run on record.'
        : hostRunsText(shown, { paint, ...screen(context) }),
  };
}

function screen({ terminal, ports }: CommandContext) {
  return { columns: terminal.columns, now: Date.parse(ports.clock.date()) };
}

/** By its id or the beginning of it. */
export function runNamed(history: readonly PastRun[], id: string): PastRun {
  const found = history.filter((run) => run.id.startsWith(id));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const what = found.length === 0 ? 'there is no run' : `${found.length} runs begin with`;
  throw new ClusterError('USAGE', `${what} ${id} on record on this machine`, {
    remedy: 'ci-cluster runs lists them; ci-cluster runs --hosts asks the hosts.',
  });
}
