import { momentNames, type BoundInput } from '../../drill/bound.ts';
import type { BoundResult } from '../../drill/judgement.ts';
import type { JudgedDrill } from '../../drill/record/judged.ts';
import {
  clockText,
  duration,
  keptText,
  momentTitles,
  undoLines,
  utc,
  victimText,
} from '../drill-words.ts';
import { tag, type Content, type Markup } from './markup.ts';
import { factsOf, listOf, tableOf } from './table.ts';
import { holdsCell } from './words.ts';

const number = (title: string) => ({ title, class: 'number' });

export function facts(drill: JudgedDrill): Markup {
  const { began, recording, diedIn } = drill;
  const { plan, confirmations } = recording;
  return factsOf([
    ['began', utc(began)],
    ['victim', plan.victims.map((victim) => tag('div', {}, victimText(victim)))],
    ['done', plan.does.map((text) => tag('div', {}, text))],
    ...confirmations.map(
      ({ confirmed, evidence }) => [confirmed ? 'in effect' : 'not in effect', evidence] as const,
    ),
    ['undo', undoLines(drill).join('; ')],
    ...(diedIn === undefined ? [] : [['the program', `ended in phase ${diedIn}`] as const]),
  ]);
}

/** Every moment with how exact it is, and every bound with where it comes from. */
export function moments(drill: JudgedDrill): Content {
  const { judgement } = drill;
  if (judgement.timeline.length === 0) return undefined;
  const columns = ['moment', number('after the fault'), number('±'), 'what was seen'];
  const rows = momentNames.flatMap((name) => {
    const moment = judgement.timeline.find((one) => one.name === name);
    if (moment === undefined) return [];
    const from = drill.recording.injectedAt;
    const after = moment.at === undefined || from === undefined ? '–' : duration(moment.at - from);
    const error = moment.errorMs === undefined ? '' : duration(moment.errorMs);
    return [[tag('td', { class: 'name' }, momentTitles[name]), after, error, moment.detail]];
  });
  return [tag('h3', {}, 'Moments'), tableOf(columns, rows)];
}

export function bounds({ judgement }: JudgedDrill): Content {
  if (judgement.bounds.length === 0) return undefined;
  const columns = [
    'moment',
    ...[number('took'), number('soft'), number('hard')],
    ...['', 'formula', 'inputs, with their source'],
  ];
  return [tag('h3', {}, 'Bounds'), tableOf(columns, judgement.bounds.map(boundRow))];
}

const tones = { yes: 'good', slow: 'warn', no: 'bad' } as const;
const signs = { yes: '✔', slow: '!', no: '✘' } as const;

function boundRow(bound: BoundResult): readonly Content[] {
  const { moment, tookMs, softMs, hardMs, kept, formula, inputs } = bound;
  return [
    tag('td', { class: 'name' }, momentTitles[moment]),
    tookMs === undefined ? '–' : duration(tookMs),
    ...[duration(softMs), duration(hardMs)],
    tag('td', { class: `name ${tones[kept]}` }, `${signs[kept]} ${keptText(bound)}`),
    formulaLines(formula),
    tag(
      'ul',
      {},
      inputs.map((input) => tag('li', {}, inputText(input))),
    ),
  ];
}

/** `Z + w; w = 2 s`: each letter is explained in a line of its own. */
function formulaLines(formula: string): Markup {
  const lines = formula.split('; ').map((line) => tag('li', {}, tag('code', {}, line)));
  return tag('ul', {}, lines);
}

function inputText({ name, value, unit, source }: BoundInput): string {
  return `${name} = ${value}${unit === 'count' ? '' : ` ${unit}`} (${source})`;
}

/** What does not hold comes first. */
export function invariants({ judgement }: JudgedDrill): Content {
  if (judgement.invariants.length === 0) return undefined;
  const rank = (holds: boolean | undefined) => (holds === false ? 0 : holds === undefined ? 1 : 2);
  const rows = judgement.invariants
    .toSorted((left, right) => rank(left.holds) - rank(right.holds))
    .map(({ name, holds, detail }) => [holdsCell(holds), name, detail]);
  return [tag('h3', {}, 'Invariants'), tableOf(['', 'invariant', 'what was found'], rows)];
}

export function builds({ recording }: JudgedDrill): Content {
  const from = recording.injectedAt ?? 0;
  if (recording.builds.length === 0) return undefined;
  const rows = recording.builds.map((build) => [
    build.when === 'in-flight' ? 'in flight' : 'new',
    `${build.controller} ${build.number ?? '?'}`,
    duration(build.startedAt - from),
    build.endedAt === undefined ? '–' : duration(build.endedAt - from),
    build.result ?? 'not ended',
    build.fault ?? '',
  ]);
  const columns = ['', 'build', number('started'), number('ended'), 'result', 'remark'];
  return [tag('h3', {}, 'Builds'), tableOf(columns, rows)];
}

/** No figure is better than what the observers could see. */
export function observers({ recording, judgement }: JudgedDrill): Content {
  if (judgement.coverage.length === 0) return undefined;
  const columns = [
    ...['probe', 'from'],
    ...[number('samples'), number('per second'), number('longest gap')],
  ];
  const rows = judgement.coverage.map(({ probe, from, samples, perSecond, longestGapMs }) => [
    ...[probe, from, String(samples)],
    ...[perSecond.toFixed(1), `${Math.round(longestGapMs)} ms`],
  ]);
  const told = clockText(recording.clocks);
  return [
    tag('h3', {}, 'Observers'),
    tableOf(columns, rows),
    told === undefined ? undefined : tag('p', { class: 'quiet' }, told),
  ];
}

export function plan({ recording, phases, armed }: JudgedDrill): Content {
  const { does, undoes, gates } = recording.plan;
  const rows = gates.map(({ name, holds, detail }) => [holdsCell(holds), name, detail]);
  const walked = phases.map(({ phase, ms }) => `${phase} ${duration(ms)}`).join(', ');
  return [
    tag('h3', {}, 'Plan'),
    factsOf([
      ['class', recording.plan.class],
      ['does', listOf(does)],
      ['undoes', listOf(undoes)],
      ...armed.map(({ host, detail }) => ['switch', `armed on ${host}: ${detail}`] as const),
      ['phases', walked],
    ]),
    tag('h3', {}, 'Gates before the fault'),
    tableOf(['', 'gate', 'with the numbers'], rows),
  ];
}
