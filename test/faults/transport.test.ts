import { beforeAll, expect, test } from 'vitest';
import { countOf, each, isFull, publish, sample, seeded, tell } from './figures.ts';
import { record, transportCase, type CaseResult, type Recording } from './transport-case.ts';
import { transportFaults } from './transport-faults.ts';

/** Of each fault in the short version. */
const shortPoints = 1;
const atOnce = 3;
const budgetMs = isFull ? 6 * 3_600_000 : 300_000;

let recording: Recording;

beforeAll(async () => {
  recording = await record();
}, 60_000);

test('an undisturbed init has commands and markers on every host for faults to strike at', () => {
  const hosts = new Set(recording.points.map(({ host }) => host));
  expect(hosts).toEqual(new Set(['m1', 'a1']));
  expect(recording.points.filter(({ marker }) => marker === 0).length).toBeGreaterThan(8);
  expect(recording.points.filter(({ marker }) => marker > 0).length).toBeGreaterThan(80);
});

test(
  'each of the fourteen transport faults ends in success or a clean error, and the next run mends it',
  async () => {
    expect(transportFaults).toHaveLength(14);
    const random = seeded(20_261_123);
    const wanted = new RegExp(process.env.FAULTS_ONLY ?? '');
    const chosen = transportFaults.filter(({ name }) => wanted.test(name));
    const cases = chosen.flatMap((fault) => {
      const connecting = fault.atConnect === undefined ? [] : ['m1', 'a1'];
      const points = [
        ...connecting.map((host) => ({ host, exec: 'connect' as const })),
        ...recording.points,
      ];
      const struck = isFull ? points : sample(points, shortPoints, random);
      return struck.map((point) => ({ fault, point }));
    });
    const results = await each(cases, atOnce, async ({ fault, point }) => {
      const result = await transportCase(fault, point, recording.state);
      if (result.wrong.length > 0) tell(result);
      return result;
    });
    publishResults(results);
    const missed = results.filter(({ end }) => end === 'never struck').length;
    expect(missed).toBeLessThanOrEqual(results.length / 10);
    expect(results.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
  },
  budgetMs,
);

function publishResults(results: readonly CaseResult[]): void {
  publish('transport faults', {
    points: recording.points.length,
    runs: results.length,
    ...countOf(results.map(({ end }) => end)),
    'promises broken': results.filter(({ wrong }) => wrong.length > 0).length,
    'longest run, s': Math.round(Math.max(...results.map(({ elapsedMs }) => elapsedMs)) / 1000),
  });
}
