import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClusterError } from '../../../../src/errors.ts';
import type { HostStep } from '../../../../src/plan/step.ts';
import { readLock } from '../../../../src/run/lock/lock-status.ts';
import { lockHost, type LockHost } from '../../../support/lock-host.ts';

let host: LockHost;
const children: ChildProcess[] = [];

beforeEach(async () => {
  host = await lockHost();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await host[Symbol.asyncDispose]();
});

function write(content: string): HostStep {
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  return {
    kind: 'write-file',
    file: { path: join(host.folder, 'written'), content, mode: '0644', owner },
  };
}

/** Runs as a stage does, in the hands of the test. */
function start(run: string, steps: readonly HostStep[], env: NodeJS.ProcessEnv = {}) {
  const { argv, input } = host.stage(run, steps);
  const [program, ...words] = argv;
  const child = spawn(program, words, { env: { ...process.env, ...env } });
  children.push(child);
  let printed = '';
  const seen = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (printed.includes(text)) resolve();
      };
      child.stdout.on('data', look);
      look();
    });
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  return { child, input, seen, ended: once(child, 'close').then(() => printed) };
}

test('one has the lock; the next is told who, since when and what for', async () => {
  const first = await host.take('r1');
  await expect(host.take('r2')).rejects.toMatchObject({
    code: 'LOCK_HELD',
    message: 'm1 is locked by ann@desk since 2026-03-02T22:00:00Z, who runs init (run r1)',
  });
  await first.release(true);
  const second = await host.take('r2', { reason: 'a "freeze"\nof two lines' });
  await expect(host.take('r3')).rejects.toMatchObject({
    message: expect.stringContaining('a "freeze"') as string,
  });
  await second.release(true);
});

test('of many that want it at the same time one gets it, every time', async () => {
  for (let round = 0; round < 5; round += 1) {
    const takers = Array.from({ length: 16 }, (_, index) => host.take(`r${round}-${index}`));
    const outcomes = await Promise.allSettled(takers);
    const got = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refused = outcomes.flatMap((one): unknown[] =>
      one.status === 'rejected' ? [one.reason] : [],
    );
    expect(got).toHaveLength(1);
    expect(new Set(refused.map((fault) => (fault as ClusterError).code))).toEqual(
      new Set(['LOCK_HELD']),
    );
    await got[0]?.release(true);
  }
}, 30_000);

test('a holder that is killed at once has given it back', async () => {
  const first = await host.take('r1');
  const pid = pidOfHolder();
  process.kill(pid, 'SIGKILL');
  expect((await first.lost).code).toBe('LOCK_LOST');
  await (await host.take('r2')).release(true);
});

test('no child of a killed holder keeps the lock in its place', async () => {
  const { argv, input } = holderArgv('r1').argv;
  const [program = '', ...words] = argv;
  // Node closes the input of a child that has ended; that of this one stays open.
  const feeder = spawn('sh', ['-c', 'printf %s "$1"; exec sleep 60', 'sh', input]);
  const holder = spawn(program, words, { stdio: [feeder.stdout, 'pipe', 'inherit'] });
  children.push(feeder, holder);
  await once(holder.stdout, 'data');
  const { pid = 0 } = holder;
  // What waits for the next sign of life is a child of it.
  while (readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8') === '') await nextTurn();
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await eventually(async () => {
    await (await host.take('r2')).release(true);
  });
});

test('the end of its input gives the lock back: nobody is left when the CLI is killed', async () => {
  const { argv } = holderArgv('r1');
  const parent = spawn(process.execPath, ['-e', parentScript, JSON.stringify(argv)]);
  children.push(parent);
  await once(parent.stdout, 'data');
  await expect(host.take('r2')).rejects.toMatchObject({ code: 'LOCK_HELD' });
  parent.kill('SIGKILL');
  await eventually(async () => {
    await (await host.take('r2')).release(true);
  });
});

test('a holder that hears nothing any more gives it back', async () => {
  await using quiet = await lockHost({ silenceSeconds: 1 });
  const first = await quiet.take('r1');
  expect((await first.lost).message).toContain('lost the lock of m1');
  await (await quiet.take('r2')).release(true);
});

test('signs of life keep it', async () => {
  const first = await host.take('r1');
  await first.check();
  await first.check();
  await expect(host.take('r2')).rejects.toMatchObject({ code: 'LOCK_HELD' });
  await first.release(true);
});

test('a holder whose files were deleted says so', async () => {
  const first = await host.take('r1');
  await rm(join(host.folder, 'run'), { recursive: true });
  await expect(first.check()).rejects.toMatchObject({ code: 'LOCK_LOST' });
});

test('a stage of the holder is carried out, each step on record before it begins', async () => {
  const lock = await host.take('r1');
  await lock.begin();
  const { child, input, ended } = start('r1', [write('ours')]);
  child.stdin.write(input);
  expect(await ended).toContain('"result":"changed"');
  expect(await host.read('written')).toBe('ours');
  await lock.release(true);
  expect(events(await host.read('records/journal.ndjson'))).toEqual([
    ['r1', 'begin', undefined],
    ['r1', 'intent', 'step "0"'],
    ['r1', 'changed', 'step "0"'],
    ['r1', 'end', undefined],
  ]);
});

test('a stage without the lock changes nothing', async () => {
  const { child, input, ended } = start('r1', [write('stolen')]);
  child.stdin.write(input);
  expect(await ended).toContain('LOCK_LOST');
  expect(await host.read('written')).toBe('');
});

test('a stage that was frozen before its first step cannot write once another has the lock', async () => {
  const first = await host.take('r1');
  const { child, input, ended } = start('r1', [write('late')]);
  child.stdin.write(input.slice(0, 100));
  child.kill('SIGSTOP');
  process.kill(pidOfHolder(), 'SIGKILL');
  await first.lost;
  const second = await host.take('r2');
  child.stdin.write(input.slice(100));
  child.kill('SIGCONT');
  expect(await ended).toContain('LOCK_LOST');
  expect(await host.read('written')).toBe('');
  await second.release(true);
});

test('a stage frozen in the middle of a step keeps the next one out until it has ended', async () => {
  const tools = await slowDocker();
  const first = await host.take('r1');
  const pull: HostStep = { kind: 'pull-image', image: 'zookeeper:3' };
  const { child, input, seen, ended } = start('r1', [pull, write('second')], tools);
  child.stdin.write(input);
  await seen('"result":"started"');
  child.kill('SIGSTOP');
  process.kill(pidOfHolder(), 'SIGKILL');
  await first.lost;
  await expect(host.take('r2')).rejects.toMatchObject({
    code: 'LOCK_HELD',
    message: expect.stringContaining('still works on a step of ann@desk') as string,
  });
  child.kill('SIGCONT');
  child.stdin.end();
  await writeFile(join(host.folder, 'go'), '');
  expect(await ended).toContain('"step":1,"result":"stopped"');
  const second = await host.take('r2');
  expect(await host.read('written')).toBe('');
  await second.release(true);
});

test('the run that changes the host leaves its name for the next', async () => {
  const first = await host.take('r1');
  expect(first.lastRun).toBe('');
  expect(await first.begin()).toBe('');
  await first.release(true);
  const second = await host.take('r2');
  expect(second.lastRun).toBe('r1');
  await second.release(false);
  expect((await host.take('r3')).lastRun).toBe('r1');
});

test('the journal of a host tells how a run ended, and does not grow for ever', async () => {
  await mkdir(join(host.folder, 'records'));
  await writeFile(join(host.folder, 'records/journal.ndjson'), 'old\n'.repeat(2500));
  const first = await host.take('r1');
  await first.begin();
  await first.release(false);
  const lines = (await host.read('records/journal.ndjson')).trim().split('\n');
  expect(lines).toHaveLength(1002);
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ event: 'end', result: 'failed' });
});

test('a host that cannot keep records says why, and can be locked', async () => {
  await writeFile(join(host.folder, 'records'), '');
  const first = await host.take('r1');
  expect(await first.begin()).toContain('records');
  await first.release(true);
});

test('a host without flock is told by name', async () => {
  await using bare = await lockHost({ env: { PATH: await toolsWithout('flock') } });
  await expect(bare.take('r1')).rejects.toMatchObject({ code: 'TOOL_MISSING' });
});

test('a lock that cannot be written leaves nothing of itself', async () => {
  const bin = join(host.folder, 'failing');
  await mkdir(bin);
  await writeFile(join(bin, 'mv'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  await using bare = await lockHost({ env: { PATH: `${bin}:${process.env.PATH ?? ''}` } });
  await expect(bare.take('r1')).rejects.toThrow('cannot lock m1');
  expect(readdirSync(join(bare.folder, 'run')).toSorted()).toEqual(['lock', 'work']);
});

test('whoever asks is told who has the lock, without taking it', async () => {
  expect(await readLock(host)).toMatchObject({ state: 'free' });
  const first = await host.take('r1');
  expect(await readLock(host)).toMatchObject({ state: 'held', claim: { run: 'r1' } });
  await first.release(true);
  expect(await readLock(host)).toMatchObject({ state: 'free' });
});

test('only root can open what is locked: nobody else can lock it', async () => {
  const first = await host.take('r1');
  const { mode } = statSync(join(host.folder, 'run/lock'));
  expect(mode & 0o777).toBe(0o600);
  await first.release(true);
});

/** The shell that has the lock open: its parent is this process. */
function pidOfHolder(): number {
  const lock = join(host.folder, 'run/lock');
  const pid = readdirSync('/proc').find((name) => {
    try {
      return readlinkSync(`/proc/${name}/fd/9`) === lock;
    } catch {
      return false;
    }
  });
  return Number(pid);
}

/** Starts the holder as the CLI does, and keeps its input open. */
const parentScript = `
  const { spawn } = require('node:child_process');
  const { argv, input } = JSON.parse(process.argv[1]);
  const child = spawn(argv[0], argv.slice(1), { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.write(input);
`;

function holderArgv(run: string) {
  const script = host.ports.templates['remote/lock.sh'] ?? '';
  const places = [join(host.folder, 'run'), join(host.folder, 'records')];
  const words = ['-c', script, 'sh', ...places, `token of ${run}`, run, '60'];
  return { argv: { argv: ['sh', ...words], input: `{"run":"${run}"}\n` } };
}

async function eventually(attempt: () => Promise<void>): Promise<void> {
  for (let left = 30; ; left -= 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

function events(journal: string): unknown[] {
  return journal
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .map(({ run, event, step }) => [run, event, step]);
}

/** A docker that has no image, and pulls until the file `go` is there. */
async function slowDocker(): Promise<NodeJS.ProcessEnv> {
  const bin = join(host.folder, 'bin');
  await mkdir(bin);
  const script = `#!/bin/sh\n[ "$1" = pull ] || exit 1\nuntil [ -e '${host.folder}/go' ]; do sleep 0.05; done\n`;
  await writeFile(join(bin, 'docker'), script, { mode: 0o755 });
  return { PATH: `${bin}:${process.env.PATH ?? ''}` };
}

async function toolsWithout(name: string): Promise<string> {
  const bin = join(host.folder, 'tools');
  await mkdir(bin);
  for (const tool of ['sh', 'head', 'base64', 'cat', 'mkdir', 'chmod', 'env']) {
    if (tool !== name) await symlink(`/usr/bin/${tool}`, join(bin, tool));
  }
  return bin;
}
