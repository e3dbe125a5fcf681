import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clockReading, clockWatch, middleOf } from '../../../src/check/clock-reading.ts';
import { majorityOf, median } from '../../../src/check/majority.ts';
import { fromMedian } from '../../../src/check/names/clock-offset.ts';
import { fakeClock } from '../../support/fake-clock.ts';

test('the true offset is always within the bounds, however the delay is shared out', () => {
  const property = fc.property(
    ...[fc.integer({ min: -1e7, max: 1e7 }), fc.nat(5000), fc.nat(5000)],
    (offsetMs: number, thereMs: number, backMs: number) => {
      const sentMs = 1000;
      const hostMs = 1e12 + sentMs + thereMs + offsetMs;
      const receivedMs = sentMs + thereMs + backMs;
      const reading = clockReading((hostMs / 1000).toFixed(9), { sentMs, receivedMs })!;
      const truth = 1e12 + offsetMs;
      expect(reading.leastMs).toBeLessThanOrEqual(truth + 0.01);
      expect(reading.mostMs).toBeGreaterThanOrEqual(truth - 0.01);
      expect(reading.mostMs - reading.leastMs).toBeCloseTo(thereMs + backMs, 1);
    },
  );
  fc.assert(property, { numRuns: 200 });
});

test('one wrong clock stands alone: the others are right, and each has its ±', () => {
  const reading = (middle: number, error: number) => ({
    leastMs: middle - error,
    mostMs: middle + error,
  });
  const readings = [reading(0, 5), reading(3, 5), reading(-2, 5), reading(90_000, 20)];
  const offsets = readings.map((own) => fromMedian(own, readings));
  expect(offsets.map(({ offsetMs }) => offsetMs)).toEqual([-1.5, 1.5, -3.5, 89_998.5]);
  expect(offsets.map(({ errorMs }) => errorMs)).toEqual([10, 10, 10, 25]);
});

test('a clock without fractions of a second is known less exactly', () => {
  const reading = clockReading('1000', { sentMs: 0, receivedMs: 10 })!;
  expect(reading).toEqual({ leastMs: 999_990, mostMs: 1_001_000 });
  expect(clockReading('1000.%N', { sentMs: 0, receivedMs: 10 })).toBeUndefined();
});

test('the line of the clock counts when it comes, not when the script ends', () => {
  const clock = fakeClock();
  const watch = clockWatch(clock);
  clock.advance(20);
  watch.onLine('clock\t5.000000000');
  clock.advance(9000);
  watch.onLine('clock\t14.0');
  expect(watch.seen.reading).toEqual({ leastMs: 4980, mostMs: 5000 });
  expect(middleOf(watch.seen.reading!)).toBe(4990);
});

test('median and majority', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, 0]);
  expect(majorityOf(['a', 'a', 'b'])).toBe('a');
  expect(majorityOf(['a', 'b', 'c'])).toBeUndefined();
  expect(majorityOf(['a', 'b'])).toBeUndefined();
});
