import type { Ms, ProbeName, Sample, Seen } from '../sample.ts';
import { isBlind, isBy, untilOf, type SeenBy, type Stream } from './view.ts';

/** What each stream saw last. */
export interface Now {
  readonly from: string;
  readonly host: string;
  /** Undefined: nothing for a second or more, or nothing yet. */
  readonly seen: Seen | undefined;
}

/** The answer to a question at one moment. */
export interface Turn {
  /** When the answer that made the difference had come. */
  readonly at: Ms;
  /** How long before it the same probe had been sent in vain. */
  readonly errorMs: number;
  readonly holds: boolean;
}

interface Event {
  readonly at: Ms;
  readonly errorMs: number;
  readonly sentAt: Ms;
  readonly place: number;
  readonly sample: Sample;
}

/** A stream that saw nothing for so long does not count with what it saw before. */
const staleMs = 1000;

/** Goes through all samples in the order of their answers and asks after each one. */
export function replay(
  streams: readonly Stream[],
  injectedAt: Ms,
  holds: (now: readonly Now[]) => boolean,
): readonly Turn[] {
  const now: Now[] = streams.map(({ from, host }) => ({ from, host, seen: undefined }));
  const last = streams.map(() => ({ at: -Infinity }));
  const events = streams
    .flatMap((stream, place) => eventsOf(stream, place, injectedAt))
    .toSorted((one, other) => one.at - other.at);
  return events.flatMap(({ at, errorMs, sentAt, place, sample }) => {
    const before = last[place];
    const slot = now[place];
    if (before === undefined || slot === undefined) return [];
    if (isBlind(sample)) {
      if (slot.seen === undefined || at - before.at < staleMs) return [];
      now[place] = { ...slot, seen: undefined };
    } else {
      // An answer that comes late does not undo what was asked later.
      if (sentAt < before.at) return [];
      before.at = sentAt;
      now[place] = { ...slot, seen: sample.seen };
    }
    return [{ at, errorMs, holds: holds(now) }];
  });
}

/** One when its answer came, and of a run also the first after the fault and the last. */
function eventsOf(stream: Stream, place: number, injectedAt: Ms): readonly Event[] {
  return stream.samples.flatMap((sample, index) => {
    const before = stream.samples[index - 1];
    const at = sample.at + sample.tookMs;
    const sinceMs = at - (before === undefined ? sample.at : untilOf(before));
    const errorMs = Math.max(0, sinceMs) + stream.clockErrorMs;
    const first = { at, errorMs, sentAt: sample.at, place, sample };
    const until = untilOf(sample);
    const pauseMs = sample.same?.longestGapMs ?? 0;
    // Which of them was the first is not kept: one was sent within a pause.
    const next = Math.min(until, injectedAt + pauseMs);
    const within = sample.at < injectedAt && next > Math.max(at, injectedAt);
    const inside = { ...first, errorMs: pauseMs + stream.clockErrorMs };
    return [
      first,
      ...(within ? [{ ...inside, at: next, sentAt: next }] : []),
      ...(until > at ? [{ ...inside, at: until, sentAt: until }] : []),
    ];
  });
}

/** What one kind of probe saw last, where it saw something. */
export function lastOf<P extends ProbeName>(
  now: readonly Now[],
  probe: P,
): readonly { readonly from: string; readonly seen: SeenBy<P> }[] {
  return now.flatMap(({ from, seen }) => (isBy(seen, probe) ? [{ from, seen }] : []));
}
