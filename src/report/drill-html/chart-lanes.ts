import type { Ms } from '../../drill/sample.ts';
import { duration } from '../drill-words.ts';
import { clip } from '../table.ts';
import type { Axis } from './axis.ts';
import type { Rows } from './chart.ts';
import type { Band, Lane, Strip } from './lanes.ts';
import { tag, type Content, type Markup } from './markup.ts';

/** Of letters; a longer one is cut. */
export const longestLabel = 32;
const longestObservers = 36;

/** Of the first observer's strip, with its words; those of the others are thinner. */
const laneHeight = 18;
const thinHeight = 8;
const laneGap = 4;
const groupGap = 14;
/** Room below a band for the marks of its samples. */
const tickHeight = 3;

interface Place {
  readonly axis: Axis;
  readonly top: number;
}

export function laneRows(lanes: readonly Lane[], { axis, top }: Place): Rows {
  let y = top;
  const drawn = lanes.map((lane, index) => {
    const isFirst = lanes[index - 1]?.group !== lane.group;
    if (isFirst) y += groupGap;
    const row = laneRow(lane, { axis, y, isFirst });
    y += laneHeight + Math.max(0, lane.strips.length - 1) * thinHeight + laneGap;
    return row;
  });
  return { height: y - top, drawn: tag('g', { class: 'lanes' }, drawn) };
}

interface LanePlace {
  readonly axis: Axis;
  readonly y: number;
  readonly isFirst: boolean;
}

function laneRow(lane: Lane, { axis, y, isFirst }: LanePlace): Markup {
  const { group, label, strips } = lane;
  const text = { y: y + laneHeight / 2 + 4 };
  return tag(
    'g',
    { class: 'lane' },
    isFirst ? groupHead(group, { axis, y, isFirst }) : undefined,
    tag(
      'text',
      { class: 'label', x: axis.left - 10, 'text-anchor': 'end', ...text },
      clip(label, longestLabel),
    ),
    strips.map((strip, index) =>
      stripRow(strip, { axis, lane: `${group} ${label}`, ...slot(y, index) }),
    ),
    tag('text', { class: 'observer', x: axis.right + 12, ...text }, observers(strips)),
  );
}

function slot(y: number, index: number): Pick<StripPlace, 'y' | 'height'> {
  if (index === 0) return { y, height: laneHeight };
  return { y: y + laneHeight + (index - 1) * thinHeight, height: thinHeight };
}

function groupHead(group: string, { axis, y }: LanePlace): Content {
  const rule = y - groupGap / 2 - laneGap / 2;
  return [
    tag('line', { class: 'rule', x1: 2, x2: axis.right + 234, y1: rule, y2: rule }),
    tag('text', { class: 'group', x: 2, y: y + laneHeight / 2 + 4 }, group),
  ];
}

/** The strips in their order; all names stand in the text that a pointer finds. */
function observers(strips: readonly Strip[]): Content {
  const names = strips.map(({ from }) => from).filter((from) => from !== '');
  const [first] = names;
  if (first === undefined) return undefined;
  const others = names.length === 1 ? '' : ` and ${names.length - 1} more`;
  return [
    clip(`seen from ${first}`, longestObservers - others.length) + others,
    tag('title', {}, names.join(', ')),
  ];
}

interface StripPlace {
  readonly axis: Axis;
  readonly y: number;
  readonly height: number;
  readonly lane: string;
}

function stripRow({ from, bands, ticks }: Strip, place: StripPlace): Content {
  const { axis, y } = place;
  const marks = ticks.length === 0 ? 0 : Math.min(tickHeight, place.height / 4);
  const height = place.height - marks - 0.5;
  const inside = bands.filter((band) => band.to > axis.from && band.from < axis.to);
  const d = tickPath(ticks, { axis, y: y + height + 0.5, height: marks });
  return [
    inside.map((band) => bandOf(band, { ...place, height }, from)),
    marks === 0 ? undefined : tag('path', { class: 'ticks', d }),
  ];
}

function bandOf(band: Band, place: StripPlace, from: string): Content {
  const { axis, y, height, lane } = place;
  const { state, word } = band;
  const [x, end] = [axis.x(band.from), axis.x(band.to)];
  const width = Math.max(0.8, end - x);
  const span = `${duration(band.from - axis.zero)} to ${duration(band.to - axis.zero)}`;
  const seen = from === '' ? '' : `, seen from ${from}`;
  const title = tag('title', {}, `${lane}: ${word}, ${span}${seen}`);
  const fits = height > 11 && width > word.length * 6.3 + 10;
  return [
    tag('rect', { class: `band ${state}`, x, y, width, height }, title),
    fits
      ? tag('text', { class: `word on-${state}`, x: x + 5, y: y + height / 2 + 4 }, word)
      : undefined,
  ];
}

/** Two samples at the same place are one mark; where there is none, nobody looked. */
function tickPath(ticks: readonly Ms[], { axis, y, height }: Omit<StripPlace, 'lane'>): string {
  const inside = ticks.filter((ms) => ms >= axis.from && ms <= axis.to);
  const places = new Set(inside.map((ms) => Math.round(axis.x(ms) * 2) / 2));
  const [top, long] = [y, height].map((value) => Math.round(value * 10) / 10);
  return [...places].map((x) => `M${x} ${top ?? 0}v${long ?? 0}`).join('');
}
