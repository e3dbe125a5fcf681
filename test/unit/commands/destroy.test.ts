import { beforeEach, expect, test, vi } from 'vitest';
import { clusterFile, controller } from '../../support/cluster-file.ts';
import {
  fakeWorld,
  machine,
  powerOff,
  writeClusterFile,
  type FakeWorld,
} from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

// Real processes, or a whole init each, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const buildAgents = {
  linux: { image: 'registry.example.com/build-agent:1', via: 'marathon', count: 1 },
};
const shared = { kind: 'shared', path: '/srv/jenkins/tools' };
const text = clusterFile({
  masters: 1,
  jenkins: { main: controller({ buildAgents }), tools: controller({ home: shared }) },
});

let world: FakeWorld;

beforeEach(async () => {
  world = fakeWorld(text);
  const { exitCode, stderr } = await runCli('init --yes --no-build', world);
  if (exitCode !== 0) throw new Error(stderr);
}, 60_000);

const claim = '/etc/ci-cluster/cluster.json';
const hosts = ['m1', 'a1', 'a2'];

function changes(log: readonly string[]): string[] {
  return log.filter((line) => /^\w+: (remove|delete|disable|release|write|DELETE)/.test(line));
}

test('nothing is left but the data, which says whose it was', async () => {
  machine(world, 'a2').tasks.set('build-1', 10);
  const { exitCode, stdout } = await runCli('destroy --confirm ci', world);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('✔ cluster ci is taken down on 3 hosts');
  expect(stdout).toContain('Data stays in /var/lib/ci-cluster');
  expect([...world.apps]).toEqual([]);
  for (const host of hosts) {
    const { containers, files, folders, tasks, isolation } = machine(world, host);
    expect({ host, containers: [...containers.keys()] }).toEqual({ host, containers: [] });
    expect([tasks.size, isolation]).toEqual([0, undefined]);
    const configuration = [...files.keys(), ...folders.keys()].filter((path) =>
      /^\/etc\/(ci-cluster\/|systemd\/system\/)/.test(path),
    );
    expect({
      host,
      configuration: configuration.filter((path) => !path.endsWith('.wants')),
    }).toEqual({ host, configuration: [] });
    expect(folders.has('/var/lib/ci-cluster')).toBe(true);
    expect(files.get('/var/lib/ci-cluster/cluster.json')?.content).toContain('"name": "ci"');
  }
  expect(machine(world, 'm1').folders.has('/var/lib/ci-cluster/zookeeper/data')).toBe(true);
  expect(machine(world, 'a1').folders.has('/srv/jenkins/tools')).toBe(true);
});

test('apps go first, then services in reverse order, and the claim is the last on each host', async () => {
  const { log } = await runCli('destroy --confirm ci', world);
  const done = changes(log).filter((line) => line.startsWith('m1:'));
  const apps = log.findIndex((line) => /DELETE|delete app/i.test(line));
  const first = log.findIndex((line) => line.includes('remove ci-'));
  expect(apps).toBeGreaterThan(-1);
  expect(apps).toBeLessThan(first);
  const services = log
    .filter((line) => line.includes('remove ci-'))
    .map((line) => line.split('ci-')[1]);
  expect([...new Set(services)]).toEqual([
    'gateway',
    'marathon',
    'mesos-agent',
    'mesos-master',
    'zookeeper',
  ]);
  expect(done.at(-1)).toBe('m1: release');
});

test('a second time there is nothing to do, and nobody is asked', async () => {
  await runCli('destroy --confirm ci', world);
  const { exitCode, stdout, log } = await runCli('destroy', world);
  expect(exitCode).toBe(0);
  expect(stdout).toBe('✔ nothing to take down');
  expect(log.filter((line) => line.endsWith(': facts'))).toHaveLength(3);
  expect(changes(log)).toEqual([]);
});

test('init begins again on the data that was kept: same cluster, same numbers of members', async () => {
  const before = machine(world, 'm1').files.get(claim)?.content;
  await runCli('destroy --confirm ci', world);
  expect(machine(world, 'm1').files.has(claim)).toBe(false);
  const { exitCode, stderr } = await runCli('init --yes --no-build', world);
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(machine(world, 'm1').files.get(claim)?.content).toBe(before);
});

test.each([
  ['destroy', 'changes to make, and nobody to ask'],
  ['destroy --yes', 'changes to make, and nobody to ask'],
  ['destroy --json', 'changes to make, and nobody to ask'],
  ['destroy --confirm other', '--confirm says other, but this cluster is ci'],
])('%s is not confirmed: nothing is changed, exit code 9', async (line, message) => {
  const { exitCode, stderr, log } = await runCli(line, world);
  expect(exitCode).toBe(9);
  expect(stderr).toContain(message);
  expect(stderr).toContain('→ ci-cluster destroy --confirm ci');
  expect(changes(log)).toEqual([]);
});

test('on a terminal the plan is shown and the name of the cluster is asked for', async () => {
  const no = await runCli('destroy', world, { answers: ['yes'] });
  expect(no.exitCode).toBe(9);
  expect(no.stderr).toContain('hosts: release the host from cluster ci (m1, a1, a2)');
  expect(no.stderr).toContain("Type the cluster's name to take it down: ");
  expect(changes(no.log)).toEqual([]);
  expect((await runCli('destroy', world, { answers: ['ci'] })).exitCode).toBe(0);
});

test('--purge names the folders, deletes them, and leaves shared homes alone', async () => {
  const asked = await runCli('destroy --purge', world);
  expect(asked.exitCode).toBe(9);
  const words = asked.stderr.replaceAll(/\s+/g, ' ');
  expect(words).toContain('DELETED for ever on m1: /var/lib/ci-cluster/');
  expect(words).toContain('/var/lib/ci-cluster/zookeeper');
  expect(words).toContain('The shared home of tools stays: /srv/jenkins/tools');
  expect(words).toContain('→ ci-cluster destroy --confirm ci --purge');
  const { exitCode } = await runCli('destroy --purge --confirm ci', world);
  expect(exitCode).toBe(0);
  for (const host of hosts) {
    const { folders, files } = machine(world, host);
    const data = [...folders.keys(), ...files.keys()].filter((path) =>
      path.startsWith('/var/lib/ci-cluster/'),
    );
    expect({ host, data: data.filter((path) => !path.includes('run')) }).toEqual({
      host,
      data: [],
    });
    expect(files.has(claim)).toBe(false);
  }
  expect(machine(world, 'a2').folders.has('/srv/jenkins/tools')).toBe(true);
});

test('data that an earlier destroy kept can be purged later', async () => {
  await runCli('destroy --confirm ci', world);
  const { exitCode } = await runCli('destroy --purge --confirm ci', world);
  expect(exitCode).toBe(0);
  expect(machine(world, 'm1').folders.has('/var/lib/ci-cluster/zookeeper')).toBe(false);
  expect(machine(world, 'm1').files.has(claim)).toBe(false);
  expect((await runCli('destroy --purge', world)).stdout).toBe('✔ nothing to take down');
});

test('a host that is down: all others are done, it is named with what to type: exit code 4', async () => {
  powerOff(world, 'a2');
  const { exitCode, stderr, stdout } = await runCli('destroy --confirm ci --json', world);
  expect(exitCode).toBe(4);
  expect(stderr).toContain('the cluster is still on a2: containers, configuration, data and claim');
  expect(stderr).toContain('Once they answer: ci-cluster destroy --confirm ci');
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ command: 'destroy', ok: false, purged: false },
    left: [{ host: 'a2', reason: 'cannot reach a2 at 10.0.0.102:22' }],
  });
  expect(machine(world, 'm1').containers.size).toBe(0);
  world.off.delete('a2');
  world.cut.delete('a2');
  expect((await runCli('destroy --confirm ci', world)).exitCode).toBe(0);
  expect(machine(world, 'a2').containers.size).toBe(0);
  expect(machine(world, 'a2').files.has(claim)).toBe(false);
});

test('a host whose Docker is stopped keeps all until somebody starts it: exit code 5', async () => {
  machine(world, 'a2').docker = 'stopped';
  const { exitCode, stderr } = await runCli('destroy --confirm ci', world);
  expect(exitCode).toBe(5);
  expect(stderr).toContain('Docker does not run on a2');
  expect(stderr).toContain('→ ci-cluster exec a2 --root -- systemctl start docker');
  expect(machine(world, 'a2').files.has(claim)).toBe(true);
});

test('half a cluster is as good as a whole one', async () => {
  world = fakeWorld(text);
  machine(world, 'm1').exits.set('ci-zookeeper', { exitCode: 1, lines: ['bad'] });
  expect((await runCli('init --yes', world)).exitCode).not.toBe(0);
  const { exitCode } = await runCli('destroy --confirm ci', world);
  expect(exitCode).toBe(0);
  for (const host of hosts) {
    expect(machine(world, host).containers.size).toBe(0);
    expect(machine(world, host).files.has(claim)).toBe(false);
  }
});

test('a host that never belonged to the cluster is not touched', async () => {
  world = fakeWorld(text);
  const { exitCode, stdout, log } = await runCli('destroy --confirm ci --purge', world);
  expect(exitCode).toBe(0);
  expect(stdout).toBe('✔ nothing to take down');
  expect(changes(log)).toEqual([]);
});

test("another cluster's host in the file: nothing is changed, exit code 8", async () => {
  const { files } = machine(world, 'a2');
  const own = files.get(claim)!;
  files.set(claim, { ...own, content: own.content.replace(/"id": "\w/, '"id": "x') });
  const { exitCode, stderr, log } = await runCli('destroy --confirm ci --purge', world);
  expect(exitCode).toBe(8);
  expect(stderr).toContain('a2 belongs to cluster ci');
  expect(changes(log)).toEqual([]);
});

test('without a Marathon that answers, what it ran is ended on the hosts', async () => {
  machine(world, 'm1').containers.delete('ci-marathon');
  machine(world, 'a1').tasks.set('jenkins', 10);
  expect((await runCli('destroy --confirm ci', world)).exitCode).toBe(0);
  expect(machine(world, 'a1').tasks.size).toBe(0);
});

test('a cluster file with fewer roles than the hosts have containers still removes them all', async () => {
  writeClusterFile(world, text.replace('    roles:\n      - gateway\n', ''));
  const { exitCode } = await runCli('destroy --confirm ci', world);
  expect(exitCode).toBe(0);
  for (const host of hosts) expect(machine(world, host).containers.size).toBe(0);
});
