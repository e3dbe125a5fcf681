import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fakeAgent, type FakeAgent } from './support/fake-agent.ts';
import { asAdmin, jenkins, withNode, type Jenkins } from './support/jenkins.ts';
import { archiver, jobXml, keeping, parameter, xml } from './support/jobs.ts';

const opened: Jenkins[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function start(casc = withNode, home?: string): Promise<Jenkins> {
  const one = await jenkins(casc, home === undefined ? {} : { home });
  opened.push(one);
  return one;
}

type Run = NonNullable<Parameters<typeof fakeAgent>[0]['run']>;

interface Agent {
  readonly run?: Run;
  readonly files?: Readonly<Record<string, string>>;
}

async function agentOf(it: Jenkins, { run, files }: Agent = {}): Promise<FakeAgent> {
  const secret = it.controller.nodes.secret('n1');
  const agent = fakeAgent({
    ...{ port: it.agentPort, name: 'n1', secret },
    ...(run === undefined ? {} : { run }),
    ...(files === undefined ? {} : { files }),
  });
  await it.until(() => it.controller.nodes.get('n1')?.online);
  return agent;
}

async function create(it: Jenkins, name: string, definition: string): Promise<void> {
  expect(
    (await it.post(`/createItem?name=${name}`, { body: definition, headers: xml })).status,
  ).toBe(200);
}

async function build(it: Jenkins, name: string, query = '?delay=0sec'): Promise<void> {
  const before = it.controller.builds.highest(name);
  expect((await it.post(`/job/${name}/build${query}`)).status).toBe(201);
  await it.until(() => it.controller.builds.highest(name) > before);
}

const finished = (it: Jenkins, name: string, number: number) => () =>
  it.controller.builds.get(name, number)?.result !== undefined;

const succeed: Run = ({ text }) => ({ output: `+ ${text}\n`, status: 0 });

test('a build runs its steps on the node with the label and prints what Jenkins prints', async () => {
  const it = await start();
  const agent = await agentOf(it, { run: succeed });
  await create(it, 'canary', jobXml({ shells: ['make', 'make test'] }));
  await build(it, 'canary');
  await it.until(finished(it, 'canary', 1));
  const { body } = await it.ask('/job/canary/1/consoleText', { headers: asAdmin });
  expect(body.replace(/jenkins\d+/g, 'jenkinsN').split('\n')).toEqual([
    'Started by user admin',
    'Running as SYSTEM',
    'Building remotely on n1 (build linux) in workspace /srv/agent/workspace/canary',
    '[canary] $ /bin/sh -xe /tmp/jenkinsN.sh',
    '+ make',
    '[canary] $ /bin/sh -xe /tmp/jenkinsN.sh',
    '+ make test',
    'Finished: SUCCESS',
    '',
  ]);
  expect(agent.asked[0]?.env).toMatchObject({
    BUILD_NUMBER: '1',
    BUILD_TAG: 'jenkins-canary-1',
    BUILD_URL: 'http://ci.example/ci/job/canary/1/',
    EXECUTOR_NUMBER: '0',
    JENKINS_URL: 'http://ci.example/ci/',
    JOB_NAME: 'canary',
    NODE_NAME: 'n1',
    WORKSPACE: '/srv/agent/workspace/canary',
  });
});

test('queue item, job and build tell the same story', async () => {
  const it = await start();
  const agent = await agentOf(it);
  await create(it, 'canary', jobXml());
  await build(it, 'canary');
  await it.until(() => agent.asked.length === 1);
  expect(await it.get('/queue/item/1/api/json')).toMatchObject({
    _class: 'hudson.model.Queue$LeftItem',
    executable: { number: 1, url: 'http://ci.example/ci/job/canary/1/' },
    why: null,
  });
  expect(await it.get('/job/canary/1/api/json')).toMatchObject({
    ...{ building: true, result: null, builtOn: 'n1', queueId: 1, fullDisplayName: 'canary #1' },
  });
  expect(await it.get('/computer/n1/api/json?depth=1')).toMatchObject({
    idle: false,
    executors: [{ number: 0, currentExecutable: { number: 1 } }],
  });
  await it.clock.advance(7000);
  agent.end(agent.asked[0]!.id, 0);
  await it.until(finished(it, 'canary', 1));
  expect(await it.get('/job/canary/lastSuccessfulBuild/api/json')).toMatchObject({
    ...{ building: false, result: 'SUCCESS', number: 1, duration: 7000 },
    actions: [{ causes: [{ shortDescription: 'Started by user admin' }] }],
  });
  expect(await it.get('/job/canary/api/json')).toMatchObject({
    ...{ color: 'blue', nextBuildNumber: 2, inQueue: false },
    builds: [{ number: 1 }],
    lastBuild: { number: 1, url: 'http://ci.example/ci/job/canary/1/' },
    lastFailedBuild: null,
  });
});

test('a step that fails ends the build, and the next step is not run', async () => {
  const it = await start();
  const agent = await agentOf(it, { run: () => ({ output: 'broken\n', status: 2 }) });
  await create(it, 'canary', jobXml({ shells: ['false', 'never'] }));
  await build(it, 'canary');
  await it.until(finished(it, 'canary', 1));
  const { body } = await it.ask('/job/canary/1/consoleText', { headers: asAdmin });
  expect(body).toContain(
    "broken\nBuild step 'Execute shell' marked build as failure\nFinished: FAILURE\n",
  );
  expect(agent.asked).toHaveLength(1);
  expect(await it.get('/job/canary/api/json?tree=color')).toMatchObject({ color: 'red' });
  expect(await it.get('/api/json?tree=jobs[builds[result]]')).toMatchObject({
    jobs: [{ builds: [{ result: 'FAILURE' }] }],
  });
});

test('an agent that is lost fails its build in the words of Jenkins', async () => {
  const it = await start();
  const agent = await agentOf(it);
  await create(it, 'canary', jobXml());
  await build(it, 'canary');
  await it.until(() => agent.asked.length === 1);
  agent.close();
  await it.until(finished(it, 'canary', 1));
  const { body } = await it.ask('/job/canary/1/consoleText', { headers: asAdmin });
  expect(body).toContain('FATAL: command execution failed\n');
  expect(body).toContain('hudson.remoting.ChannelClosedException: Channel');
  expect(body).toMatch(/Finished: FAILURE\n$/);
  expect(await it.get('/computer/n1/api/json')).toMatchObject({ offline: true });
});

test('the console is read while it grows', async () => {
  const it = await start();
  const agent = await agentOf(it);
  await create(it, 'canary', jobXml());
  await build(it, 'canary');
  await it.until(() => agent.asked.length === 1);
  const read = (from: string) =>
    it.ask(`/job/canary/1/logText/progressiveText?start=${from}`, { headers: asAdmin });
  const first = await read('0');
  expect(first.headers['x-more-data']).toBe('true');
  agent.output(agent.asked[0]!.id, 'half\n');
  await it.until(() =>
    it.controller.builds.log({ ...it.controller.builds.get('canary', 1)! }).includes('half'),
  );
  const second = await read(String(first.headers['x-text-size']));
  expect(second.body).toBe('half\n');
  agent.end(agent.asked[0]!.id, 0);
  await it.until(finished(it, 'canary', 1));
  const third = await read(String(second.headers['x-text-size']));
  expect([third.body, third.headers['x-more-data']]).toEqual(['Finished: SUCCESS\n', undefined]);
});

test('a build is stopped by hand: its script is killed and the result is ABORTED', async () => {
  const it = await start();
  const agent = await agentOf(it);
  await create(it, 'canary', jobXml());
  await build(it, 'canary');
  await it.until(() => agent.asked.length === 1);
  expect((await it.post('/job/canary/1/stop')).status).toBe(302);
  await it.until(() => agent.killed.length === 1);
  agent.end(agent.killed[0]!, 143);
  await it.until(finished(it, 'canary', 1));
  const { body } = await it.ask('/job/canary/1/consoleText', { headers: asAdmin });
  expect(body).toContain('Build was aborted\nAborted by admin\nFinished: ABORTED\n');
});

test('files that the pattern names are archived and can be fetched, others cannot', async () => {
  const it = await start();
  const files = { 'out/app': 'binary', 'out/deep/log.txt': 'log', '.git/config': 'no', 'x.c': 'c' };
  await agentOf(it, { run: succeed, files });
  await create(it, 'canary', jobXml({ publishers: archiver('out/**, .git/**') }));
  await build(it, 'canary');
  await it.until(finished(it, 'canary', 1));
  const { artifacts } = await it.get('/job/canary/1/api/json?tree=artifacts[relativePath]');
  expect(artifacts).toEqual([{ relativePath: 'out/app' }, { relativePath: 'out/deep/log.txt' }]);
  const fetch = (path: string) => it.ask(`/job/canary/1/artifact/${path}`, { headers: asAdmin });
  expect((await fetch('out/app')).body).toBe('binary');
  expect((await fetch('x.c')).status).toBe(404);
  expect((await fetch('..%2fbuild.xml')).status).toBe(404);
});

test('a pattern that matches nothing fails a build that was good', async () => {
  const it = await start();
  await agentOf(it, { run: succeed, files: {} });
  await create(it, 'canary', jobXml({ publishers: archiver('*.tar') }));
  await build(it, 'canary');
  await it.until(finished(it, 'canary', 1));
  const { body } = await it.ask('/job/canary/1/consoleText', { headers: asAdmin });
  expect(body).toContain(
    'Archiving artifacts\nERROR: Step ‘Archive the artifacts’ failed: No artifacts found that match the file pattern "*.tar". Configuration error?\nFinished: FAILURE\n',
  );
});

test('parameters are those that the job defines, with their defaults, in the environment', async () => {
  const it = await start();
  const agent = await agentOf(it, { run: succeed });
  await create(it, 'canary', jobXml({ properties: parameter('COLOR', 'red') }));
  expect((await it.post('/job/canary/build')).status).toBe(400);
  await it.post('/job/canary/buildWithParameters?delay=0sec&COLOR=blue&EVIL=1');
  await it.until(finished(it, 'canary', 1));
  await it.post('/job/canary/buildWithParameters?delay=0sec');
  await it.until(finished(it, 'canary', 2));
  expect(agent.asked.map(({ env }) => [env['COLOR'], env['EVIL']])).toEqual([
    ['blue', undefined],
    ['red', undefined],
  ]);
});

test('a step that this stand-in cannot run fails the build instead of being left out', async () => {
  const it = await start();
  await agentOf(it, { run: succeed });
  await create(it, 'git', jobXml().replace('hudson.scm.NullSCM', 'hudson.plugins.git.GitSCM'));
  await build(it, 'git');
  await it.until(finished(it, 'git', 1));
  const { body } = await it.ask('/job/git/1/consoleText', { headers: asAdmin });
  expect(body).toContain('but not hudson.plugins.git.GitSCM\nFinished: FAILURE');
});

test('a job keeps as many builds as it says, or as the controller says for those that do not', async () => {
  const rules = `buildDiscarders: { configuredBuildDiscarders: [jobBuildDiscarder, { defaultBuildDiscarder: { discarder: { logRotator: { numToKeepStr: "1" } } } }] }`;
  const it = await start(withNode.replace('unclassified: {', `unclassified: { ${rules},`));
  await agentOf(it, { run: succeed });
  await create(it, 'own', jobXml({ properties: keeping(2) }));
  await create(it, 'default', jobXml());
  for (const name of ['own', 'default']) {
    for (const number of [1, 2, 3]) {
      await build(it, name);
      await it.until(finished(it, name, number));
    }
  }
  const kept = (name: string) => readdirSync(join(it.home, 'jobs', name, 'builds')).sort();
  await it.until(() => kept('default').length === 1);
  expect([kept('own'), kept('default')]).toEqual([['2', '3'], ['3']]);
});

test('builds, logs, files and numbers are still there after a restart', async () => {
  const before = await start();
  await agentOf(before, { run: succeed, files: { app: 'binary' } });
  await create(before, 'canary', jobXml({ publishers: archiver('app') }));
  await build(before, 'canary');
  await before.until(finished(before, 'canary', 1));
  const shown = await before.get('/job/canary/1/api/json');
  await before.kill();
  const after = await start(withNode, before.home);
  expect(await after.get('/job/canary/1/api/json')).toEqual({ ...shown });
  expect((await after.ask('/job/canary/1/artifact/app', { headers: asAdmin })).body).toBe('binary');
  await agentOf(after, { run: succeed });
  await build(after, 'canary');
  await after.until(finished(after, 'canary', 2));
});

test('a build that ran when the controller died is a failure, and its number is not given again', async () => {
  const before = await start();
  const agent = await agentOf(before);
  await create(before, 'canary', jobXml());
  await build(before, 'canary');
  await before.until(() => agent.asked.length === 1);
  // Read before the end: a kill leaves no time to write anything.
  const record = join(before.home, 'jobs/canary/builds/1/build.xml');
  const atDeath = readFileSync(record, 'utf8');
  await before.kill();
  await before.until(finished(before, 'canary', 1));
  writeFileSync(record, atDeath);
  const after = await start(withNode, before.home);
  expect(await after.get('/job/canary/1/api/json')).toMatchObject({
    ...{ building: false, result: 'FAILURE' },
  });
  await agentOf(after, { run: succeed });
  await build(after, 'canary');
  await after.until(finished(after, 'canary', 2));
});

test('numbers go on even if the counter was lost', async () => {
  const before = await start();
  await agentOf(before, { run: succeed });
  await create(before, 'canary', jobXml());
  await build(before, 'canary');
  await before.until(finished(before, 'canary', 1));
  rmSync(join(before.home, 'jobs/canary/nextBuildNumber'));
  await build(before, 'canary');
  await before.until(finished(before, 'canary', 2));
});

test('a deleted build and a deleted job leave nothing behind, even while they run', async () => {
  const it = await start();
  const agent = await agentOf(it);
  await create(it, 'canary', jobXml());
  await build(it, 'canary');
  await it.until(() => agent.asked.length === 1);
  await it.post('/job/canary/doDelete');
  await it.until(() => agent.killed.length === 1);
  agent.output(agent.killed[0]!, 'late\n');
  agent.end(agent.killed[0]!, 143);
  await it.until(() => it.controller.nodes.get('n1')?.busy === 0);
  expect(existsSync(join(it.home, 'jobs/canary'))).toBe(false);
});

test('a second build of a job waits for the first, unless the job allows both at once', async () => {
  const two = withNode.replace('launcher: inbound', 'numExecutors: 2, launcher: inbound');
  const it = await start(two);
  const agent = await agentOf(it);
  await create(it, 'one', jobXml({ properties: parameter('N', '') }));
  for (const n of [1, 2]) await it.post(`/job/one/buildWithParameters?delay=0sec&N=${n}`);
  await it.until(() => agent.asked.length === 1);
  expect(await it.get('/queue/api/json?tree=items[why,blocked]')).toMatchObject({
    items: [{ why: 'Build #1 is already in progress', blocked: true }],
  });
  agent.end(agent.asked[0]!.id, 0);
  await it.until(() => agent.asked.length === 2);
  agent.end(agent.asked[1]!.id, 0);
  await it.until(finished(it, 'one', 2));
  const both = jobXml({
    properties: parameter('N', ''),
    more: '<concurrentBuild>true</concurrentBuild>',
  });
  await create(it, 'both', both);
  for (const n of [1, 2]) await it.post(`/job/both/buildWithParameters?delay=0sec&N=${n}`);
  await it.until(() => agent.asked.length === 4);
  expect(agent.asked.slice(2).map(({ workspace }) => workspace)).toEqual([
    '/srv/agent/workspace/both',
    '/srv/agent/workspace/both@2',
  ]);
});
