import type { BackOff } from '../core/back-off.ts';
import type { QueueEntry } from '../core/launch-queue.ts';
import { rejectReasons } from '../core/offer-match.ts';

/** One element of `GET /v2/queue`: the place to see why nothing starts. */
export function queueView(
  entry: QueueEntry,
  view: { readonly backOff: BackOff; readonly now: number; readonly withOffers: boolean },
): Record<string, unknown> {
  const { backOff, now, withOffers } = view;
  const remainingMs = backOff.remainingMs(entry.app, now);
  return {
    app: entry.app,
    count: entry.count,
    role: entry.app.role,
    since: new Date(entry.since).toISOString(),
    delay: { timeLeftSeconds: Math.ceil(remainingMs / 1000), overdue: remainingMs === 0 },
    processedOffersSummary: summary(entry),
    ...(withOffers ? { lastUnusedOffers: unusedOffers(entry) } : {}),
  };
}

function unusedOffers({ lastRejections }: QueueEntry): Record<string, unknown>[] {
  return [...lastRejections.values()].map(({ offer, reason, at }) => ({
    offer: {
      id: offer.id.value,
      hostname: offer.hostname,
      agentId: offer.agent_id.value,
      resources: offer.resources,
      attributes: offer.attributes ?? [],
    },
    timestamp: new Date(at).toISOString(),
    reason: [reason],
  }));
}

function summary(entry: QueueEntry): Record<string, unknown> {
  return {
    processedOffersCount: entry.processed,
    unusedOffersCount: entry.unused,
    lastUnusedOfferAt: time(entry.lastUnusedAt),
    lastUsedOfferAt: time(entry.lastUsedAt),
    rejectSummaryLaunchAttempt: rejections(
      (index) => entry.rejected[rejectReasons[index] ?? 'UnfulfilledRole'],
      entry.processed,
    ),
    rejectSummaryLastOffers: lastOffers(entry),
  };
}

/** Each check sees only the offers that passed those before it. */
function rejections(
  declinedAt: (index: number) => number,
  offers: number,
): { reason: string; declined: number; processed: number }[] {
  let processed = offers;
  return rejectReasons.map((reason, index) => {
    const declined = declinedAt(index);
    const row = { reason, declined, processed };
    processed -= declined;
    return row;
  });
}

function lastOffers(entry: QueueEntry): ReturnType<typeof rejections> {
  const last = [...entry.lastRejections.values()];
  const declined = (index: number) =>
    last.filter(({ reason }) => reason === rejectReasons[index]).length;
  return rejections(declined, last.length);
}

function time(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
