import type { JenkinsController } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import type { BuildOutcome, BuildRecord } from './build-record.ts';
import { runBuild, type BuildRequest } from './run-build.ts';

export interface Wanted {
  readonly controller: JenkinsController;
  readonly label: string;
}

export type BuildContext = Omit<BuildRequest, 'controller' | 'label'>;

/** One after the other, for a person who looks on; a failure does not keep the others from being run. */
export async function buildInTurn(
  context: BuildContext,
  wanted: readonly Wanted[],
  records: BuildRecord[],
): Promise<void> {
  const outcomes: BuildOutcome[] = [];
  for (const one of wanted) {
    const outcome = await runBuild({ ...context, ...one });
    records.push(outcome.record);
    outcomes.push(outcome);
  }
  refuse(outcomes);
}

/** All at once: they run on different build agents. */
export async function buildTogether(
  context: BuildContext,
  wanted: readonly Wanted[],
  records: BuildRecord[],
): Promise<void> {
  const runs = await Promise.allSettled(wanted.map((one) => runBuild({ ...context, ...one })));
  const outcomes = runs.flatMap((run) => (run.status === 'fulfilled' ? [run.value] : []));
  records.push(...outcomes.map(({ record }) => record));
  const thrown = runs.flatMap((run): unknown[] => (run.status === 'rejected' ? [run.reason] : []));
  if (thrown.length > 0) throw interruption(thrown);
  refuse(outcomes);
}

/** Each build was called off by itself, and says so. A bug is shown as one. */
function interruption(thrown: readonly unknown[]): unknown {
  const parts = thrown.filter((error) => error instanceof ClusterError);
  if (parts.length < thrown.length || parts.length === 1) {
    return thrown.find((error) => !(error instanceof ClusterError)) ?? thrown[0];
  }
  const remedy = 'ci-cluster build runs the builds again.';
  return new ClusterError('INTERRUPTED', 'interrupted while building', { parts, remedy });
}

function refuse(outcomes: readonly BuildOutcome[]): void {
  const errors = outcomes.flatMap(({ error }) => error ?? []);
  const [first] = errors;
  if (first === undefined) return;
  if (outcomes.length === 1) throw first;
  throw new ClusterError(
    'HOSTS_FAILED',
    `${errors.length} of ${outcomes.length} builds did not succeed`,
    {
      parts: errors,
      remedy: 'Correct each of them, then run ci-cluster build.',
    },
  );
}
