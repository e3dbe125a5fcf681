import { expect, test } from 'vitest';
import { mostAtOnce, probePoolUse } from '../../../src/health/pool-use.ts';
import { poolLines } from '../../../src/report/pool-text.ts';
import { clusterFile, controller, specOf } from '../../support/cluster-file.ts';
import { jsonBody, sightOf } from '../../support/sight.ts';

const buildAgents = { linux: { image: 'build-agent:1' } };
const spec = await specOf(
  clusterFile({
    jenkins: { main: controller({ buildAgents }), tools: controller({ buildAgents }) },
  }),
);
const now = Date.parse('2026-03-02T22:00:00Z');
const minute = 60_000;

/** A build by how many minutes ago it began and how long it took; running without an end. */
function build(ago: number, took?: number) {
  const timestamp = now - ago * minute;
  return { timestamp, duration: (took ?? 0) * minute, building: took === undefined };
}

async function use(main: readonly object[], tools: readonly object[] | undefined) {
  const answer = (builds: readonly object[]) => ({
    ...jsonBody({ jobs: [{ builds }, {}] }),
    headers: { date: new Date(now).toUTCString() },
  });
  const sight = await sightOf(
    {
      'a1/8081': { http: () => answer(main) },
      'a1/8082': { http: () => (tools === undefined ? { status: 403 } : answer(tools)) },
    },
    { spec },
  );
  return await probePoolUse(sight);
}

test('builds that only touch are one at once', () => {
  expect(mostAtOnce([])).toBe(0);
  expect(
    mostAtOnce([
      { from: 0, to: 10 },
      { from: 10, to: 20 },
    ]),
  ).toBe(1);
  expect(
    mostAtOnce([
      { from: 0, to: 11 },
      { from: 10, to: 20 },
      { from: 5, to: 30 },
    ]),
  ).toBe(3);
});

test('peaks at different times: the pool needs less than a machine per peak', async () => {
  const main = [build(60, 10), build(58, 10), build(55, 10)];
  const tools = [build(30, 10), build(28, 10), build(1)];
  const pool = await use(main, tools);
  expect(pool).toEqual({
    windowHours: 24,
    builds: 6,
    peak: 3,
    peaks: [
      { controller: 'main', peak: 3 },
      { controller: 'tools', peak: 2 },
    ],
  });
  expect(poolLines({ pool }, 80)).toEqual([
    'Last 24 h: 6 builds, at most 3 at once; static build machines per controller: 5',
    '(main 3, tools 2).',
  ]);
});

test('what ended before the window does not count, what reaches into it does', async () => {
  const day = 24 * 60;
  const pool = await use([build(day + 60, 30), build(day + 10, 20)], []);
  expect(pool?.builds).toBe(1);
});

test('nothing is said where a controller does not tell, or nothing was built', async () => {
  expect(await use([build(5, 1)], undefined)).toBeUndefined();
  expect(poolLines({ pool: await use([], []) }, 80)).toEqual([]);
});
