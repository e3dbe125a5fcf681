import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { adminPassword, clusterFile, controller } from '../../support/cluster-file.ts';
import { fakeWorld, powerOff, type FakeWorld } from '../../support/fake-world.ts';
import { LogHost } from '../../support/log-host.ts';
import { runCli, type CliRun, type CliWorld } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

// Real processes, or a whole init each, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const folder = tempFolder();
let world: FakeWorld;
let count = 0;
let hosts: Map<string, LogHost>;

const t = (second: number): string => `2026-03-02T22:00:0${second}.000000000Z`;

/** Three masters and two Mesos agents; the script for logs runs for real, with containers on paper. */
beforeEach(async () => {
  const shared = { kind: 'shared', path: '/srv/jenkins/tools' };
  world = fakeWorld(
    clusterFile({ jenkins: { main: controller(), tools: controller({ home: shared }) } }),
  );
  count += 1;
  hosts = new Map(
    [...world.machines.keys()].map((name) => [name, new LogHost(join(folder, `${count}-${name}`))]),
  );
  world.onRun = (host, argv, options) => {
    if (options.asRoot !== true) throw new Error('Docker is asked as root');
    return on(host).run(argv, { ...options, asRoot: false });
  };
  for (const [index, host] of ['m1', 'm2', 'm3'].entries()) {
    const log = [`${t(index + 1)} I am ${host}`, `${t(index + 4)} ${host} again`];
    await on(host).put('ci-zookeeper', { id: 'z', log });
  }
  await on('m1').put('ci-marathon', { id: 'm', log: [`${t(2)} ERROR of Marathon`] });
  const env = ['MARATHON_APP_ID=/ci/jenkins-tools'];
  await on('a2').put('mesos-1', { id: 'j', env, log: [`${t(5)} Jenkins is up`] });
});

function on(host: string): LogHost {
  const found = hosts.get(host);
  if (found === undefined) throw new Error(`no host ${host}`);
  return found;
}

async function logs(line: string, more: CliWorld = {}): Promise<CliRun> {
  return await runCli(`logs ${line}`, world, more);
}

test('a service on all its hosts, in the order of time, each line with its host and service', async () => {
  const { exitCode, stdout, stderr } = await logs('zookeeper');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout.split('\n')).toEqual([
    'm1 zookeeper | I am m1',
    'm2 zookeeper | I am m2',
    'm3 zookeeper | I am m3',
    'm1 zookeeper | m1 again',
    'm2 zookeeper | m2 again',
    'm3 zookeeper | m3 again',
  ]);
});

test('without a target all there is; what is not there is told on stderr', async () => {
  const { exitCode, stdout, stderr, log } = await logs('');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('m1 marathon      | ERROR of Marathon');
  expect(stdout).toContain('a2 jenkins/tools | Jenkins is up');
  expect(stderr).toContain('m1: no container of mesos-master');
  expect(stderr).toContain('jenkins/main: runs on none of the hosts that were asked');
  expect(stderr).not.toContain('jenkins/tools');
  expect(log.filter((line) => line.startsWith('connect'))).toHaveLength(5);
});

test('a host, or a service on a host: nobody else is asked', async () => {
  const { stdout, log } = await logs('m2/zookeeper m1/marathon');
  expect(stdout.split('\n')).toHaveLength(3);
  expect(log.filter((line) => line.startsWith('connect'))).toEqual(['connect m1', 'connect m2']);
  expect((await logs('m3')).stdout.split('\n')).toHaveLength(2);
});

test('a controller is looked for where it may run, and shown where it is', async () => {
  expect((await logs('jenkins/tools')).stdout).toBe('a2 jenkins/tools | Jenkins is up');
  expect((await logs('jenkins')).stdout).toBe('a2 jenkins/tools | Jenkins is up');
  const { exitCode, stderr } = await logs('jenkins/main');
  expect(exitCode).toBe(6);
  expect(stderr).toContain('no container of jenkins/main is there [CONTAINER_MISSING]');
});

test('--grep, --tail, --since and --timestamps', async () => {
  expect((await logs('--grep ERROR')).stdout).toBe('m1 marathon      | ERROR of Marathon');
  expect((await logs('m1/zookeeper --timestamps --grep again')).stdout).toBe(
    `m1 zookeeper | ${t(4)} m1 again`,
  );
  await logs('m2/zookeeper --since 1h30m --tail 7');
  await logs('m2/zookeeper --since 2026-03-02T22:00:00Z');
  await logs('m2/zookeeper');
  expect((await on('m2').calls()).split('\n').slice(-4)).toEqual([
    'logs|--timestamps|--tail|7|--since|1h30m|z|',
    'logs|--timestamps|--tail|all|--since|2026-03-02T22:00:00Z|z|',
    'logs|--timestamps|--tail|100|z|',
    '',
  ]);
});

test('a host that cannot be reached: the others are shown, exit code 4', async () => {
  powerOff(world, 'm2');
  const { exitCode, stdout, stderr } = await logs('zookeeper');
  expect(exitCode).toBe(4);
  expect(stdout.split('\n')).toHaveLength(4);
  expect(stderr).toContain('✘ cannot reach m2 at 10.0.0.12:22 [HOST_UNREACHABLE]');
});

test('--json is one document, also with hosts that fail', async () => {
  powerOff(world, 'm2');
  const { exitCode, stdout } = await logs('zookeeper --json --tail 1');
  expect(exitCode).toBe(4);
  const document = JSON.parse(stdout) as { lines: unknown[] };
  expect(document).toMatchObject({
    ...{ schemaVersion: 1, command: 'logs', ok: false, exitCode: 4, absent: [], cut: [] },
    failed: [{ code: 'HOST_UNREACHABLE', host: 'm2' }],
  });
  expect(document.lines[0]).toEqual({
    at: t(1),
    host: 'm1',
    service: 'zookeeper',
    text: 'I am m1',
  });
});

test('--format ndjson is one object for each line', async () => {
  const { stdout } = await logs('m1/marathon --format ndjson');
  expect(JSON.parse(stdout)).toEqual({
    ...{ schemaVersion: 1, at: t(2), host: 'm1', service: 'marathon', text: 'ERROR of Marathon' },
  });
});

test('secrets of the cluster file are taken out of the lines', async () => {
  await on('m1').put('ci-marathon', { id: 'm', log: [`${t(1)} login ${adminPassword} done`] });
  expect((await logs('m1/marathon')).stdout).toBe('m1 marathon | login [secret] done');
  expect((await logs('m1/marathon --json')).stdout).not.toContain(adminPassword);
});

test('following ends at Ctrl-C with exit code 130 and without an error', async () => {
  await on('m1').put('ci-zookeeper', { id: 'z', live: true });
  const interruption = new AbortController();
  const said = on('m1').say('ci-zookeeper', `${t(1)} one`, `${t(2)} two ${adminPassword}`);
  const { onRun } = world;
  world.onRun = (host, argv, options) =>
    onRun!(host, argv, {
      ...options,
      onLine: (line) => {
        options.onLine?.(line);
        if (line.includes(' two ')) interruption.abort();
      },
    });
  const { exitCode, stdout, stderr } = await logs('m1/zookeeper -f', { interruption });
  await said;
  expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: '' });
  expect(stdout.split('\n')).toEqual(['m1 zookeeper | one', 'm1 zookeeper | two [secret]']);
});

test.each([
  ['-f --json', '--json prints one document, and -f has no end'],
  ['--json --format ndjson', '--json prints one document, and ndjson is none'],
  ['zookeper', 'the cluster file has no host or service zookeper, did you mean zookeeper?'],
  ['m1/mesos-agent', 'the cluster file has no service m1/mesos-agent'],
  ['--since yesterday', 'a time ago like 10m'],
  ['--tail -5', 'a number of lines, or all'],
  ['--format xml', 'Allowed choices are text, ndjson'],
])('%s is refused, nothing is asked: exit code 2', async (line, message) => {
  const { exitCode, stderr, log } = await logs(line);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
  expect(log).toEqual([]);
});
