import type { BuildRecord } from '../build/build-record.ts';
import { buildMoments } from '../run/events.ts';

/** Builds as JSON; null stands for what is not known, also for a moment that was not seen. */
export function buildDocuments(records: readonly BuildRecord[]): readonly unknown[] {
  return records.map(({ number, result, buildAgent, host, moments, ...others }) => ({
    ...others,
    number: number ?? null,
    result: result ?? null,
    buildAgent: buildAgent ?? null,
    host: host ?? null,
    momentsMs: Object.fromEntries(buildMoments.map((moment) => [moment, moments[moment] ?? null])),
  }));
}
