import type { Baseline, Recording } from '../recording.ts';
import { streamKey } from '../stream-key.ts';
import { blindErrors, type Ms, type ProbeName, type Sample, type Seen } from '../sample.ts';

export type SeenBy<P extends ProbeName> = Extract<Seen, { probe: P }>;
export type SampleOf<P extends ProbeName> = Omit<Sample, 'seen'> & { readonly seen: SeenBy<P> };

/** All samples of one probe at one place, in the order in which they were sent. */
export interface Stream {
  readonly probe: ProbeName;
  readonly from: string;
  readonly host: string;
  /** What its times may be wrong by, against those of the operator. */
  readonly clockErrorMs: number;
  /** How far one was sent before the one that was written down before it. */
  readonly backMs: number;
  readonly samples: readonly Sample[];
}

/** A recording as the judge reads it: sorted, and without figures that are none. */
export interface View {
  readonly recording: Recording;
  readonly baseline: Baseline | undefined;
  readonly injectedAt: Ms | undefined;
  readonly confirmedAt: Ms | undefined;
  readonly healedAt: Ms | undefined;
  readonly victims: ReadonlySet<string>;
  readonly streams: readonly Stream[];
}

export function viewOf(recording: Recording): View {
  const { baseline, injectedAt, confirmedAt, healedAt, plan, samples } = recording;
  return {
    ...{ recording, baseline },
    injectedAt: finite(injectedAt),
    confirmedAt: finite(confirmedAt),
    healedAt: finite(healedAt),
    victims: new Set(plan.victims.map(({ host }) => host)),
    streams: streamsOf(samples.filter(isSound), (host) => clockError(recording, host)),
  };
}

export function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function isSound({ at, tookMs, same }: Sample): boolean {
  const more = same === undefined ? [] : [same.count, same.until, same.longestGapMs];
  return [at, tookMs, ...more].every((figure) => Number.isFinite(figure)) && tookMs >= 0;
}

function clockError({ clocks }: Recording, from: string): number {
  const errors = clocks.filter(({ host }) => host === from).map(({ errorMs }) => errorMs);
  return errors.reduce((most, error) => (error > most ? error : most), 0);
}

function streamsOf(
  samples: readonly Sample[],
  errorFor: (from: string) => number,
): readonly Stream[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = streamKey(sample);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [sample]);
    else known.push(sample);
  }
  return [...groups.values()].flatMap((group) => {
    const sorted = group.toSorted((one, other) => one.at - other.at);
    const [first] = sorted;
    if (first === undefined) return [];
    const { from, seen } = first;
    const clockErrorMs = errorFor(from);
    return [
      {
        probe: seen.probe,
        host: seen.host,
        from,
        clockErrorMs,
        backMs: backIn(group),
        samples: sorted,
      },
    ];
  });
}

function backIn(samples: readonly Sample[]): number {
  return samples.reduce((most, { at }, index) => {
    const before = samples[index - 1];
    return before === undefined ? most : Math.max(most, before.at - at);
  }, 0);
}

export function streamsBy({ streams }: View, ...probes: readonly ProbeName[]): readonly Stream[] {
  return streams.filter(({ probe }) => probes.includes(probe));
}

/** All samples of a probe, wherever they were sent, in order. */
export function samplesBy<P extends ProbeName>(view: View, probe: P): readonly SampleOf<P>[] {
  return streamsBy(view, probe)
    .flatMap(({ samples }) => samples)
    .flatMap((sample) => (isBy(sample.seen, probe) ? [{ ...sample, seen: sample.seen }] : []))
    .toSorted((one, other) => one.at - other.at);
}

export function isBy<P extends ProbeName>(seen: Seen | undefined, probe: P): seen is SeenBy<P> {
  return seen?.probe === probe;
}

/** When the last of the equal samples was sent. */
export function untilOf({ at, same }: Pick<Sample, 'at' | 'same'>): Ms {
  return same === undefined ? at : Math.max(at, same.until);
}

/** The sample says nothing about the service. */
export function isBlind({ seen }: Pick<Sample, 'seen'>): boolean {
  return blindErrors.some((one) => one === seen.error);
}
