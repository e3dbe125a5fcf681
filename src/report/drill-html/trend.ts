import { scaleLinear } from 'd3-scale';
import type { MomentName } from '../../drill/bound.ts';
import { pastDrill, type PastDrill } from '../../drill/record/drill-history.ts';
import type { JudgedDrill } from '../../drill/record/judged.ts';
import type { Ms } from '../../drill/sample.ts';
import { duration, momentTitles } from '../drill-words.ts';
import { tag, type Content, type Markup } from './markup.ts';
import { tableOf } from './table.ts';
import { badge, tones } from './words.ts';

const size = { viewBox: '0 0 260 92' };
const area = { left: 34, right: 248, top: 10, bottom: 80 };

/** What a team wants to see getting no worse. */
const shown: readonly MomentName[] = [
  ...(['zookeeper-leader', 'mesos-leader', 'marathon-leader', 'first-write'] as const),
  ...(['agents-back', 'frameworks-back', 'new-build'] as const),
];

/** As many runs as still can be told apart. */
const mostRuns = 20;

/** This drill beside the earlier ones of its name, the newest of which come first. */
export function trend(run: string, drill: JudgedDrill, earlier: readonly PastDrill[]): Content {
  if (earlier.length === 0) return undefined;
  const drills = [pastDrill(run, drill), ...earlier].slice(0, mostRuns);
  const figures = shown.map((moment) => figureOf(moment, drills.toReversed(), drill));
  return [
    tag('h3', {}, 'Earlier runs of this drill'),
    tag('div', { class: 'trends' }, figures),
    historyTable(drills),
  ];
}

interface Point {
  readonly drill: PastDrill;
  readonly ms: Ms;
  readonly index: number;
}

/** One moment in all of them, the oldest first. */
function figureOf(moment: MomentName, drills: readonly PastDrill[], now: JudgedDrill): Content {
  const points = drills.flatMap((drill, index): Point[] => {
    const ms = drill.moments[moment];
    return ms === undefined ? [] : [{ drill, ms, index }];
  });
  if (points.length < 2) return undefined;
  const { bounds } = now.judgement;
  const bound = bounds.find((one) => one.moment === moment && one.from === 'injected');
  const latest = points.find(({ index }) => index === drills.length - 1);
  const told = `${momentTitles[moment]}: ${latest === undefined ? 'not seen' : duration(latest.ms)}`;
  const chart = lineChart(points, { count: drills.length, softMs: bound?.softMs });
  return tag('figure', {}, tag('figcaption', {}, told), chart);
}

interface Frame {
  readonly count: number;
  readonly softMs: Ms | undefined;
}

function lineChart(points: readonly Point[], { count, softMs }: Frame): Markup {
  const most = Math.max(...points.map(({ ms }) => ms));
  // A bound far above would press all points to the ground.
  const bound = softMs !== undefined && softMs < 2.5 * most ? softMs : undefined;
  const y = scaleLinear()
    .domain([0, Math.max(most, bound ?? 0) * 1.08])
    .range([area.bottom, area.top]);
  const x = scaleLinear()
    .domain([0, Math.max(1, count - 1)])
    .range([area.left + 8, area.right - 6]);
  const places = points.map((point) => ({ point, x: x(point.index), y: y(point.ms) }));
  const path = places.map(
    (place, index) => `${index === 0 ? 'M' : 'L'}${place.x.toFixed(1)} ${place.y.toFixed(1)}`,
  );
  return tag(
    'svg',
    { ...size, role: 'img', 'aria-label': 'the figures stand in the table below' },
    y.ticks(3).map((ms) => gridLine(ms, y(ms))),
    bound === undefined ? undefined : boundLine(y(bound)),
    tag('path', { class: 'trend-line', d: path.join('') }),
    places.map(({ point, ...place }) => dot(point, { ...place, isNow: point.index === count - 1 })),
  );
}

function gridLine(ms: Ms, y: number): Content {
  return [
    tag('line', { class: 'rule', x1: area.left, x2: area.right, y1: y, y2: y }),
    tag(
      'text',
      { x: area.left - 5, y: y + 4, 'text-anchor': 'end' },
      `${Math.round(ms / 100) / 10} s`,
    ),
  ];
}

function boundLine(y: number): Markup {
  return tag(
    'line',
    { class: 'trend-bound', x1: area.left, x2: area.right, y1: y, y2: y },
    tag('title', {}, 'soft bound'),
  );
}

interface Dot {
  readonly x: number;
  readonly y: number;
  readonly isNow: boolean;
}

/** A pass is round, all else has corners. */
function dot({ ms, drill: { run, verdict } }: Point, { x, y, isNow }: Dot): Markup {
  const title = tag('title', {}, `${run}: ${verdict}, ${duration(ms)}`);
  const name = `${tones[verdict]}${isNow ? ' now' : ''}`;
  if (verdict === 'PASS')
    return tag('circle', { class: name, cx: x, cy: y, r: isNow ? 4.5 : 3.5 }, title);
  return tag('path', { class: name, d: `M${x.toFixed(1)} ${(y - 5).toFixed(1)}l5 9h-10z` }, title);
}

function historyTable(drills: readonly PastDrill[]): Markup {
  const seen = shown.filter((moment) =>
    drills.some((drill) => drill.moments[moment] !== undefined),
  );
  const columns = [
    'run',
    'verdict',
    ...seen.map((moment) => ({ title: momentTitles[moment], class: 'number' })),
  ];
  const rows = drills.map((drill) => [
    tag('td', { class: 'name' }, tag('code', {}, drill.run)),
    badge(drill.verdict),
    ...seen.map((moment) => {
      const ms = drill.moments[moment];
      return ms === undefined ? '–' : duration(ms);
    }),
  ]);
  return tableOf(columns, rows);
}
