import { beforeAll, beforeEach, expect, test } from 'vitest';
import { adminPassword, clusterFile, controller } from '../../support/cluster-file.ts';
import { fakeJenkins } from '../../support/fake-jenkins.ts';
import { container, fakeWorld, type FakeWorld } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

const buildAgents = {
  build: { image: 'registry.example.com/build-agent:1' },
  large: { image: 'registry.example.com/build-agent:1', cpus: 3 },
};
const home = { kind: 'pinned', host: 'a2' };
const two = clusterFile({
  jenkins: { main: controller({ buildAgents }), tools: controller({ buildAgents, home }) },
});

let world: FakeWorld;
let sleep: FakeWorld['clock']['sleep'];

beforeAll(async () => {
  world = await cluster(two);
  sleep = world.clock.sleep.bind(world.clock);
});

/** The cluster stays, its controllers are as new. */
beforeEach(() => {
  const { clock } = world;
  for (const name of world.jenkins.keys()) {
    world.jenkins.set(name, fakeJenkins({ clock, password: adminPassword }));
  }
  world.cut.clear();
  world.mesos.disconnected.clear();
  clock.sleep = sleep;
});

async function cluster(text: string): Promise<FakeWorld> {
  const made = fakeWorld(text);
  const { exitCode, stderr } = await runCli('init --yes --no-build', made);
  if (exitCode !== 0) throw new Error(stderr);
  return made;
}

interface BuildDocument {
  readonly exitCode: number;
  readonly builds: readonly Record<string, unknown>[];
  readonly error?: { readonly code: string; readonly evidence: readonly string[] };
}

async function documentOf(line: string): Promise<BuildDocument> {
  return JSON.parse((await runCli(`${line} --json`, world)).stdout) as BuildDocument;
}

test('a build that succeeds is shown with its times and what it left: exit code 0', async () => {
  const { exitCode, stdout } = await runCli('build --controller main', world);
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toEqual([
    '✔ main: SUCCESS, build 1 of ci-cluster-canary-build',
    '',
    '  queued       0.0 s',
    '  launched    +1.0 s',
    '  online      +4.0 s',
    '  started     +1.0 s',
    '  finished    +3.0 s  9.0 s in all',
    '',
    '  host         a1',
    '  build agent  jenkins-agent-build-1f',
    '  artefacts    out/app.tar',
  ]);
});

test('progress tells each moment and each reason to wait once', async () => {
  const { stderr } = await runCli('build --controller main', world);
  expect(stderr.split('\n').map((line) => line.slice(9))).toEqual([
    'looking at 5 hosts',
    '  main: queued (item 17 of ci-cluster-canary-build)',
    '  main: waiting: There are no nodes with the label ‘build’',
    '  main: launched (jenkins-agent-build-1f)',
    '  main: online (jenkins-agent-build-1f)',
    '  main: started (build 1)',
    '  main: ✔ finished (SUCCESS)',
  ]);
});

test('the console is shown with --verbose only, without what could steer the terminal', async () => {
  const course = { console: ['\u001B[31mred\u001B[0m', 'bell\u0007', 'end'] };
  Object.assign(world.jenkins.get('main')!.course, course);
  const verbose = await runCli('build --controller main --verbose', world);
  expect(verbose.stderr).toContain('  main │ red\n  main │ bell\n  main │ end');
  expect(verbose.stderr).not.toContain('\u001B');
  expect((await runCli('build --controller main', world)).stderr).not.toContain('│');
});

test('without --controller all are built, one after the other, and that is said', async () => {
  const { exitCode, stdout, stderr } = await runCli('build', world);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('2 builds, one after the other: main, tools');
  expect(stdout.match(/^✔ \w+/gm)).toEqual(['✔ main', '✔ tools']);
  const finished = stderr.indexOf('main: ✔ finished');
  expect(finished).toBeGreaterThan(0);
  expect(finished).toBeLessThan(stderr.indexOf('tools: queued'));
});

test('one that fails does not keep the next from being built: exit code 6', async () => {
  world.jenkins.get('main')!.course.result = 'UNSTABLE';
  const { exitCode, stdout, stderr } = await runCli('build', world);
  expect(exitCode).toBe(6);
  expect(stdout).toBe('');
  expect(stderr).toContain('tools: ✔ finished (SUCCESS)');
  expect(stderr).toContain('1 of 2 builds did not succeed [HOSTS_FAILED]');
  expect(stderr).toContain(
    'main: build 1 of ci-cluster-canary-build ended with UNSTABLE [BUILD_FAILED]',
  );
  expect(stderr).toContain('│ Finished: SUCCESS');
});

test('as JSON: every field, moments in milliseconds, the last lines of the console', async () => {
  const many = Array.from({ length: 60 }, (_, index) => `line ${index}`);
  world.jenkins.get('main')!.course.console = many;
  const { builds } = await documentOf('build --controller main');
  expect(builds).toEqual([
    {
      ...{ controller: 'main', label: 'build', job: 'ci-cluster-canary-build', number: 1 },
      ...{ result: 'SUCCESS', buildAgent: 'jenkins-agent-build-1f', host: 'a1', reused: false },
      artifacts: ['out/app.tar'],
      momentsMs: { queued: 0, launched: 1000, online: 5000, started: 6000, finished: 9000 },
      console: many.slice(10),
    },
  ]);
});

test('a failed build has its document, too, with how far it came', async () => {
  const course = { onlineMs: Infinity, startedMs: Infinity, finishedMs: Infinity };
  Object.assign(world.jenkins.get('main')!.course, course);
  const { exitCode, builds, error } = await documentOf('build --controller main --timeout 30s');
  expect(exitCode).toBe(6);
  expect(error).toMatchObject({ code: 'BUILD_AGENT_NOT_ONLINE' });
  expect(error?.evidence).toContain('task jenkins-agent-build-1f');
  expect(builds).toMatchObject([{ number: null, result: null, momentsMs: { started: null } }]);
  expect(builds[0]).toMatchObject({ momentsMs: { queued: 0, launched: 1000 } });
});

test('the bound is what --timeout says', async () => {
  Object.assign(world.jenkins.get('main')!.course, { startedMs: Infinity });
  const begin = world.clock.now();
  await runCli('build --controller main --timeout 30s', world);
  expect(world.clock.now() - begin).toBe(30_000);
});

test('--label takes other build agents and another job', async () => {
  const run = await runCli('build --controller main --label large --timeout 1s', world);
  expect(run.stderr).toContain('item 17 of ci-cluster-canary-large');
});

test.each([
  ['build --controller mainn', 'the cluster file has no controller mainn, did you mean main?'],
  ['build --label buil', 'the cluster file has no label buil, did you mean build?'],
  ['build --timeout 5', 'a time with its unit'],
])('%s is told at once: exit code 2', async (line, text) => {
  const { exitCode, stderr, log } = await runCli(line, world);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(text);
  expect(log).toEqual([]);
});

test('without build agents there is nothing to build with: exit code 2', async () => {
  const { exitCode, stderr } = await runCli('build', fakeWorld());
  expect(exitCode).toBe(2);
  expect(stderr).toContain('nothing to build with: main: no build agents [USAGE]');
});

test('the hosts are connected to and not otherwise touched', async () => {
  const { log } = await runCli('build --controller main', world);
  expect(log.filter((line) => !/^(connect|close) /.test(line))).toEqual([]);
});

test('a build goes on without hosts that do not answer', async () => {
  world.cut.set('m3', 'HOST_UNREACHABLE');
  expect((await runCli('build --controller main', world)).exitCode).toBe(0);
  for (const host of world.machines.keys()) world.cut.set(host, 'HOST_UNREACHABLE');
  const { exitCode, stderr } = await runCli('build --controller main', world);
  expect(exitCode).toBe(4);
  expect(stderr).toContain('no host can be reached');
});

test('another password than the one of the cluster file: exit code 4', async () => {
  world.jenkins.get('main')!.password = 'changed by hand';
  const { exitCode, stdout, stderr } = await runCli('build --controller main --json', world);
  expect(exitCode).toBe(4);
  expect(stderr).toContain('[JENKINS_LOGIN_REFUSED]');
  expect(stdout + stderr).not.toContain(adminPassword);
});

test('Ctrl-C takes the build back and says so: exit code 130', async () => {
  const interruption = new AbortController();
  const begin = world.clock.now();
  world.clock.sleep = async (ms, signal) => {
    if (world.clock.now() - begin >= 2000) interruption.abort();
    await sleep(ms, signal);
  };
  const { exitCode, stderr } = await runCli('build --controller main', world, { interruption });
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(/queue item 17 was cancelled \[INTERRUPTED\]/);
});

test('no line is longer than 80 columns, whatever the names', async () => {
  const label = 'a-long-label1';
  const jenkins = { main: controller({ buildAgents: { [label]: buildAgents.build } }) };
  const named = await cluster(clusterFile({ jenkins }));
  named.jenkins.get('main')!.course.artifacts = Array.from(
    { length: 9 },
    (_, index) => `${'deep/'.repeat(20)}file-${index}`,
  );
  const { stdout, exitCode } = await runCli('build', named);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('and 4 more');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('init ends with one build of each controller, all at once', async () => {
  const fresh = fakeWorld(two);
  const { exitCode, stdout, stderr } = await runCli('init --yes --json', fresh);
  expect(exitCode).toBe(0);
  const { builds } = JSON.parse(stdout) as BuildDocument;
  expect(builds).toMatchObject([
    { controller: 'main', result: 'SUCCESS' },
    { controller: 'tools', result: 'SUCCESS' },
  ]);
  expect(stderr.indexOf('tools: queued')).toBeLessThan(stderr.indexOf('main: launched'));
});

test('init builds after everything is healthy', async () => {
  const { stderr } = await runCli('init --yes', fakeWorld(two));
  expect(stderr.indexOf('main: queued')).toBeGreaterThan(
    stderr.indexOf('✔ every Jenkins controller answers'),
  );
});

test('init that changed nothing builds nothing', async () => {
  const { exitCode, stdout } = await runCli('init --json', world);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ changed: 0, builds: [] });
  expect(world.jenkins.get('main')!.builds).toEqual([]);
});

test('init --no-build changes what it has to and builds nothing', async () => {
  const fresh = fakeWorld(two);
  const { exitCode, stdout } = await runCli('init --yes --no-build --json', fresh);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, builds: [] });
  expect(fresh.jenkins.get('main')!.jobs.size).toBe(0);
});

test('init says that nothing was built where there are no build agents', async () => {
  const { exitCode, stdout } = await runCli('init --yes', fakeWorld());
  expect(exitCode).toBe(0);
  expect(stdout).toContain('No build: main without build agents');
  const quiet = await runCli('init --yes --no-build', fakeWorld());
  expect(quiet.stdout).not.toContain('No build');
});

test('a build that fails makes init fail, with what it did before: exit code 6', async () => {
  const fresh = fakeWorld(two);
  fresh.jenkins.get('tools')!.course.result = 'FAILURE';
  const { exitCode, stdout } = await runCli('init --yes --json', fresh);
  expect(exitCode).toBe(6);
  const { changed, builds, error } = JSON.parse(stdout) as BuildDocument & { changed: number };
  expect(changed).toBeGreaterThan(50);
  expect(builds).toMatchObject([{ result: 'SUCCESS' }, { result: 'FAILURE' }]);
  expect(error).toMatchObject({ parts: [{ code: 'BUILD_FAILED' }] });
});

test('status shows how many build agents are online and busy', async () => {
  world.jenkins.get('main')!.idleAgents = ['x1', 'x2'];
  const { exitCode, stdout } = await runCli('status', world);
  expect(stdout).toMatch(/Jenkins main .*\n✔ {4}builds +build agents 2 online, 0 busy/);
  expect(exitCode).toBe(0);
});

test('a controller that lost Mesos is degraded, with the reason: exit code 6', async () => {
  world.mesos.disconnected.add('ci-jenkins-main');
  const { exitCode, stdout } = await runCli('status', world, { columns: 120 });
  expect(exitCode).toBe(6);
  expect(stdout).toContain('framework ci-jenkins-main is not connected to the leading master');
  expect(stdout).toContain('✔  Jenkins main');
  const health = (JSON.parse((await runCli('status --json', world)).stdout) as { health: object })
    .health;
  expect(health).toMatchObject({
    verdict: 'degraded',
    jenkins: [
      { state: 'healthy', builds: { state: 'degraded' } },
      { builds: { state: 'healthy' } },
    ],
  });
});

test('without a Mesos leader nobody knows whether builds find build agents', async () => {
  const masters = ['m1', 'm2', 'm3'].map((name) => container(world, name, 'ci-mesos-master'));
  for (const master of masters) master.frozen = true;
  const { stdout } = await runCli('status --json', world);
  for (const master of masters) master.frozen = false;
  expect(JSON.parse(stdout)).toMatchObject({
    health: { jenkins: [{ builds: { state: 'unknown' } }, {}] },
  });
});
