import { beforeAll, expect, test } from 'vitest';
import { clusterFile, controller } from '../../support/cluster-file.ts';
import { agentSecret } from '../../support/fake-build-agents.ts';
import { fakeWorld, machine, type FakeWorld } from '../../support/fake-world.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';

const image = 'registry.example.com/build-agent:1';
const buildAgents = {
  linux: { image },
  small: { image, via: 'marathon', count: 2 },
};

function worldWith(parts: Record<string, unknown> = {}): FakeWorld {
  return fakeWorld(clusterFile({ jenkins: { main: controller({ buildAgents, ...parts }) } }));
}

const init = 'init --yes --no-build';
const secretOf = (node: string) => agentSecret('main', node);
const pathOf = (node: string) => `/etc/ci-cluster/jenkins/main/agents/${node}/agent`;

let world: FakeWorld;
let first: CliRun;

beforeAll(async () => {
  world = worldWith({ framework: { weight: 3, limit: { cpus: 8, memory: '16GiB' } } });
  first = await runCli(`${init} --events e`, world);
}, 20_000);

test('init gives every host that may run a build agent its secret, for the build agent alone', () => {
  expect(first.exitCode).toBe(0);
  for (const host of ['a1', 'a2']) {
    for (const node of ['small-1', 'small-2']) {
      const file = machine(world, host).files.get(pathOf(node));
      expect(file).toMatchObject({ content: secretOf(node), mode: '400', uid: 1000, gid: 1000 });
    }
  }
  expect(machine(world, 'm1').files.has(pathOf('small-1'))).toBe(false);
});

test('the build agents are submitted after the controller, and run', () => {
  const submitted = first.log.flatMap((line) => /PUT \/v2\/apps(.*)$/.exec(line)?.[1] ?? []);
  expect(submitted).toEqual([
    ...['/ci/jenkins-main', '/ci/main-agents/small-1', '/ci/main-agents/small-2'],
  ]);
});

test('no secret of a build agent is printed, reported or part of an app', () => {
  const definitions = [...world.apps.values()].map(({ definition }) => definition);
  const texts = [first.stdout, first.stderr, ...first.events, ...first.log];
  const all = [...texts, JSON.stringify(definitions)].join('\n');
  for (const node of ['small-1', 'small-2']) expect(all).not.toContain(secretOf(node));
});

test('weight and limit of the role are set at the leading master', () => {
  expect([...(world.mesos.weights ?? [])]).toEqual([['jenkins-main', 3]]);
  expect([...(world.mesos.limits ?? [])]).toEqual([
    ['jenkins-main', { cpus: { value: 8 }, mem: { value: 16_384 } }],
  ]);
});

test('a second init changes nothing and runs one command on each host', async () => {
  const { exitCode, log } = await runCli(init, world);
  expect(exitCode).toBe(0);
  expect(log.filter((line) => !/^(connect|close) /.test(line)).toSorted()).toEqual([
    ...['a1: facts', 'a2: facts', 'm1: facts', 'm2: facts', 'm3: facts'],
  ]);
});

test('a Mesos older than the plugin needs is refused before the controller is submitted', async () => {
  const old = worldWith();
  old.mesos.version = '1.8.1';
  const { exitCode, stderr } = await runCli(init, old);
  expect(exitCode).toBe(6);
  expect(stderr).toContain(
    'the leading master on m1 is Mesos 1.8.1: the Mesos plugin of /ci/jenkins-main needs 1.9.0 or newer',
  );
  expect(stderr).toContain('VERSIONS_UNFIT');
  expect([...old.apps.keys()]).toEqual([]);
});

test('without build agents of the plugin any Mesos will do', async () => {
  const old = worldWith({ buildAgents: { small: buildAgents.small } });
  old.mesos.version = '1.7.0';
  expect((await runCli(init, old)).exitCode).toBe(0);
});

test('a password that Jenkins does not take is told as such, before anything is written', async () => {
  const other = worldWith();
  for (const jenkins of other.jenkins.values()) jenkins.password = 'another one in Jenkins';
  const { exitCode, stderr } = await runCli(init, other);
  expect(exitCode).toBe(4);
  expect(stderr).toContain(
    'Jenkins main does not tell the secret of build agent small-1: answers 401',
  );
  expect(machine(other, 'a1').files.has(pathOf('small-1'))).toBe(false);
});

test('shares that are set already are left alone, also where nobody could be asked before', async () => {
  const known = worldWith({ framework: { weight: 3 } });
  Object.assign(known.mesos, { weights: new Map([['jenkins-main', 3]]) });
  const { events } = await runCli(`${init} --events e`, known);
  const results = events.flatMap((line) => /"set in Mesos.*"result":"(\w+)"/.exec(line)?.[1] ?? []);
  expect(results).toEqual(['started', 'unchanged']);
});

test('limits that are taken out of the file are taken back in Mesos', async () => {
  const file = clusterFile({ jenkins: { main: controller({ buildAgents }) } });
  world.files.set('cluster.yml', file);
  const { exitCode, stderr } = await runCli(init, world);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('set in Mesos: role jenkins-main weight 1, no limit');
  expect(world.mesos.weights?.get('jenkins-main')).toBe(1);
  expect(world.mesos.limits?.get('jenkins-main')).toEqual({});
  expect((await runCli(init, world)).log.filter((line) => line.includes('stage'))).toEqual([]);
});
