import { beforeEach, expect, test } from 'vitest';
import { clusterFile, controller } from '../../support/cluster-file.ts';
import { container, fakeWorld, type FakeWorld } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

const buildAgents = { build: { image: 'registry.example.com/build-agent:1' } };
const home = { kind: 'pinned', host: 'a2' };
const text = clusterFile({
  jenkins: { main: controller({ buildAgents }), tools: controller({ buildAgents, home }) },
});
const command = 'jenkins prune-frameworks';

let world: FakeWorld;

beforeEach(async () => {
  world = fakeWorld(text);
  const { exitCode, stderr } = await runCli('init --yes --no-build', world);
  if (exitCode !== 0) throw new Error(stderr);
});

const gone = { active: false, connected: false };
const registeredMs = Date.parse('2026-02-27T09:15:00Z');

/** Two frameworks that controllers left behind, with three tasks. */
function leaveBehind(): void {
  world.mesos.frameworks.push(
    { id: 'old-main', name: 'jenkins-main', ...gone, registeredMs },
    { id: 'old-tools', name: 'jenkins-tools', ...gone },
  );
  const task = { agentId: 'S1', state: 'TASK_RUNNING' };
  world.mesos.tasks.push(
    { ...task, id: 't1', frameworkId: 'old-main' },
    { ...task, id: 't2', frameworkId: 'old-main' },
    { ...task, id: 't3', frameworkId: 'old-main', state: 'TASK_FINISHED' },
    { ...task, id: 't4', frameworkId: 'old-tools' },
    { ...task, id: 't5', frameworkId: 'f1' },
  );
}

const teardowns = (log: readonly string[]) => log.filter((line) => line.includes('TEARDOWN'));

test('without orphans there is nothing to do, nobody is asked: exit code 0', async () => {
  const { exitCode, stdout, log } = await runCli(command, world);
  expect(exitCode).toBe(0);
  expect(stdout).toBe('✔ no orphan frameworks: nothing to end');
  expect(teardowns(log)).toEqual([]);
});

test('orphans are shown with their tasks, and nothing is ended without a word: exit code 9', async () => {
  leaveBehind();
  const { exitCode, stdout, stderr, log } = await runCli(`${command} --yes`, world);
  expect(exitCode).toBe(9);
  expect(stdout).toBe('');
  expect(stderr.split('\n').slice(-5)).toEqual([
    '  framework      registered            tasks  id',
    '  jenkins-main   2026-02-27 09:15 UTC  2      old-main',
    '  jenkins-tools  unknown               1      old-tools',
    '✘ 2 frameworks with 3 tasks to end, and nobody to ask [CONFIRMATION_MISSING]',
    '  → ci-cluster jenkins prune-frameworks --confirm ci',
  ]);
  expect(teardowns(log)).toEqual([]);
});

test('with the name of the cluster they are ended, and it is looked that they are gone', async () => {
  leaveBehind();
  const { exitCode, stdout, log } = await runCli(`${command} --confirm ci`, world);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('✔ 2 frameworks ended; Mesos lists none of them any more');
  expect(teardowns(log)).toEqual(['m1: TEARDOWN old-main', 'm1: TEARDOWN old-tools']);
  expect((await runCli(command, world)).stdout).toContain('nothing to end');
});

test('the name of another cluster is none: exit code 9', async () => {
  leaveBehind();
  const { exitCode, stderr, log } = await runCli(`${command} --confirm cj`, world);
  expect(exitCode).toBe(9);
  expect(stderr).toContain('--confirm says cj, but this cluster is ci');
  expect(teardowns(log)).toEqual([]);
});

test('on a terminal the name is asked for; anything else is a no', async () => {
  leaveBehind();
  const no = await runCli(command, world, { answers: ['y'] });
  expect(no.exitCode).toBe(9);
  expect(teardowns(no.log)).toEqual([]);
  const yes = await runCli(command, world, { answers: ['ci'] });
  expect(yes.exitCode).toBe(0);
  expect(yes.stderr).toContain("Type the cluster's name to end them");
  expect(teardowns(yes.log)).toHaveLength(2);
});

test('--controller leaves those of the others', async () => {
  leaveBehind();
  const { log } = await runCli(`${command} --controller tools --confirm ci`, world);
  expect(teardowns(log)).toEqual(['m1: TEARDOWN old-tools']);
});

test('whoever is in use, is ours by id, or is Marathon, is never ended', async () => {
  world.mesos.disconnected.add('ci-jenkins-main');
  world.mesos.frameworks.push(
    { id: 'in-use', name: 'jenkins-main', active: true, connected: true },
    { id: 'deaf', name: 'jenkins-main', active: false, connected: true },
    { id: 'marathon-2', name: 'marathon', ...gone },
    // Marathon's own id, under whatever name.
    { id: 'f1', name: 'jenkins-main', ...gone },
    { id: 'spark', name: 'spark', ...gone },
  );
  const { exitCode, stdout, log } = await runCli(`${command} --confirm ci`, world);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('nothing to end');
  expect(teardowns(log)).toEqual([]);
});

test('without Marathon nobody is ended, as one of them could be Marathon: exit code 8', async () => {
  leaveBehind();
  for (const host of ['m1', 'm2', 'm3']) container(world, host, 'ci-marathon').frozen = true;
  const { exitCode, stderr, log } = await runCli(`${command} --confirm ci`, world);
  expect(exitCode).toBe(8);
  expect(stderr).toContain('Marathon does not tell its framework id');
  expect(teardowns(log)).toEqual([]);
});

test('without a Mesos leader nobody is ended: exit code 8', async () => {
  leaveBehind();
  for (const host of ['m1', 'm2', 'm3']) container(world, host, 'ci-mesos-master').frozen = true;
  const { exitCode, stderr } = await runCli(`${command} --confirm ci`, world);
  expect(exitCode).toBe(8);
  expect(stderr).toContain('no leading Mesos master');
});

test('one that comes back meanwhile is left alone: exit code 8', async () => {
  leaveBehind();
  // Ending the first takes a moment, in which the second controller registers again.
  world.onLog = (line) => {
    if (!line.includes('TEARDOWN old-main')) return;
    for (const one of world.mesos.frameworks) Object.assign(one, { active: true, connected: true });
  };
  const { exitCode, stderr, log } = await runCli(`${command} --confirm ci`, world);
  expect(exitCode).toBe(8);
  expect(stderr).toContain('framework jenkins-tools (old-tools) is in use again');
  expect(teardowns(log)).toEqual(['m1: TEARDOWN old-main']);
});

test('as JSON: what was found and what was ended', async () => {
  leaveBehind();
  const refused = await runCli(`${command} --json`, world);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    ...{ ok: false, exitCode: 9, ended: [], error: { code: 'CONFIRMATION_MISSING' } },
    orphans: [
      { id: 'old-main', controller: 'main', registered: '2026-02-27T09:15:00.000Z', tasks: 2 },
      { id: 'old-tools', controller: 'tools', registered: null, tasks: 1 },
    ],
  });
  const done = await runCli(`${command} --json --confirm ci`, world);
  expect(JSON.parse(done.stdout)).toMatchObject({ ok: true, ended: ['old-main', 'old-tools'] });
});

test('status names them with the command to type, and stays healthy', async () => {
  leaveBehind();
  const { exitCode, stdout } = await runCli('status', world);
  expect(exitCode).toBe(0);
  expect(stdout.split('\n\n').at(-1)).toBe(
    [
      '! 2 frameworks are orphans in Mesos: jenkins-main (old-main), jenkins-tools',
      '  (old-tools).',
      '  ci-cluster jenkins prune-frameworks ends them.',
    ].join('\n'),
  );
  const { health } = JSON.parse((await runCli('status --json', world)).stdout) as {
    health: { orphanFrameworks: unknown };
  };
  expect(health.orphanFrameworks).toMatchObject([{ id: 'old-main' }, { id: 'old-tools' }]);
});
