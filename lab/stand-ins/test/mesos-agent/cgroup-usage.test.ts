import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { usageOfCgroup } from '../../src/mesos-agent/cgroup-usage.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stand-in-cgroup-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function machine(files: Readonly<Record<string, string>>): ReturnType<typeof usageOfCgroup> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.replaceAll('ROOT', root));
  }
  return usageOfCgroup(7, { hierarchy: join(root, 'cgroup'), proc: join(root, 'proc') });
}

test('usage of a container is counted by version 1 of control groups', () => {
  const usage = machine({
    'proc/7/cgroup': '4:memory:/docker/c\n2:cpu,cpuacct:/docker/c\n0::/docker/c\n',
    'proc/self/mountinfo': '30 20 0:1 / ROOT/cgroup/memory rw - cgroup cgroup rw,memory\n',
    'cgroup/cpu,cpuacct/docker/c/cpuacct.stat': 'user 78\nsystem 12\n',
    'cgroup/cpu,cpuacct/docker/c/cpu.stat':
      'nr_periods 23\nnr_throttled 5\nthrottled_time 1500000000\n',
    'cgroup/memory/docker/c/memory.stat': 'rss 1\ntotal_rss 61440\n',
  });
  expect(usage).toEqual({
    userSecs: 0.78,
    systemSecs: 0.12,
    rssBytes: 61_440,
    throttling: { periods: 23, throttled: 5, secs: 1.5 },
  });
});

test('usage of a container is counted by version 2, where the mount shows a part of the tree', () => {
  const usage = machine({
    'proc/7/cgroup': '0::/docker/host/docker/c\n',
    'proc/self/mountinfo': '30 20 0:1 /docker/host ROOT/cgroup rw - cgroup2 cgroup2 rw\n',
    'cgroup/docker/c/cpu.stat': 'user_usec 300000\nsystem_usec 200000\nnr_periods 3\n',
    'cgroup/docker/c/memory.stat': 'anon 4096\nfile 8192\n',
  });
  expect(usage).toMatchObject({
    userSecs: 0.3,
    systemSecs: 0.2,
    rssBytes: 4096,
    throttling: { periods: 3, throttled: 0, secs: 0 },
  });
});

test('control groups that cannot be seen say nothing', () => {
  expect(machine({ 'proc/7/cgroup': '2:cpuacct:/c\n' })).toBeUndefined();
});
