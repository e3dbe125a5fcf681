import { expect, test } from 'vitest';
import { stepFailed } from '../../../src/run/step-faults.ts';
import { clusterFile } from '../../support/cluster-file.ts';
import { fakeWorld, machine, writeClusterFile } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

test('bug 8: a pull that the registry limits is a failure, with advice against the limit', () => {
  const evidence = [
    'Error response from daemon: toomanyrequests: You have reached your pull rate limit.',
  ];
  const line = { step: 0, result: 'failed', code: 'IMAGE_MISSING', evidence } as const;
  const ran = { exitCode: 1, signal: undefined, stdout: '', stderr: '', truncated: false };
  const step = { kind: 'pull-image', image: 'zookeeper:3.9.5' } as const;
  const error = stepFailed({ host: 'm2', step, line, ran });
  expect(error.code).toBe('IMAGE_MISSING');
  expect(error.remedy).toContain('docker.registryMirrors');
  expect(error.remedy).toContain('docker login');
});

test('bug 12: an unknown key is refused with its path and the name that was probably meant', async () => {
  const world = fakeWorld(clusterFile({ hosts: { a2: { adress: '10.0.0.102' } } }));
  const { exitCode, stderr, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/cluster\.yml:\d+:\d+ unknown key `adress` at hosts\.a2/);
  expect(stderr).toContain('did you mean `address`?');
  expect(log).toEqual([]);
});

test('bug 17: all files and steps of a host in a stage are one command, however many they are', async () => {
  const { log } = await runCli('init --yes', fakeWorld());
  const writes = log.filter((line) => line.startsWith('a1: ') && line.includes('/etc/ci-cluster'));
  const commands = log.filter((line) => line === 'a1: stage');
  expect(writes.length).toBeGreaterThan(8);
  // Once for what every service needs, once for each of the three services of the host.
  expect(commands.length).toBeLessThanOrEqual(4);
});

test('bug 23: a host without service address is refused; none is guessed from those that it has', async () => {
  const file = clusterFile().replace(
    '    address: 10.0.0.102\n',
    '    ssh:\n      address: 192.0.2.7\n',
  );
  const { exitCode, stderr } = await runCli('init --yes', fakeWorld(file));
  expect(exitCode).toBe(2);
  expect(stderr).toContain('hosts.a2.address: is missing: write an IPv4 address like 10.0.0.11');
});

test('bug 29: a host that is taken out of the cluster file is left alone, with all that runs there', async () => {
  const world = fakeWorld();
  expect((await runCli('init --yes', world)).exitCode).toBe(0);
  const before = [...machine(world, 'a2').containers.keys()];
  expect(before.length).toBeGreaterThan(0);
  writeClusterFile(world, clusterFile({ agents: 1 }));
  const { log } = await runCli('init --yes', world);
  expect(log.filter((line) => /\ba2\b/.test(line))).toEqual([]);
  expect([...machine(world, 'a2').containers.keys()]).toEqual(before);
  expect([...machine(world, 'a2').containers.values()].map(({ status }) => status)).toEqual(
    before.map(() => 'running'),
  );
});
