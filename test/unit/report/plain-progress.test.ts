import { expect, test } from 'vitest';
import { plainProgress } from '../../../src/report/plain-progress.ts';
import type { Event } from '../../../src/run/events.ts';

function linesOf(...events: Event[]): string[] {
  const lines: string[] = [];
  let ms = 0;
  const screen = {
    ...{ isTty: false, columns: 80, colour: false, verbose: false, now: () => ms },
    line: (text: string) => lines.push(text),
  };
  const progress = plainProgress(screen);
  for (const event of events) {
    progress.report(event);
    ms += 1500;
  }
  return lines;
}

const waiting = (reason: string): Event => {
  return { kind: 'waiting', gate: 'ensemble', reason, deadlineMs: 120_000 };
};

test('each line begins with the time since the start', () => {
  expect(
    linesOf({ kind: 'observing', hosts: 5 }, { kind: 'planned', changes: 0 }).map((line) =>
      line.slice(0, 9),
    ),
  ).toEqual(['  0.0 s  ', '  1.5 s  ']);
});

test('what was done is told; what was started or found in order is not', () => {
  const step = { kind: 'step', host: 'm1', step: 'write /etc/x' } as const;
  const lines = linesOf(
    { ...step, result: 'started' },
    { ...step, result: 'unchanged' },
    { ...step, result: 'changed' },
    { ...step, result: 'failed' },
    { ...step, result: 'changed', minor: true },
  );
  expect(lines.map((line) => line.slice(9))).toEqual([
    '  m1: write /etc/x',
    '  m1: write /etc/x: failed',
  ]);
});

test('the same wait is told once, and then only what has changed about it', () => {
  const lines = linesOf(waiting('no leader'), waiting('no leader'), waiting('1 of 3'));
  expect(lines.filter((line) => line.includes('waiting for one ZooKeeper leader'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('no leader'))).toHaveLength(1);
  expect(lines.at(-1)).toContain('1 of 3');
});

test('a host that could not be observed is told with the reason', () => {
  const lines = linesOf(
    { kind: 'observed', host: 'm1' },
    { kind: 'observed', host: 'm2', error: 'cannot reach m2' },
  );
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('✘ cannot reach m2');
});
