import { checkNumbers, type CheckName, type Switch } from '../config/check-names.ts';
import type { HostStep, HostWork } from '../plan/step.ts';
import { catalogue, groupOf } from './catalogue.ts';
import type { Check, Judged } from './check.ts';
import type { CheckResult, Verdict } from './check-result.ts';
import type { Scene } from './scene.ts';

/** What a check of the catalogue found on one host, or about the cluster. */
export interface NumberedResult extends CheckResult {
  readonly id: CheckName;
  readonly number: number;
  /** `hosts`, `network`, … */
  readonly group: string;
  /** How bad what it finds is at most; the cluster file may have changed it. */
  readonly severity: 'fail' | 'warn';
}

export interface Checked {
  readonly results: readonly NumberedResult[];
  /** Checks that the cluster file switches off. */
  readonly off: readonly CheckName[];
  /** What `--fix` would do, by host. */
  readonly fixes: readonly HostWork[];
}

/** Asks every judge that is not switched off. Pure: all was seen before. */
export function runChecks(scene: Scene, all: readonly Check[] = catalogue): Checked {
  const { checks } = scene.spec;
  const made = all.filter(({ name }) => checks[name] !== 'off');
  const found = made.map((check) => ({ check, judged: check.judge(scene) }));
  return {
    results: found.flatMap(({ check, judged }) =>
      judged.map((one) => numbered(check, one, checks[check.name])),
    ),
    off: catalogue.map(({ name }) => name).filter((name) => checks[name] === 'off'),
    fixes: fixesOf(found.flatMap(({ judged }) => judged)),
  };
}

function numbered(check: Check, judged: Judged, given: Switch | undefined): NumberedResult {
  const { name, title, severity } = check;
  const written = given === 'off' ? undefined : given;
  return {
    id: name,
    number: checkNumbers[name],
    group: groupOf(name),
    title: judged.title ?? title,
    host: judged.host,
    severity: written ?? severity,
    verdict: verdictOf(judged.verdict, written),
    detail: judged.detail,
    remedy: judged.remedy,
  };
}

/** What the cluster file says of a check holds for everything that it finds. */
function verdictOf(verdict: Verdict, written: 'fail' | 'warn' | undefined): Verdict {
  const isFound = verdict === 'fail' || verdict === 'warn';
  return isFound && written !== undefined ? written : verdict;
}

function fixesOf(judged: readonly Judged[]): readonly HostWork[] {
  const byHost = new Map<string, HostStep[]>();
  for (const { host, fix = [] } of judged) {
    if (host !== undefined && fix.length > 0) {
      byHost.set(host, [...(byHost.get(host) ?? []), ...fix]);
    }
  }
  return [...byHost].map(([host, steps]) => ({ host, steps }));
}
