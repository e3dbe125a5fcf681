import type { Bound, BoundInput } from '../drill/bound.ts';
import type { Drill } from '../drill/catalogue/drill.ts';
import type { DrillPlan, Expectation, GateResult, Skipped, Victim } from '../drill/drill-plan.ts';
import type { State } from '../health/model.ts';
import { momentTitles } from './drill-words.ts';
import { inColour, sign, type Palette } from './palette.ts';
import { hangingTable, wrap } from './table.ts';

export interface DrillSheet {
  readonly paint: Palette;
  readonly columns: number;
}

/** Everything that decides about a drill, before anything is done. */
export function planText(plan: DrillPlan | Skipped, sheet: DrillSheet): string {
  if ('reason' in plan) return `${headOf(plan, sheet)}\n${skippedText(plan, sheet)}`;
  return [
    headOf(plan, sheet),
    block('Victim', plan.victims.map(victimText), sheet),
    block('Does', plan.does, sheet),
    block('Undoes', plan.undoes, sheet),
    block('Expects', expectationLines(plan.expects), sheet),
    gateBlock(plan.gates, sheet),
    ...boundBlocks(plan.bounds, sheet),
    `Observed for ${seconds(plan.observeMs)} at most.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

type Named = Pick<DrillPlan, 'id' | 'name' | 'title' | 'class'>;

function headOf({ id, name, title, class: of }: Named, { paint, columns }: DrillSheet): string {
  const number = id === name ? '' : `${id} `;
  return paint.bold(wrap(`${number}${name} (${of}): ${title}`, columns));
}

function skippedText({ reason }: Skipped, { paint, columns }: DrillSheet): string {
  const lines = wrap(`SKIPPED here: ${reason}`, columns - margin.length).split('\n');
  return lines.map((line) => margin + paint.magenta(line)).join('\n');
}

const margin = '  ';

function block(title: string, lines: readonly string[], { paint, columns }: DrillSheet): string {
  if (lines.length === 0) return '';
  const width = columns - 2 * margin.length;
  const texts = lines.flatMap((line) => {
    const [first = '', ...more] = wrap(line, width).split('\n');
    return [margin + first, ...more.map((rest) => margin + margin + rest)];
  });
  return [paint.bold(title), ...texts].join('\n');
}

const leaders = { zookeeper: 'ZooKeeper', mesos: 'Mesos', marathon: 'Marathon' } as const;

function victimText({ host, container, roles, leads }: Victim): string {
  const what = container ?? 'the whole host';
  const leading = leads.length === 0 ? 'leads nothing' : `leads ${leads.map(nameOf).join(', ')}`;
  return `${host}: ${what}; ${leading}; roles ${roles.length === 0 ? 'none' : roles.join(', ')}`;
}

function nameOf(kind: keyof typeof leaders): string {
  return leaders[kind];
}

function expectationLines(expects: Expectation): readonly string[] {
  const { mustChange, mayChange, mayStop, mayLoseAgents, mayLoseTasksOn, mayLoseBuild } = expects;
  const list = (kinds: Expectation['mustChange']) => kinds.map(nameOf).join(', ');
  return [
    mustChange.length === 0 ? 'no new leader is needed' : `a new leader of ${list(mustChange)}`,
    ...(mayChange.length === 0 ? [] : [`perhaps a new leader of ${list(mayChange)}, too`]),
    ...(mayStop ? ['writes and services may be away meanwhile'] : []),
    ...(mayLoseAgents.length === 0
      ? []
      : [`Mesos agents may be lost: ${mayLoseAgents.join(', ')}`]),
    ...(mayLoseTasksOn.length === 0 ? [] : [`tasks may end on ${mayLoseTasksOn.join(', ')}`]),
    `the build in flight ${mayLoseBuild === undefined ? 'finishes' : `may be lost: ${mayLoseBuild}`}`,
    `two say at once that they lead for ${seconds(expects.overlapMs)} at most`,
  ];
}

function stateOf({ holds }: GateResult): State {
  if (holds === undefined) return 'unknown';
  return holds ? 'healthy' : 'unhealthy';
}

const signs = { healthy: '✔', degraded: '!', unhealthy: '✘', unknown: '?' } as const;

function gateBlock(gates: readonly GateResult[], { paint, columns }: DrillSheet): string {
  const lines = gates.flatMap((gate) => {
    const state = stateOf(gate);
    const text = `${gate.name}: ${gate.detail}`;
    const rows = hangingTable([[signs[state], text]], columns - margin.length);
    return rows.map((row, index) => {
      if (state !== 'healthy') return margin + inColour(state, row, paint);
      return margin + (index === 0 ? sign(state, paint) + row.slice(1) : row);
    });
  });
  const failed = gates.filter(({ holds }) => holds !== true).length;
  const title = failed === 0 ? 'Gates' : `Gates: ${failed} of ${gates.length} do not hold`;
  return [paint.bold(title), ...lines].join('\n');
}

/** The moments in their order, and below them what the letters mean, once. */
function boundBlocks(bounds: readonly Bound[], sheet: DrillSheet): readonly string[] {
  if (bounds.length === 0) return [];
  const formulas = bounds.map(({ formula }) => formula.split('; '));
  const meanings = [...new Set(formulas.flatMap(([, ...rest]) => rest))];
  const inputs = new Map(bounds.flatMap((one) => one.inputs.map((input) => [input.name, input])));
  const rows = bounds.map(({ moment, from, softMs, hardMs }, index) => {
    const since = from === 'healed' ? ' after the undoing' : '';
    const [sum = ''] = formulas[index] ?? [];
    return [momentTitles[moment], seconds(softMs), seconds(hardMs), `${sum}${since}`];
  });
  return [
    tableBlock('Bounds after the fault: soft, hard', rows, sheet),
    tableBlock('with', meanings.map(meaningRow), sheet),
    tableBlock('from', [...inputs.values()].map(inputRow), sheet),
  ].filter((part) => part !== '');
}

function meaningRow(meaning: string): readonly string[] {
  const [letter = '', ...rest] = meaning.split(' = ');
  return [letter, rest.join(' = ')];
}

function inputRow({ name, value, unit, source }: BoundInput): readonly string[] {
  return [name, unit === 'count' ? String(value) : `${value} ${unit}`, source];
}

function tableBlock(
  title: string,
  rows: readonly (readonly string[])[],
  { paint, columns }: DrillSheet,
): string {
  if (rows.length === 0) return '';
  const lines = hangingTable(rows, columns - margin.length).map((line) => margin + line);
  return [paint.bold(title), ...lines].join('\n');
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

/** A drill of the catalogue, with its plan where the cluster was looked at. */
export interface Listed {
  readonly drill: Pick<Drill, 'id' | 'name' | 'title' | 'class'>;
  readonly plan?: DrillPlan | Skipped | undefined;
  /** Runs if nobody names any. */
  readonly isDefault: boolean;
}

/** Name, class, and whether it could be run here and now; below each what it is about. */
export function listText(listed: readonly Listed[], { paint, columns }: DrillSheet): string {
  const heads = hangingTable(listed.map(listRow), columns).join('\n').split('\n');
  return listed.some(({ isDefault }) => isDefault)
    ? [...coloured(heads, paint), '', '* runs if no drill is named'].join('\n')
    : coloured(heads, paint).join('\n');
}

function listRow({ drill, plan, isDefault }: Listed): readonly string[] {
  const { id, name, title, class: of } = drill;
  const number = id === name ? '' : id;
  return [isDefault ? '*' : '', number, name, of, `${title}${here(plan)}`];
}

function here(plan: Listed['plan']): string {
  if (plan === undefined) return '';
  if ('reason' in plan) return ` – SKIPPED: ${plan.reason}`;
  const [first, ...more] = plan.gates.filter(({ holds }) => holds !== true);
  if (first === undefined) return ' – can run';
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  return ` – REFUSED now: ${first.name}: ${first.detail}${others}`;
}

function coloured(lines: readonly string[], paint: Palette): readonly string[] {
  return lines.map((line) =>
    line.replace(/(SKIPPED|REFUSED now|can run)/, (word) => toned(word, paint)),
  );
}

function toned(word: string, paint: Palette): string {
  if (word === 'can run') return paint.green(word);
  return word === 'SKIPPED' ? paint.magenta(word) : paint.yellow(word);
}
