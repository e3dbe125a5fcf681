import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { createLocalShell } from '../../../src/adapters/local.ts';
import { createConnector } from '../../../src/adapters/ssh.ts';
import { createHome } from '../../support/ssh-keys.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const folder = tempFolder();

const shell = createLocalShell({ politeStopMs: 4000, drainMs: 300 });

test('runs in the given folder with the given variables besides its own', async () => {
  const cwd = realpathSync(tmpdir());
  const env = { CI_CLUSTER_TEST: 'a b' };
  const script = 'echo "$CI_CLUSTER_TEST"; pwd; test -n "$PATH" && echo has PATH';
  const ran = await shell.run(['sh', '-c', script], { env, cwd, deadlineMs: 5000 });
  expect(ran.stdout).toBe(`a b\n${cwd}\nhas PATH\n`);
});

test('says 127 for a program that is not there', async () => {
  const ran = await shell.run(['no-such-program'], { deadlineMs: 5000, input: ['x'] });
  expect(ran.exitCode).toBe(127);
});

test('says 127 with the terminal handed over, too', async () => {
  const ran = await shell.run(['no-such-program'], { deadlineMs: 5000, inherit: true });
  expect(ran.exitCode).toBe(127);
});

test('names the signal that ended a process', async () => {
  const ran = await shell.run(['sh', '-c', 'kill -9 $$'], { deadlineMs: 5000 });
  expect(ran).toMatchObject({ exitCode: undefined, signal: 'SIGKILL' });
});

test('does not wait for a daemon that keeps stdout open', async () => {
  const ran = await shell.run(['sh', '-c', 'sleep 3 & echo started'], { deadlineMs: 2000 });
  expect(ran).toMatchObject({ exitCode: 0, stdout: 'started\n' });
});

test('does not mind a process that ends without reading its input', async () => {
  const input = [Buffer.alloc(4 * 1024 ** 2)];
  const ran = await shell.run(['sh', '-c', 'exit 4'], { input, deadlineMs: 5000 });
  expect(ran.exitCode).toBe(4);
});

test('an interrupt ends the process at once', async () => {
  const abort = new AbortController();
  const running = shell.run(['sh', '-c', 'echo up; exec sleep 60'], {
    deadlineMs: 30_000,
    signal: abort.signal,
    onLine: () => {
      abort.abort();
    },
  });
  await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
});

test('the deadline counts with the terminal handed over, too', async () => {
  const running = shell.run(['sleep', '60'], { deadlineMs: 30, inherit: true });
  await expect(running).rejects.toMatchObject({ code: 'RESULT_UNKNOWN' });
});

test('a host whose SSH address is localhost needs neither key nor sshd', async () => {
  const home = createHome(folder);
  await using connector = createConnector();
  const target = home.target(1, { address: 'localhost', identityFile: '/nonexistent' });
  await using host = await connector.connect(target);
  expect(await host.run(['echo', 'here'], { deadlineMs: 5000 })).toMatchObject({
    stdout: 'here\n',
  });
});
