import { momentNames, type MomentName } from '../../drill/bound.ts';
import type { BoundResult, Moment } from '../../drill/judgement.ts';
import type { JudgedDrill } from '../../drill/record/judged.ts';
import type { Ms } from '../../drill/sample.ts';
import { duration, momentTitles } from '../drill-words.ts';
import type { Axis } from './axis.ts';
import type { Rows } from './chart.ts';
import { tag, type Content, type Markup } from './markup.ts';

const rowHeight = 20;

interface Place {
  readonly axis: Axis;
  readonly top: number;
}

/** A row for each moment, so that no label stands on another. */
export function momentRows(drill: JudgedDrill, { axis, top }: Place): Rows {
  const rows = rowsOf(drill);
  const drawn = rows.map((row, index) =>
    momentRow(row, { axis, y: top + (index + 0.5) * rowHeight }),
  );
  return { height: rows.length * rowHeight, drawn: tag('g', { class: 'moments' }, drawn) };
}

interface Row {
  readonly name: MomentName;
  readonly moment: Moment | undefined;
  readonly bound: BoundResult | undefined;
  /** The bound counts from here. */
  readonly start: Ms | undefined;
}

function rowsOf({ judgement, recording }: JudgedDrill): readonly Row[] {
  return momentNames.flatMap((name): Row[] => {
    const moment = judgement.timeline.find((one) => one.name === name);
    const bound = judgement.bounds.find((one) => one.moment === name);
    if (moment?.at === undefined && bound === undefined) return [];
    const start = bound?.from === 'healed' ? recording.healedAt : recording.injectedAt;
    return [{ name, moment, bound, start }];
  });
}

interface Line {
  readonly axis: Axis;
  readonly y: number;
}

function momentRow(row: Row, line: Line): Markup {
  const { name, bound } = row;
  const { axis, y } = line;
  return tag(
    'g',
    { class: `moment ${bound === undefined ? 'unbound' : bound.kept}` },
    tag('text', { class: 'label', x: axis.left - 10, y: y + 4, ...atEnd }, momentTitles[name]),
    bound === undefined ? undefined : allowance(row, bound, line),
    figure(row, line),
  );
}

const atEnd = { 'text-anchor': 'end' };

/** The time that was allowed, as far as it is in the drawing; the figures stand at the right. */
function allowance({ start }: Row, { softMs, hardMs }: BoundResult, line: Line): Content {
  const { axis, y } = line;
  const told = `soft ${short(softMs)}, hard ${short(hardMs)}`;
  const text = tag('text', { class: 'allowed', x: axis.right + 108, y: y + 4 }, told);
  if (start === undefined) return text;
  const soft = axis.x(start + softMs);
  const bar = { y: y - 2.5, height: 5 };
  return [
    tag('rect', { class: 'allowance', x: axis.x(start), width: soft - axis.x(start), ...bar }),
    tag('rect', { class: 'grace', x: soft, width: axis.x(start + hardMs) - soft, ...bar }),
    limit('soft', start + softMs, line),
    limit('hard', start + hardMs, line),
    text,
  ];
}

/** A bound beyond the drawing has no mark: the bar goes on to its edge. */
function limit(kind: 'soft' | 'hard', ms: Ms, { axis, y }: Line): Content {
  if (ms > axis.to) return undefined;
  const x = axis.x(ms);
  const title = tag('title', {}, `${kind} bound: ${duration(ms - axis.zero)} after the fault`);
  return tag('line', { class: kind, x1: x, x2: x, y1: y - 7, y2: y + 7 }, title);
}

function figure({ moment, bound }: Row, { axis, y }: Line): Content {
  const place = { x: axis.right + 98, y: y + 4, ...atEnd };
  if (moment?.at === undefined)
    return tag('text', { class: 'figure unseen', ...place }, 'not seen');
  const x = axis.x(moment.at);
  const error = moment.errorMs ?? 0;
  const after = duration(moment.at - axis.zero);
  const told = error === 0 ? after : `${after} ± ${duration(error)}`;
  return [
    tag('line', { class: 'error', x1: axis.x(moment.at - error), x2: x, y1: y, y2: y }),
    shape(bound?.kept, x, y),
    tag('text', { class: 'figure', ...place }, told, tag('title', {}, moment.detail)),
  ];
}

/** In time, slow and too late differ in form, too. */
function shape(kept: BoundResult['kept'] | undefined, x: number, y: number): Markup {
  switch (kept) {
    case 'slow':
      return tag('path', { class: 'dot', d: `M${x} ${y - 6}l6 11h-12z` });
    case 'no':
      return tag('path', { class: 'cross', d: `M${x - 5} ${y - 5}l10 10m-10 0l10 -10` });
    default:
      return tag('circle', { class: 'dot', cx: x, cy: y, r: 4.5 });
  }
}

function short(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
