import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Shutdown } from '../../src/marathon/shutdown.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('the election is left before the process ends, and the first reason decides', () => {
  const log: string[] = [];
  const silent = () => undefined;
  const error = (text: string) => log.push(text);
  const exit = (code: number) => log.push(`exit ${code}`);
  const shutdown = new Shutdown({ info: silent, warning: silent, error }, exit);
  shutdown.atEnd(() => log.push('left the election'));
  shutdown.crash('leadershipLost', 'lost');
  shutdown.crash('uncaught', 'follow-up');
  vi.runAllTimers();
  expect(log).toEqual(['lost; exiting with 103', 'left the election', 'exit 103']);
});
