import { expect, test } from 'vitest';
import { createClock } from '../../../src/adapters/clock.ts';
import { localHost } from '../../../src/adapters/local-host.ts';

const clock = createClock();

test('gives the date as ISO 8601 in UTC', () => {
  expect(clock.date()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('never goes back while it sleeps', async () => {
  const before = clock.now();
  await clock.sleep(1);
  expect(clock.now()).toBeGreaterThan(before);
});

test('hundreds of waits may share one signal without a warning on stderr', async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error): number => warnings.push(warning);
  process.on('warning', listen);
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 200 }, () => clock.sleep(1, signal)));
  await using host = localHost('m2');
  await Promise.all(
    Array.from({ length: 12 }, () => host.run(['true'], { deadlineMs: 5000, signal })),
  );
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});

test('an abort ends the sleep as an interrupt', async () => {
  const abort = new AbortController();
  const sleeping = clock.sleep(60_000, abort.signal);
  abort.abort();
  await expect(sleeping).rejects.toMatchObject({ code: 'INTERRUPTED' });
});
