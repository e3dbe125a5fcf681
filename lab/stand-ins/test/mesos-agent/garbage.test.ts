import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Garbage, leftSandboxes } from '../../src/mesos-agent/garbage.ts';
import { fakeClock } from '../shared/support/fake-clock.ts';

let workDir: string;
const day = 86_400_000;

beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'stand-in-garbage-'));
});

afterEach(() => {
  rmSync(workDir, { recursive: true });
});

function sandbox(task: string, run = 'r1'): string {
  const path = join(workDir, 'slaves/S0/frameworks/F/executors', task, 'runs', run);
  mkdirSync(path, { recursive: true });
  rmSync(join(path, '../latest'), { force: true });
  symlinkSync(path, join(path, '../latest'));
  return path;
}

/** Removal is real, time is not. */
function bench(usage: () => number) {
  const clock = fakeClock(30 * day);
  const garbage = new Garbage({ clock, delayMs: 3 * day, headroom: 0.2, watchMs: 60_000, usage });
  const settled = async (removed: number) => {
    while (garbage.succeeded < removed) await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, garbage, settled };
}

test.each([
  [0, 2.4],
  [0.5, 0.9],
])('with %f of the disk taken a sandbox stays %f days', async (taken, days) => {
  const { clock, garbage, settled } = bench(() => taken);
  garbage.add(sandbox('build'));
  await clock.advance(days * day - 60_000);
  expect([garbage.pending, garbage.succeeded]).toEqual([1, 0]);
  await clock.advance(120_000);
  await settled(1);
  expect(existsSync(join(workDir, 'slaves/S0/frameworks/F/executors/build'))).toBe(false);
});

test('on a disk that is almost full every ended one goes at once, those of live tasks stay', async () => {
  const { clock, garbage, settled } = bench(() => 0.85);
  const [ended, live] = [sandbox('build', 'r1'), sandbox('build', 'r2')];
  garbage.add(ended);
  await clock.advance(60_000);
  await settled(1);
  expect([existsSync(ended), existsSync(live)]).toEqual([false, true]);
});

test('what an earlier life left behind is found, with its age; live runs and links are not', () => {
  const [old, live] = [sandbox('old'), sandbox('live')];
  utimesSync(old, 1000, 1000);
  expect(leftSandboxes(workDir, new Set([live]))).toEqual([[old, 1_000_000]]);
});
