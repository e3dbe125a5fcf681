import type { Found, Span } from './recovery.ts';
import { recoveryIn } from './recovery.ts';
import type { Turn } from './replay.ts';
import { isBlind, samplesBy, type SampleOf, type View } from './view.ts';

/** Three at ten a second: as long as nobody missed more, writing went on. */
const lullMs = 350;

/**
 * A write that was begun after the fault and acknowledged, after the last time that none was. While
 * the fault was still on its way, writes of the old leader succeeded.
 */
export function firstWrite(view: View, span: Span): Found | undefined {
  const writes = samplesBy(view, 'write').filter((sample) => !isBlind(sample));
  return recoveryIn(turnsOf(writes), span);
}

/** It holds from the answer to a write until none was acknowledged for a while. */
function turnsOf(writes: readonly SampleOf<'write'>[]): readonly Turn[] {
  const turns: Turn[] = [];
  let lastAcknowledged = -Infinity;
  let before = writes[0]?.at ?? 0;
  for (const { at, tookMs, seen } of writes) {
    if (seen.acknowledged) {
      if (at - lastAcknowledged > lullMs)
        turns.push({ at: lastAcknowledged, errorMs: 0, holds: false });
      lastAcknowledged = at;
      turns.push({ at: at + tookMs, errorMs: at + tookMs - before, holds: true });
    }
    before = at;
  }
  const end = writes.at(-1)?.at ?? 0;
  if (end - lastAcknowledged > lullMs) {
    turns.push({ at: lastAcknowledged, errorMs: 0, holds: false });
    turns.push({ at: end, errorMs: 0, holds: false });
  }
  return turns.filter(({ at }) => Number.isFinite(at));
}
