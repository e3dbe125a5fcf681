import { gather } from '../check/gather.ts';
import { isUnreachable } from '../check/hosts/reached.ts';
import { runChecks, type Checked, type NumberedResult } from '../check/run-checks.ts';
import type { ClusterSpec } from '../config/cluster-spec.ts';
import { exitCodes } from '../errors.ts';
import { describe } from '../plan/step.ts';
import { checkJunit } from '../report/check-junit.ts';
import { checkSummary } from '../report/check-summary.ts';
import type { Palette } from '../report/palette.ts';
import { newRecord, type ChangeRecord } from '../run/engine.ts';
import type { Report } from '../run/events.ts';
import { lookAt, type Look } from '../run/look.ts';
import { repair } from './check-fix.ts';
import { runClusterCommand, type Result } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export interface CheckOptions extends GlobalOptions {
  readonly fix: boolean;
  readonly format: 'text' | 'json' | 'junit';
}

export async function check(given: CheckOptions, context: CommandContext): Promise<void> {
  const options = { ...given, json: given.json || given.format === 'json' };
  const record = newRecord();
  const begin = context.ports.clock.now();
  await runClusterCommand({
    name: 'check',
    options,
    context,
    onFailure: () => ({ more: { fixed: record.changes, run: record.run ?? null } }),
    work: async ({ spec, report }) => {
      let seen = await look(spec, context, report);
      if (options.fix && seen.checked.fixes.length > 0) {
        await repair({ spec, report, options, context, ...seen }, record);
        if (record.changes.length > 0) seen = await look(spec, context, report);
      }
      const elapsedMs = Math.round(context.ports.clock.now() - begin);
      return resultOf({ ...seen, spec, record, elapsedMs }, options, context);
    },
  });
}

interface Seen {
  readonly look: Look;
  readonly checked: Checked;
}

async function look(spec: ClusterSpec, { ports }: CommandContext, report: Report): Promise<Seen> {
  const look = await lookAt(spec, ports, report);
  const scene = await gather({ look, ports, report });
  return { look, checked: runChecks(scene) };
}

interface Outcome extends Seen {
  readonly spec: ClusterSpec;
  readonly record: ChangeRecord;
  readonly elapsedMs: number;
}

function resultOf(outcome: Outcome, options: CheckOptions, context: CommandContext): Result {
  const { look, checked, spec, record, elapsedMs } = outcome;
  const { results, off } = checked;
  const more = {
    checks: results,
    switchedOff: off,
    ...(options.fix ? { fixed: record.changes, run: record.run ?? null } : {}),
  };
  const exitCode = exitCodeFor(results, look);
  if (options.format === 'junit' && !options.json) {
    const { name: cluster, notice } = spec;
    const date = context.ports.clock.date();
    const xml = checkJunit({ cluster, notice, date, elapsedMs, results });
    return { more, exitCode, text: () => xml, verbatim: true };
  }
  const verbose = options.verbose === true;
  const { columns } = context.terminal;
  const text = (paint: Palette) =>
    [checkSummary({ results, off, verbose }, paint, columns), ...repairs(outcome, options)].join(
      '\n',
    );
  return { more, exitCode, text };
}

/** What was repaired, or what could be. */
function repairs({ checked, record }: Outcome, { fix }: CheckOptions): string[] {
  if (record.changes.length > 0) {
    return ['repaired:', ...record.changes.map(({ host, step }) => `  ${host}: ${step}`)];
  }
  if (checked.fixes.length === 0) return fix ? ['nothing that --fix could repair'] : [];
  const steps = checked.fixes.flatMap(({ host, steps }) =>
    steps.map((step) => `  ${host}: ${describe(step)}`),
  );
  return ['ci-cluster check --fix would:', ...steps];
}

/** Consequences of a host that is out of reach are not faults of their own. */
const consequences = ['HOST_REACHED', 'HOST_SUDO', 'QUORUM_NOW'];

/** 4 only if nothing but unreachable hosts is wrong. */
function exitCodeFor(results: readonly NumberedResult[], { missing }: Look): number {
  const failed = results.filter(({ verdict }) => verdict === 'fail');
  if (failed.length === 0) return 0;
  const isOut = missing.length > 0 && missing.every(({ error }) => isUnreachable(error));
  return isOut && failed.every(({ id }) => consequences.includes(id))
    ? exitCodes.HOST_UNREACHABLE
    : exitCodes.UNHEALTHY;
}
