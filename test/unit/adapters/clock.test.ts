import { expect, test } from 'vitest';
import { createClock } from '../../../src/adapters/clock.ts';

const clock = createClock();

test('gives the date as ISO 8601 in UTC', () => {
  expect(clock.date()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('never goes back while it sleeps', async () => {
  const before = clock.now();
  await clock.sleep(1);
  expect(clock.now()).toBeGreaterThan(before);
});

test('an abort ends the sleep as an interrupt', async () => {
  const abort = new AbortController();
  const sleeping = clock.sleep(60_000, abort.signal);
  abort.abort();
  await expect(sleeping).rejects.toMatchObject({ code: 'INTERRUPTED' });
});
