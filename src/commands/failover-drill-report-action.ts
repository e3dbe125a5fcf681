import { judge } from '../drill/judge/judge.ts';
import { drillRuns, listDrills } from '../drill/record/drill-history.ts';
import { drillFolder } from '../drill/record/drill-record.ts';
import { exitCodeFor } from '../drill/run/exit-code.ts';
import { ClusterError } from '../errors.ts';
import type { Journal } from '../ports.ts';
import { historyDocument } from '../report/drill-document.ts';
import { historyText } from '../report/drill-history-text.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import { readReport, reportIn, type FormOptions } from './drill-report-forms.ts';
import type { GlobalOptions } from './options.ts';

export type ReportOptions = FormOptions;
export type HistoryOptions = GlobalOptions;

/** Read from the record alone: no host is asked. */
export async function drillReport(
  id: string | undefined,
  options: ReportOptions,
  context: CommandContext,
): Promise<void> {
  const { ports } = context;
  await runClusterCommand({
    name: 'failover-drill report',
    options,
    context,
    work: async ({ spec }) => {
      const { folder, run: name } = await chosen(ports.journal, spec.name, id);
      const { run } = await readReport(ports, folder, name);
      const histories = await listDrills(ports, folder, judge);
      const verdicts = run.drills.map(({ judgement }) => judgement.verdict);
      const exitCode = exitCodeFor(verdicts, { aborted: false, reason: undefined });
      return await reportIn(options, { run, histories, context, exitCode });
    },
  });
}

interface Chosen {
  readonly folder: string;
  readonly run: string;
}

async function chosen(journal: Journal, cluster: string, id: string | undefined): Promise<Chosen> {
  const known = await runsOf(journal, cluster);
  const found = id === undefined ? known.slice(-1) : known.filter(({ run }) => run.startsWith(id));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const what = found.length === 0 ? 'no run of drills' : `${found.length} runs of drills`;
  const which = id === undefined ? '' : ` begin${found.length === 0 ? 's' : ''} with ${id}`;
  throw new ClusterError('USAGE', `${what}${which} on record on this machine`, {
    remedy:
      'ci-cluster failover-drill history lists them; ci-cluster failover-drill --plan begins.',
  });
}

/** Of all clusters with this name, the oldest first. */
async function runsOf(journal: Journal, cluster: string): Promise<readonly Chosen[]> {
  const folders = await foldersOf(journal, cluster);
  const runs = await Promise.all(
    folders.map(async (folder) =>
      (await drillRuns({ journal }, folder)).map((run) => ({ folder, run })),
    ),
  );
  return runs.flat().toSorted((left, right) => (left.run < right.run ? -1 : 1));
}

async function foldersOf(journal: Journal, cluster: string): Promise<readonly string[]> {
  const suffix = drillFolder('');
  const folders = (await journal.list()).map(({ folder }) => folder);
  const own = folders.filter(
    (folder) => folder.startsWith(`${cluster}-`) && folder.endsWith(suffix),
  );
  const names = own.map((folder) => folder.slice(0, -suffix.length));
  return [...new Set(names)].filter((name) => !name.slice(cluster.length + 1).includes('-'));
}

export async function drillHistory(
  options: HistoryOptions,
  context: CommandContext,
): Promise<void> {
  const { ports, terminal } = context;
  await runClusterCommand({
    name: 'failover-drill history',
    options,
    context,
    work: async ({ spec }) => {
      const folders = await foldersOf(ports.journal, spec.name);
      const lists = await Promise.all(folders.map((one) => listDrills(ports, one, judge)));
      const histories = lists.flat();
      return {
        more: historyDocument(histories),
        text: (paint) => historyText(histories, { paint, columns: terminal.columns }),
      };
    },
  });
}
