import { lastOfAbsences, type Absence, type Found, type Span } from './recovery.ts';
import { isBlind, samplesBy, type SampleOf, type View } from './view.ts';

/** Three at ten a second: as long as nobody missed more, writing went on. */
const lullMs = 350;

type Write = SampleOf<'write'>;

/**
 * A write that was begun after the fault and acknowledged, after the last time that none was. While
 * the fault was still on its way, writes of the old leader succeeded.
 */
export function firstWrite(view: View, span: Span): Found | undefined {
  const { injectedAt } = span;
  const writes = samplesBy(view, 'write').filter(
    (sample) => !isBlind(sample) && sample.at >= injectedAt,
  );
  const kept = writes.filter(({ seen }) => seen.acknowledged);
  const [first] = kept;
  if (first === undefined) return undefined;
  // Writing that stops again later is no matter of the first write.
  const early = lulls(writes, kept, injectedAt).filter(
    ({ from }) => from <= span.effectAt + lullMs,
  );
  const real = lastOfAbsences(early, span);
  return real === undefined ? foundBy(first, writes) : real.end;
}

/** Times in which writes were begun and none was acknowledged. That nobody wrote is no refusal. */
function lulls(writes: readonly Write[], kept: readonly Write[], since: number): Absence[] {
  return allLulls(writes, kept, since).filter(({ from, end }) =>
    writes.some(({ at, seen }) => !seen.acknowledged && at >= from && at <= (end?.at ?? Infinity)),
  );
}

function allLulls(writes: readonly Write[], kept: readonly Write[], since: number): Absence[] {
  const between = kept.flatMap((one, index): Absence[] => {
    const from = kept[index - 1]?.at ?? since;
    if (one.at - from <= lullMs) return [];
    const end = foundBy(one, writes);
    return [{ from, end, lengthMs: end.at - from }];
  });
  const last = kept.at(-1)?.at ?? since;
  const lengthMs = (writes.at(-1)?.at ?? last) - last;
  return lengthMs > lullMs ? [...between, { from: last, end: undefined, lengthMs }] : between;
}

/** The write before it, wherever it was sent, was not acknowledged. */
function foundBy({ at, tookMs }: Write, writes: readonly Write[]): Found {
  const before = writes.findLast((one) => one.at < at)?.at ?? at;
  return { at: at + tookMs, errorMs: at + tookMs - before };
}
