import type { DrillBuild, Recording } from '../../drill/recording.ts';
import type { Ms, Sample } from '../../drill/sample.ts';
import { streamKey } from '../../drill/stream-key.ts';
import { groups, sightsOf, type Group, type Sight, type State } from './states.ts';

/** One line of the drawing: what was seen of one member, by its observers. */
export interface Lane {
  readonly group: Group;
  readonly label: string;
  readonly strips: readonly Strip[];
}

export interface Strip {
  readonly from: string;
  readonly bands: readonly Band[];
  /** When samples were sent. */
  readonly ticks: readonly Ms[];
}

export interface Band {
  readonly state: State | 'build' | 'failed-build';
  readonly word: string;
  readonly from: Ms;
  readonly to: Ms;
}

/** As many as the largest ensemble has members. */
const mostStrips = 7;

export function lanesOf(recording: Recording): readonly Lane[] {
  const lanes = [...stripsByLane(recording).values()].map(({ group, label, strips }): Lane => ({
    ...{ group, label },
    strips: [...strips.values()].sort(operatorFirst).slice(0, mostStrips).map(strip),
  }));
  const members = groups.flatMap((group) =>
    fewer(lanes.filter((lane) => lane.group === group).sort(byLabel)),
  );
  return [...members, ...buildLanes(recording)];
}

/** A pool may have hundreds of hosts, nearly all of which see nothing of a fault. */
const mostLanes = 12;

function fewer(lanes: readonly Lane[]): readonly Lane[] {
  const [first] = lanes;
  if (first === undefined || lanes.length <= mostLanes) return lanes;
  const eventful = lanes.filter(({ strips }) => strips.some(({ bands }) => bands.length > 1));
  const shown = new Set([...eventful, ...lanes].slice(0, mostLanes));
  const left = lanes.length - shown.size;
  const label = `${left} more${eventful.length <= mostLanes ? ', nothing changed' : ''}`;
  return [...lanes.filter((lane) => shown.has(lane)), { group: first.group, label, strips: [] }];
}

interface Draft {
  readonly from: string;
  readonly points: Point[];
}

interface Point extends Pick<Sight, 'state' | 'word'> {
  readonly sample: Sample;
}

interface LaneDraft extends Pick<Lane, 'group' | 'label'> {
  readonly strips: Map<string, Draft>;
}

function stripsByLane({ samples, baseline }: Recording): ReadonlyMap<string, LaneDraft> {
  const lanes = new Map<string, LaneDraft>();
  for (const sample of samples) {
    for (const { group, label, state, word } of sightsOf(sample.seen, baseline)) {
      const lane = taken(lanes, JSON.stringify([group, label]), () => ({
        ...{ group, label, strips: new Map<string, Draft>() },
      }));
      const strip = taken(lane.strips, streamKey(sample), () => ({
        from: observer(sample),
        points: [],
      }));
      strip.points.push({ sample, state, word });
    }
  }
  return lanes;
}

/** Znodes are read through each member. */
function observer({ from, seen }: Sample): string {
  return seen.probe === 'elected' && from !== seen.host ? `${from} via ${seen.host}` : from;
}

function taken<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/** Members first, then what is counted. */
const lastLabels = ['by znode', 'in step', 'agents', 'frameworks', 'tasks'];

function byLabel({ label: left }: Lane, { label: right }: Lane): number {
  const place = lastLabels.indexOf(left) - lastLabels.indexOf(right);
  return place === 0 ? left.localeCompare(right, 'en', { numeric: true }) : place;
}

function operatorFirst({ from: left }: Draft, { from: right }: Draft): number {
  const rank = (from: string) => (from.startsWith('operator') ? 0 : 1);
  return rank(left) - rank(right) || left.localeCompare(right, 'en', { numeric: true });
}

function strip({ from, points }: Draft): Strip {
  const step = stepOf(points);
  const limit = Math.max(1000, 3 * step);
  const told = withoutShortBlinks(points, limit);
  const bands: { state: State; word: string; from: Ms; to: Ms }[] = [];
  told.forEach(({ sample, state, word }, index) => {
    const next = told[index + 1]?.sample.at;
    const last = endOf(sample);
    const to = next !== undefined && next - last <= limit ? next : last + step;
    const band = bands.at(-1);
    if (band?.state === state && band.word === word && band.to >= sample.at) band.to = to;
    else bands.push({ state, word, from: sample.at, to });
  });
  const sent = points.filter(({ state }) => state !== 'blind');
  return { from, bands, ticks: sent.flatMap(({ sample }) => ticksOf(sample)) };
}

/** A probe that was left out now and then is told by its missing mark, not by a hole in the band. */
function withoutShortBlinks(points: readonly Point[], limit: Ms): readonly Point[] {
  const next = nextLooks(points);
  let last = -Infinity;
  return points.filter(({ sample, state }, index) => {
    if (state === 'blind') return (next[index] ?? Infinity) - last > limit;
    last = endOf(sample);
    return true;
  });
}

/** For each point, when somebody could look again after it. */
function nextLooks(points: readonly Point[]): readonly Ms[] {
  let next = Infinity;
  return points
    .toReversed()
    .map(({ sample, state }) => {
      const after = next;
      if (state !== 'blind') next = sample.at;
      return after;
    })
    .reverse();
}

function endOf({ at, same }: Sample): Ms {
  return same?.until ?? at;
}

/** Between two samples, on average; three of that are no pause but a time in which nobody looked. */
function stepOf(points: readonly Point[]): Ms {
  const [first, last] = [points[0]?.sample, points.at(-1)?.sample];
  if (first === undefined || last === undefined) return 0;
  const count = points.reduce((sum, { sample }) => sum + (sample.same?.count ?? 1), 0);
  return (endOf(last) - first.at) / count;
}

function ticksOf({ at, same }: Sample): readonly Ms[] {
  if (same === undefined || same.count < 2) return [at];
  const step = (same.until - at) / (same.count - 1);
  return Array.from({ length: same.count }, (_, index) => at + index * step);
}

function buildLanes({ builds, healedAt }: Recording): readonly Lane[] {
  return builds.map((build) => ({
    group: 'Builds',
    label: build.when === 'in-flight' ? 'in flight' : 'new',
    strips: [{ from: '', bands: [buildBand(build, healedAt)], ticks: [] }],
  }));
}

function buildBand(
  { controller, number, startedAt, endedAt, result }: DrillBuild,
  lastMs: Ms | undefined,
): Band {
  return {
    state: result === 'SUCCESS' ? 'build' : 'failed-build',
    word: `${controller} ${number ?? '?'}: ${result ?? 'not ended'}`,
    from: startedAt,
    to: endedAt ?? Math.max(startedAt, lastMs ?? startedAt),
  };
}
