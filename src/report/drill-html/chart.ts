import type { JudgedDrill } from '../../drill/record/judged.ts';
import { drillName, duration } from '../drill-words.ts';
import { timeAxis, type Axis } from './axis.ts';
import { laneRows, longestLabel } from './chart-lanes.ts';
import { momentRows } from './chart-moments.ts';
import { lanesOf, type Lane } from './lanes.ts';
import { tag, type Content, type Markup } from './markup.ts';

/** Units of the drawing; a page scales them to its width. */
const width = 1120;
const right = 884;
const top = 46;

/** Something drawn that is so high. */
export interface Rows {
  readonly height: number;
  readonly drawn: Markup;
}

/** The timeline of a drill: moments with their bounds, then a lane for each member and observer. */
export function chart(drill: JudgedDrill, id: string): Markup | undefined {
  const { recording } = drill;
  if (recording.samples.length === 0) return undefined;
  const found = lanesOf(recording);
  const axis = timeAxis(drill, { left: leftOf(found), right });
  const moments = momentRows(drill, { axis, top });
  const lanes = laneRows(found, { axis, top: top + moments.height + 2 });
  const bottom = top + moments.height + 2 + lanes.height;
  const size = { viewBox: `0 0 ${width} ${Math.ceil(bottom + 30)}` };
  return tag(
    'svg',
    { class: 'timeline', ...size, role: 'img', 'aria-labelledby': `${id}-title ${id}-desc` },
    tag('title', { id: `${id}-title` }, `Timeline of ${drillName(recording.plan)}`),
    tag('desc', { id: `${id}-desc` }, 'The tables below tell the same in figures.'),
    faultWindow(drill, { axis, bottom }),
    grid(axis, bottom),
    momentLines(drill, { axis, bottom }),
    ...[moments.drawn, lanes.drawn],
  );
}

/** Room for the longest label beside the name of its group, within reason. */
function leftOf(lanes: readonly Lane[]): number {
  const longest = Math.max(0, ...lanes.map(({ label }) => label.length));
  return Math.max(168, 100 + 7 * Math.min(longest, longestLabel));
}

interface Area {
  readonly axis: Axis;
  readonly bottom: number;
}

function faultWindow({ recording }: JudgedDrill, { axis, bottom }: Area): Content {
  const { injectedAt, healedAt } = recording;
  if (injectedAt === undefined) return undefined;
  const x = axis.x(injectedAt);
  const width = axis.x(healedAt ?? axis.to) - x;
  const healed =
    healedAt === undefined
      ? 'not known to be healed'
      : `healed after ${duration(healedAt - injectedAt)}`;
  return tag(
    'g',
    { class: 'fault' },
    tag('rect', { class: 'fault-window', x, y: 18, width, height: bottom - 18 }),
    tag('rect', { class: 'fault-bar', x, y: 2, width, height: 17, rx: 2 }),
    tag('text', { class: 'fault-word', x: x + 7, y: 14.5 }, `fault, ${healed}`),
    tag('line', { class: 'fault-line', x1: x, x2: x, y1: 2, y2: bottom }),
  );
}

function grid({ ticks }: Axis, bottom: number): Markup {
  const middle = { 'text-anchor': 'middle' };
  return tag(
    'g',
    { class: 'grid' },
    ticks.map(({ x, label }) => [
      tag('line', { x1: x, x2: x, y1: top - 4, y2: bottom + 4 }),
      tag('text', { x, y: top - 10, ...middle }, label),
      tag('text', { x, y: bottom + 19, ...middle }, label),
    ]),
  );
}

/** From each moment down through the lanes that it was seen in. */
function momentLines({ judgement }: JudgedDrill, { axis, bottom }: Area): Markup {
  const seen = judgement.timeline.flatMap(({ name, at }) =>
    at === undefined || name === 'injected' ? [] : [axis.x(at)],
  );
  const lines = [...new Set(seen)].map((x) => tag('line', { x1: x, x2: x, y1: top, y2: bottom }));
  return tag('g', { class: 'moment-lines' }, lines);
}
