import type { NumberedResult } from '../check/run-checks.ts';
import type { Verdict } from '../check/check-result.ts';
import type { Palette } from './palette.ts';
import { hangingTable, wrap } from './table.ts';

const checkSigns = { pass: '✔', warn: '!', fail: '✘', skip: '–' } as const;

export interface Shown {
  readonly results: readonly NumberedResult[];
  readonly off: readonly string[];
  /** Passes are listed, too. */
  readonly verbose: boolean;
}

/**
 * What passed is counted by group; then what was skipped, the warnings, and the failures last, where
 * the eye is when the command ends. Hosts with the same finding stand together.
 */
export function checkSummary({ results, off, verbose }: Shown, paint: Palette, columns: number) {
  const order: readonly Verdict[] = verbose ? ['pass', 'warn', 'fail'] : ['warn', 'fail'];
  const found = order.flatMap((verdict) =>
    blocks(results.filter((result) => result.verdict === verdict)).map((block) =>
      linesOf(verdict, block, { paint, columns }).join('\n'),
    ),
  );
  const skipped = skips(results, { paint, columns });
  const lines = [passedByGroup(results, columns), skipped, ...found];
  return [...lines, counted(results, off, paint)].filter((part) => part !== '').join('\n\n');
}

function passedByGroup(results: readonly NumberedResult[], columns: number): string {
  const groups = [...new Set(results.map(({ group }) => group))];
  const rows = groups.map((group) => {
    const own = results.filter((result) => result.group === group);
    const passed = own.filter(({ verdict }) => verdict === 'pass').length;
    const rest = own.length - passed;
    return [
      rest === 0 ? checkSigns.pass : ' ',
      group,
      `${passed} passed${rest === 0 ? '' : `, ${rest} not`}`,
    ];
  });
  return hangingTable(rows, columns).join('\n');
}

interface Look {
  readonly paint: Palette;
  readonly columns: number;
}

/** A line for each reason, whatever the checks: a host that is off skips nearly all of them. */
function skips(results: readonly NumberedResult[], { paint, columns }: Look): string {
  const reasons = new Map<string, { readonly hosts: Set<string>; readonly ids: Set<string> }>();
  for (const { verdict, host, detail, id } of results) {
    if (verdict !== 'skip') continue;
    const known = reasons.get(detail) ?? { hosts: new Set(), ids: new Set() };
    reasons.set(detail, known);
    if (host !== undefined) known.hosts.add(host);
    known.ids.add(id);
  }
  const rows = [...reasons].map(([detail, { hosts, ids }]) => [
    checkSigns.skip,
    `${hosts.size === 0 ? '' : `${[...hosts].join(', ')}: `}${detail} (${shortly([...ids])})`,
  ]);
  return hangingTable(rows, columns)
    .map((line) => paint.magenta(line))
    .join('\n');
}

function shortly(ids: readonly string[]): string {
  return ids.length <= 3 ? ids.join(', ') : `${ids.length} checks skipped`;
}

interface Block {
  readonly number: number;
  readonly id: string;
  readonly title: string;
  readonly findings: readonly Same[];
}

/** One finding, and the hosts that share it. */
interface Same {
  readonly hosts: readonly string[];
  readonly detail: string;
  readonly remedies: readonly string[];
}

function blocks(results: readonly NumberedResult[]): readonly Block[] {
  const byCheck = new Map<string, NumberedResult[]>();
  for (const result of results) {
    const key = `${result.number} ${result.title}`;
    byCheck.set(key, [...(byCheck.get(key) ?? []), result]);
  }
  return [...byCheck.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { number, id, title } = first;
    return [{ number, id, title, findings: together(own) }];
  });
}

function together(results: readonly NumberedResult[]): Same[] {
  const found = new Map<string, Same>();
  for (const { host, detail, remedy } of results) {
    const before = found.get(detail) ?? { hosts: [], detail, remedies: [] };
    found.set(detail, {
      detail,
      hosts: host === undefined ? before.hosts : [...before.hosts, host],
      remedies:
        remedy === undefined || before.remedies.includes(remedy)
          ? before.remedies
          : [...before.remedies, remedy],
    });
  }
  return [...found.values()];
}

function linesOf(verdict: Verdict, block: Block, { paint, columns }: Look): string[] {
  const { number, id, title, findings } = block;
  const head = hangingTable([[checkSigns[verdict], `${number}`, `${id}: ${title}`]], columns);
  const remedies = [...new Set(findings.flatMap((finding) => finding.remedies))];
  const told = findings.map(({ hosts, detail }) =>
    hosts.length === 0 ? detail : `${hosts.join(', ')}: ${detail}`,
  );
  const advice = remedies.map((remedy) => `→ ${remedy}`);
  const rest = [...told, ...advice].flatMap((text) => wrap(text, columns - 7).split('\n'));
  const colour = { pass: paint.green, warn: paint.yellow, fail: paint.red, skip: paint.magenta };
  return [...head.map((line) => colour[verdict](line)), ...rest.map((line) => `       ${line}`)];
}

function counted(
  results: readonly NumberedResult[],
  off: readonly string[],
  paint: Palette,
): string {
  const count = (verdict: Verdict) => results.filter((one) => one.verdict === verdict).length;
  const [warned, failed, skipped] = [count('warn'), count('fail'), count('skip')];
  const parts = [
    `${count('pass')} passed`,
    ...(warned === 0 ? [] : [`${warned} ${warned === 1 ? 'warning' : 'warnings'}`]),
    `${failed} failed`,
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ...(off.length === 0 ? [] : [`${off.length} switched off`]),
  ].join(', ');
  if (failed > 0) return paint.red(`${checkSigns.fail} ${parts}`);
  return `${paint.green(checkSigns.pass)} ${parts}`;
}
