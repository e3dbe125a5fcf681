import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Shutdown } from '../../src/marathon/shutdown.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('nothing more is said to Mesos, the election is left, and the first reason decides', () => {
  const log: string[] = [];
  const silent = () => undefined;
  const error = (text: string) => log.push(text);
  const exit = (code: number) => log.push(`exit ${code}`);
  const shutdown = new Shutdown({ info: silent, warning: silent, error }, exit);
  shutdown.atEnd(() => log.push('left the election'));
  shutdown.atOnce(() => log.push('silent towards Mesos'));
  shutdown.crash('leadershipLost', 'lost');
  expect(log).toEqual(['lost; exiting with 103', 'silent towards Mesos']);
  shutdown.crash('uncaught', 'follow-up');
  vi.runAllTimers();
  expect(log.slice(2)).toEqual(['left the election', 'exit 103']);
});
