import { beforeEach, expect, test } from 'vitest';
import { clusterFile } from '../../support/cluster-file.ts';
import { container, fakeWorld, machine, type FakeWorld } from '../../support/fake-world.ts';
import { plannedLines, setUp } from '../../support/plan-world.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';

const newer = 'zookeeper:3.9.6';
const older = 'zookeeper:3.9.5';
const masters = ['m1', 'm2', 'm3'];

let world: FakeWorld;

beforeEach(async () => {
  world = fakeWorld();
  await setUp(world);
});

async function upgraded(words = `zookeeper=${newer}`): Promise<void> {
  const { exitCode, stderr } = await runCli(`upgrade ${words} --yes`, world);
  if (exitCode !== 0) throw new Error(stderr);
}

async function rollback(words: string): Promise<CliRun> {
  return await runCli(`rollback ${words} --yes`, world);
}

function images(name = 'ci-zookeeper'): readonly string[] {
  return masters.map((host) => container(world, host, name).image);
}

function takenBack({ log }: CliRun): readonly string[] {
  return log.filter((line) => line.includes('take back'));
}

function text({ stderr }: CliRun): string {
  return stderr.replaceAll(/\s+/g, ' ');
}

test('the kept containers serve again, one member at a time, and the file has the image again', async () => {
  const ids = masters.map((host) => container(world, host, 'ci-zookeeper').id);
  await upgraded();
  const run = await rollback('zookeeper');
  expect(run.exitCode).toBe(0);
  expect(takenBack(run)).toHaveLength(3);
  expect(images()).toEqual([older, older, older]);
  expect(masters.map((host) => container(world, host, 'ci-zookeeper').id)).toEqual(ids);
  expect(world.files.get('cluster.yml')).not.toContain(newer);
  expect(await plannedLines(world)).toEqual([]);
});

test('what was rolled back is kept in its turn: a second rollback goes forward again', async () => {
  await upgraded();
  await rollback('zookeeper');
  const run = await rollback('zookeeper');
  expect(run.exitCode).toBe(0);
  expect(images()).toEqual([newer, newer, newer]);
});

test('single hosts go back, the cluster file stays, and the plan says what init would do', async () => {
  await upgraded();
  const asked = await runCli('rollback zookeeper m2', world, { answers: ['n'] });
  expect(text(asked)).toContain('the next init brings the others to it again');
  const run = await rollback('zookeeper m2');
  expect(run.exitCode).toBe(0);
  expect(images()).toEqual([newer, older, newer]);
  expect(world.files.get('cluster.yml')).toContain(newer);
});

test('after an upgrade that stopped half-way only those go back that had gone', async () => {
  machine(world, 'm3').exits.set('ci-zookeeper', { exitCode: 2, lines: ['no'] });
  await runCli(`upgrade zookeeper=${newer} --yes`, world);
  machine(world, 'm3').exits.clear();
  const gone = images().filter((image) => image === newer).length;
  const run = await rollback('zookeeper');
  expect(run.exitCode).toBe(0);
  expect(takenBack(run)).toHaveLength(gone);
  expect(images()).toEqual([older, older, older]);
  expect(world.files.get('cluster.yml')).not.toContain(newer);
});

test('with other settings meanwhile a new container is made from the earlier image', async () => {
  await upgraded();
  const file = world.files.get('cluster.yml') ?? '';
  world.files.set('cluster.yml', `${file}zookeeper:\n  heap: 512MiB\n`);
  await setUp(world);
  expect(machine(world, 'm1').containers.get('ci-zookeeper.before')?.image).toBe(newer);
  const run = await rollback('zookeeper');
  expect(run.exitCode).toBe(8);
  expect(text(run)).toContain('no earlier image of zookeeper is kept on m1, m2, m3');
});

test('settings that came back to life with the rollback are those of the cluster file', async () => {
  await upgraded();
  const text_ = world.files.get('cluster.yml') ?? '';
  world.files.set('cluster.yml', `${text_}zookeeper:\n  syncLimit: 8\n`);
  const run = await rollback('zookeeper');
  expect(takenBack(run)).toEqual([]);
  expect(run.exitCode).toBe(0);
  expect(images()).toEqual([older, older, older]);
  const config = machine(world, 'm1').files.get('/etc/ci-cluster/zookeeper/zoo.cfg');
  expect(config?.content).toContain('syncLimit=8');
  expect(await plannedLines(world)).toEqual([]);
});

test('a kept container that does not serve any more is put away, and the run stops', async () => {
  await upgraded();
  for (const host of masters) {
    machine(world, host).exits.set('ci-zookeeper', { exitCode: 1, lines: ['cannot read the log'] });
  }
  const run = await rollback('zookeeper');
  expect(run.exitCode).toBe(5);
  expect(images()).toEqual([newer, newer, newer]);
  expect(world.files.get('cluster.yml')).toContain(newer);
});

test('where nothing is kept that is told with the hosts, and nothing happens', async () => {
  const run = await rollback('zookeeper');
  expect(run.exitCode).toBe(8);
  expect(text(run)).toContain('[NOTHING_KEPT]');
  await upgraded();
  machine(world, 'm2').containers.delete('ci-zookeeper.before');
  const again = await rollback('zookeeper');
  expect(again.exitCode).toBe(8);
  expect(text(again)).toContain(`no container with ${older} of zookeeper is kept on m2`);
  expect(images()).toEqual([newer, newer, newer]);
});

test('a service that has moved its state forward does not go back', async () => {
  const taken = world.clock.date().replace(/\.\d+Z$/, 'Z');
  await upgraded(`marathon=mesosphere/marathon:v1.11.25 --backup-taken-at ${taken}`);
  const run = await rollback('marathon');
  expect(run.exitCode).toBe(8);
  expect(text(run)).toContain('[ONE_WAY]');
  expect(text(run)).toContain('migrates the state in ZooKeeper');
  expect(images('ci-marathon')[0]).toBe('mesosphere/marathon:v1.11.25');
});

test('as long as none with the new version has led, the way back is open', async () => {
  const taken = world.clock.date().replace(/\.\d+Z$/, 'Z');
  machine(world, 'm3').exits.set('ci-marathon', { exitCode: 1, lines: ['no'] });
  const image = 'mesosphere/marathon:v1.11.25';
  await runCli(`upgrade marathon=${image} --backup-taken-at ${taken} --yes`, world);
  expect(images('ci-marathon')).toContain(image);
  machine(world, 'm3').exits.clear();
  const run = await rollback('marathon');
  expect(run.exitCode).toBe(0);
  expect(images('ci-marathon')).not.toContain(image);
});

test.each([
  ['jenkins', 8, 'Jenkins does not go back'],
  ['jenkins/main', 8, 'Jenkins does not go back'],
  ['zookeeper a1', 2, 'no host with zookeeper a1'],
  ['zookeper', 2, 'did you mean'],
])('rollback %s is refused', async (words, exitCode, message) => {
  const run = await rollback(words);
  expect(run.exitCode).toBe(exitCode);
  expect(text(run)).toContain(message);
});

test('kept containers are nobody else’s business: init finds nothing to do, status is healthy', async () => {
  await upgraded();
  expect(await plannedLines(world)).toEqual([]);
  const { exitCode, stdout } = await runCli('status --json', world);
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain('.before');
});

test('a role that a host no longer has takes its kept container with it', async () => {
  world = fakeWorld(clusterFile({ hosts: { m1: { roles: ['gateway'] } } }));
  await setUp(world);
  await upgraded('gateway=haproxy:3.2.1 --kill-builds');
  world.files.set(
    'cluster.yml',
    (world.files.get('cluster.yml') ?? '').replace(
      /( {2}m1:\n {4}address: \S+\n) {4}roles:\n {6}- gateway\n/,
      '$1',
    ),
  );
  expect((await plannedLines(world)).join('\n')).toContain(
    'remove container ci-gateway, remove container ci-gateway.before',
  );
});

test('a teardown takes kept containers with it', async () => {
  await upgraded();
  const { exitCode } = await runCli('destroy --confirm ci', world);
  expect(exitCode).toBe(0);
  const left = masters.flatMap((host) => [...machine(world, host).containers.keys()]);
  expect(left).toEqual([]);
});
