import type { PastRun } from '../run/journal/history.ts';

/** One run in JSON; null stands for what is not known. */
export function runDocument(run: PastRun): Readonly<Record<string, unknown>> {
  const { begin, end } = run;
  return {
    id: run.id,
    state: run.state,
    began: run.began,
    ended: run.ended ?? null,
    owner: begin.owner,
    command: begin.command,
    args: begin.args,
    version: begin.version,
    clusterFile: begin.file,
    plan: begin.planDigest,
    hosts: Object.keys(begin.hosts),
    changed: run.results.filter(({ result }) => result === 'changed').length,
    code: end?.code ?? null,
    message: end?.message ?? null,
    owed: run.owed,
    resumedBy: run.resumedBy ?? null,
  };
}
