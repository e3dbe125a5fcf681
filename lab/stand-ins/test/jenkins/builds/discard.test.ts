import { expect, test } from 'vitest';
import type { Build, Result } from '../../../src/jenkins/builds/build.ts';
import { toDiscard } from '../../../src/jenkins/builds/discard.ts';

const dayMs = 86_400_000;

const build = (number: number, result: Result | undefined, timestamp = number): Build => ({
  ...{ job: 'canary', number, queueId: number, timestamp, result, durationMs: 0 },
  ...{ builtOn: 'n1', executor: 0, workspace: '/w', user: 'admin', parameters: {} },
});

const numbers = (builds: readonly Build[]) => builds.map(({ number }) => number);

test('the newest stay, and the last good one, however old it is', () => {
  const builds = [
    build(4, 'FAILURE'),
    build(3, 'ABORTED'),
    build(2, 'SUCCESS'),
    build(1, 'SUCCESS'),
  ];
  expect(numbers(toDiscard(builds, { builds: 1, days: undefined }, 0))).toEqual([3, 1]);
});

test('old ones go, but never one that runs', () => {
  const now = 10 * dayMs;
  const builds = [build(3, 'SUCCESS', now), build(2, 'SUCCESS', dayMs), build(1, undefined, dayMs)];
  expect(numbers(toDiscard(builds, { builds: undefined, days: 7 }, now))).toEqual([2]);
});
