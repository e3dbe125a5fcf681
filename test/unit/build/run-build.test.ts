import { expect, test } from 'vitest';
import { runBuild } from '../../../src/build/run-build.ts';
import { ClusterError } from '../../../src/errors.ts';
import { adminPassword } from '../../support/cluster-file.ts';
import { agentImage, buildWorld, leader, serviceOf } from '../../support/build-world.ts';
import type { FakeService } from '../../support/fake-host.ts';
import { sightOf } from '../../support/sight.ts';

test('a build that succeeds tells its number, its build agent and what it left', async () => {
  const { request } = await buildWorld();
  const { record, error } = await runBuild(request);
  expect(error).toBeUndefined();
  expect(record).toMatchObject({
    ...{ controller: 'main', label: 'build', job: 'ci-cluster-canary-build', number: 1 },
    ...{ result: 'SUCCESS', buildAgent: 'jenkins-agent-build-1f', host: 'a1', reused: false },
    artifacts: ['out/app.tar'],
    console: ['Started by user admin', '+ make test', 'Finished: SUCCESS'],
  });
});

test('its moments are counted from when it was asked for, by one clock, in order', async () => {
  const { request } = await buildWorld();
  const { record } = await runBuild(request);
  const moments = { queued: 0, launched: 1000, online: 5000, started: 6000, finished: 9000 };
  expect(record.moments).toEqual(moments);
});

test('a build that is over at the first look began as long before as it took', async () => {
  const course = { launchedMs: 100, onlineMs: 200, startedMs: 300, finishedMs: 400 };
  const { request } = await buildWorld({ course });
  const { record } = await runBuild(request);
  expect(record.moments).toMatchObject({ started: 500, finished: 500 });
  const slow = await buildWorld({ course: { ...course, startedMs: 600, finishedMs: 900 } });
  expect((await runBuild(slow.request)).record.moments).toMatchObject({
    ...{ online: 500, started: 700, finished: 1000 },
  });
});

test('progress tells each moment once, what Jenkins waits for, and the console', async () => {
  const { request, events } = await buildWorld();
  await runBuild(request);
  const told = events.map((event) => ('moment' in event ? event.moment : event.kind));
  expect(told.filter((one, index) => one !== told[index - 1])).toEqual([
    ...['queued', 'build-waiting', 'launched', 'build-waiting', 'online', 'build-waiting'],
    ...['started', 'console', 'finished'],
  ]);
  expect(events.filter(({ kind }) => kind === 'console')).toMatchObject([
    { lines: ['Started by user admin'] },
    { lines: ['+ make test', 'Finished: SUCCESS'] },
  ]);
});

test('a build agent that was there already is told as such, without a launch', async () => {
  const world = await buildWorld();
  world.jenkins.idleAgents = ['jenkins-agent-build-old'];
  const { record } = await runBuild(world.request);
  expect(record).toMatchObject({ buildAgent: 'jenkins-agent-build-old', reused: true });
  expect(Object.keys(record.moments)).toEqual(['queued', 'started', 'finished']);
});

test('the job is made once and written again only when it differs', async () => {
  const { request, jenkins } = await buildWorld();
  await runBuild(request);
  await runBuild(request);
  expect(jenkins.log).toEqual([
    'POST /createItem?name=ci-cluster-canary-build',
    'POST /job/ci-cluster-canary-build/build?delay=0sec',
    'POST /job/ci-cluster-canary-build/build?delay=0sec',
  ]);
  jenkins.jobs.set('ci-cluster-canary-build', '<project/>');
  await runBuild(request);
  expect(jenkins.log.slice(3)).toEqual([
    'POST /job/ci-cluster-canary-build/config.xml',
    'POST /job/ci-cluster-canary-build/build?delay=0sec',
  ]);
});

test('a crumb whose session has ended is replaced by a fresh one', async () => {
  const world = await buildWorld();
  const { answers } = world.jenkins;
  let posts = 0;
  world.jenkins.answers = (request) => {
    // Between the first and the second POST the controller restarts.
    if (request.method === 'POST' && ++posts === 2) world.jenkins.restart();
    return answers(request);
  };
  expect((await runBuild(world.request)).record.result).toBe('SUCCESS');
});

test('an item that was forgotten already is found by the number that its build bears', async () => {
  const world = await buildWorld();
  world.jenkins.forgetful = true;
  expect((await runBuild(world.request)).record).toMatchObject({ number: 1, result: 'SUCCESS' });
});

test('a gateway that does not lead to the controller is passed by', async () => {
  const { request } = await buildWorld({
    services: { 'a1/8081': { http: () => ({ status: 503 }) } },
  });
  expect((await runBuild(request)).error).toBeUndefined();
});

test('another Mesos master may lead while the build waits', async () => {
  const world = await buildWorld();
  const isFirst = () => world.clock.now() < 700;
  const standby = { status: 307 };
  const master = (leads: () => boolean): FakeService => ({
    http: (request) => (leads() ? leader(world.pool).http!(request) : standby),
  });
  const services = {
    ...{ 'm1:5050': master(isFirst), 'm2:5050': master(() => !isFirst()) },
    ...{ 'a1/8081': serviceOf(world.jenkins), 'a2/8081': serviceOf(world.jenkins) },
  };
  const { spec } = world;
  const sight = await sightOf(services, { spec });
  const { record } = await runBuild({ ...world.request, sight });
  expect(record).toMatchObject({ host: 'a1', moments: { launched: 1000 } });
});

test.each(['UNSTABLE', 'FAILURE', 'ABORTED'])('%s is no success', async (result) => {
  const { request } = await buildWorld({ course: { result } });
  const { error, record } = await runBuild(request);
  expect(record.result).toBe(result);
  expect(error).toMatchObject({
    code: 'BUILD_FAILED',
    message: `main: build 1 of ci-cluster-canary-build ended with ${result}`,
    evidence: ['Started by user admin', '+ make test', 'Finished: SUCCESS'],
  });
  expect(error?.remedy).toContain('/job/ci-cluster-canary-build/1/console');
});

test('a wrong password is told with where it came from, never with itself', async () => {
  const world = await buildWorld();
  world.jenkins.password = 'changed by hand';
  const { error } = await runBuild(world.request);
  expect(error?.code).toBe('JENKINS_LOGIN_REFUSED');
  expect(error?.message).toContain('environment variable ADMIN_PASSWORD');
  expect(JSON.stringify([error, error?.message, error?.stack])).not.toContain(adminPassword);
});

test('a controller that prepares for shutdown is not asked for a build', async () => {
  const world = await buildWorld();
  world.jenkins.quietingDown = true;
  expect((await runBuild(world.request)).error?.code).toBe('QUIETING_DOWN');
  expect(world.jenkins.log).toEqual([]);
});

test('a controller behind no gateway is down', async () => {
  const closed = { http: () => ({ status: 503 }) };
  const { request } = await buildWorld({ services: { 'a1/8081': closed, 'a2/8081': closed } });
  expect((await runBuild(request)).error).toMatchObject({
    ...{ code: 'CONTROLLER_DOWN', evidence: ['answers 503'] },
  });
});

test('a job that Jenkins does not take is told with its reason', async () => {
  const world = await buildWorld();
  const { answers } = world.jenkins;
  world.jenkins.answers = (request) =>
    request.path.startsWith('/createItem')
      ? { status: 400, headers: { 'x-error': 'no%20such%20type' } }
      : answers(request);
  expect((await runBuild(world.request)).error).toMatchObject({
    code: 'JENKINS_REFUSED',
    evidence: ['Jenkins answers 400, no such type'],
  });
});

const never = Number.POSITIVE_INFINITY;
const stuck = { launchedMs: never, onlineMs: never, startedMs: never, finishedMs: never };

test('a build that nobody offers room to says so after its bound, and leaves the queue', async () => {
  const full = { id: 'S1', hostname: '10.0.0.101', cpus: 4, mem: 6500, usedCpus: 3.9 };
  const { request, jenkins } = await buildWorld({ course: stuck, pool: { agents: [full] } });
  const { error, record } = await runBuild(request);
  expect(error?.code).toBe('BUILD_NOT_OFFERED');
  expect(error?.message).toMatch(/no Mesos agent has room .*; queue item 17 was cancelled$/);
  expect(error?.evidence[1]).toMatch(/^a1 +0.1 of 4 +6500 of 6500 +0.9 CPUs short$/);
  expect(jenkins.log.at(-1)).toBe('POST /queue/cancelItem?id=17');
  expect(record.moments).toEqual({ queued: 0 });
});

test('three build agents that ended before they were online end the wait at once', async () => {
  const why = {
    reason: 'REASON_CONTAINER_LAUNCH_FAILED',
    message: `docker pull ${agentImage}: not found`,
  };
  const failures = [2000, 4000, 6000].map((atMs) => ({ atMs, ...why }));
  const { request, clock } = await buildWorld({
    course: { ...stuck, failures },
    timeoutMs: 900_000,
  });
  const { error } = await runBuild(request);
  expect(error).toMatchObject({ code: 'BUILD_AGENT_NOT_ONLINE' });
  expect(error?.evidence).toContain('TASK_FAILED REASON_CONTAINER_LAUNCH_FAILED');
  expect(error?.evidence).toContain(why.message);
  expect(clock.now()).toBeLessThan(10_000);
});

test('a build that runs too long is stopped', async () => {
  const { request, jenkins } = await buildWorld({ course: { finishedMs: never } });
  const { error, record } = await runBuild(request);
  expect(error).toMatchObject({ code: 'BUILD_NOT_FINISHED', evidence: ['Started by user admin'] });
  expect(error?.message).toMatch(
    /still runs after 60 s; build 1 of ci-cluster-canary-build was stopped$/,
  );
  expect(jenkins.builds[0]?.stopped).toBe(true);
  expect(record.result).toBeUndefined();
});

async function interruptedAt(ms: number) {
  const world = await buildWorld();
  const sleep = world.clock.sleep.bind(world.clock);
  world.clock.sleep = async (by, signal) => {
    if (world.clock.now() >= ms) world.interruption.abort();
    await sleep(by, signal);
  };
  const thrown: unknown = await runBuild(world.request).catch((error: unknown) => error);
  return { ...world, error: thrown as ClusterError };
}

test('Ctrl-C while the build waits takes it out of the queue, and says so', async () => {
  const { error, jenkins } = await interruptedAt(2000);
  expect(error).toBeInstanceOf(ClusterError);
  expect(error.code).toBe('INTERRUPTED');
  expect(error.message).toContain('queue item 17 was cancelled');
  expect(jenkins.builds[0]?.cancelled).toBe(true);
});

test('Ctrl-C while the build runs stops it, and says so', async () => {
  const { error, jenkins } = await interruptedAt(7000);
  expect(error.message).toContain('build 1 of ci-cluster-canary-build was stopped');
  expect(jenkins.builds[0]?.stopped).toBe(true);
});

test('an item that starts while it is being cancelled is stopped as a build', async () => {
  const world = await buildWorld({ timeoutMs: 5500 });
  const { answers } = world.jenkins;
  world.jenkins.answers = (request) => {
    if (request.path.startsWith('/queue/cancelItem')) world.clock.advance(1000);
    return answers(request);
  };
  const { error } = await runBuild(world.request);
  expect(error?.message).toContain('build 1 of ci-cluster-canary-build was stopped');
  expect(world.jenkins.builds[0]).toMatchObject({ cancelled: false, stopped: true });
});

test('no request bears the password in its path, headers or body', async () => {
  const world = await buildWorld();
  const { answers } = world.jenkins;
  const seen: unknown[] = [];
  world.jenkins.answers = (request) => {
    seen.push(request);
    return answers(request);
  };
  await runBuild({ ...world.request });
  expect(seen.length).toBeGreaterThan(10);
  expect(JSON.stringify([seen, world.events])).not.toContain(adminPassword);
});

test('what Jenkins answers with is asked again through another gateway after a loss', async () => {
  const world = await buildWorld();
  const { answers } = world.jenkins;
  let asked = 0;
  const flaky = {
    http: (request: Parameters<typeof answers>[0]) => {
      asked += 1;
      if (asked > 4) return { failure: 'timeout', detail: '' } as const;
      return answers(request);
    },
  };
  const { request } = await buildWorld({
    services: { 'a1/8081': flaky, 'a2/8081': serviceOf(world.jenkins) },
  });
  const { error } = await runBuild({ ...request, ports: world.request.ports });
  expect(error).toBeUndefined();
});
