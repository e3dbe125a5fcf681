import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { leaderFilter } from '../../src/marathon/api/leader-filter.ts';
import { startLeading } from '../../src/marathon/leadership.ts';
import { parseOptions } from '../../src/marathon/options.ts';
import { call, openStream } from '../../src/shared/http-client.ts';
import { serve, type Handler, type HttpServer } from '../../src/shared/http.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { jenkinsApp } from './support/jenkins-app.ts';
import { ScriptedMaster } from './support/scripted-master.ts';
import { MemoryStore, recordedOffers } from './support/world.ts';

/** A leader and a standby on loopback, subscribed through a redirect to a scripted master. */
let master: ScriptedMaster;
let standbyMaster: ScriptedMaster;
let servers: HttpServer[];
let leader: string;
let standby: string;
let ticks: (() => void)[];
let crashes: string[];
let handler: Handler | undefined;
let store: MemoryStore;

beforeEach(async () => {
  [master, standbyMaster, store] = [new ScriptedMaster(), new ScriptedMaster(), new MemoryStore()];
  [ticks, crashes, servers, handler] = [[], [], [], undefined];
  standbyMaster.redirectTo = await master.listen();
  await listen();
  await lead(await standbyMaster.listen());
});

afterEach(async () => {
  master.close();
  standbyMaster.close();
  await Promise.all(servers.map((server) => server.close()));
});

async function listen(): Promise<void> {
  const timeouts = { connectTimeoutMs: 1000, readTimeoutMs: 1000, pauseMs: 1 };
  const know = () => (handler === undefined ? undefined : leader);
  const filters = [() => handler, () => undefined].map((ownHandler, index): Handler => {
    const filter = (request: Parameters<Handler>[0]) => {
      const self = index === 0 ? leader : standby;
      return leaderFilter({ self, ownHandler, leader: know, ...timeouts })(request);
    };
    return filter;
  });
  servers = await Promise.all(
    filters.map((filter) => serve({ host: '127.0.0.1', port: 0 }, filter)),
  );
  [leader = '', standby = ''] = servers.map(({ port }) => `127.0.0.1:${port}`);
}

async function lead(masterAddress: string): Promise<void> {
  const clock: Clock = {
    now: () => 1_000_000,
    after: () => () => undefined,
    every: (_, callback) => {
      ticks.push(callback);
      return () => undefined;
    },
  };
  handler = await startLeading({
    options: parseOptions({
      argv: ['--master', masterAddress, '--hostname', '127.0.0.1'],
      env: {},
      hostname: 'h',
      user: 'root',
    }),
    store,
    self: leader,
    log: { info: ignore, warning: ignore, error: ignore },
    crash: (reason) => crashes.push(reason),
    abdicate: () => crashes.push('abdicated'),
    atOnce: ignore,
    clock,
  });
  await vi.waitFor(() => {
    expect(master.types()).toContain('SUPPRESS');
  });
}

function ignore(): void {
  // Looked at through calls and answers only.
}

const get = (host: string, path: string) => call(`http://${host}${path}`);

function runTask(taskId: string): void {
  const agent_id = recordedOffers[0]!.agent_id;
  const status = { task_id: { value: taskId }, state: 'TASK_RUNNING', agent_id, uuid: 'dQ==' };
  master.say({ type: 'UPDATE', update: { status } });
}

async function launched(): Promise<Record<string, unknown> & { task_id: { value: string } }> {
  master.say({ type: 'OFFERS', offers: { offers: recordedOffers } });
  return vi.waitFor(() => {
    const accept = master.last('ACCEPT')?.body['accept'] as
      { operations: { launch: { task_infos: never[] } }[] } | undefined;
    const task = accept?.operations[0]?.launch.task_infos[0];
    expect(task).toBeDefined();
    return task!;
  });
}

test('the leader follows the redirect of a standby master and sends its stream id with every call', () => {
  expect(standbyMaster.types()).toEqual(['SUBSCRIBE']);
  expect(master.types()).toEqual(['SUBSCRIBE', 'RECONCILE', 'SUPPRESS']);
  expect(master.last('SUPPRESS')).toMatchObject({
    streamId: 'stream-1',
    body: { framework_id: { value: 'framework-1' } },
  });
  expect(master.last('SUBSCRIBE')?.body).toMatchObject({
    subscribe: {
      framework_info: { name: 'marathon', checkpoint: true, failover_timeout: 604_800 },
    },
  });
});

test('a subscription that came about by a redirect is kept', async () => {
  for (let i = 0; i < 3; i += 1) {
    for (const tick of ticks) tick();
    // A round trip, in which a dropped stream would be noticed and renewed.
    await get(leader, '/ping');
  }
  expect(standbyMaster.types()).toEqual(['SUBSCRIBE']);
});

test('the event stream tells of a deployment', async () => {
  const heard: string[] = [];
  const stream = await openStream(
    `http://${leader}/v2/events?event_type=deployment_info`,
    {},
    { onChunk: (chunk) => heard.push(chunk.toString()), onEnd: ignore },
  );
  expect(stream.headers['content-type']).toContain('text/event-stream');
  await call(`http://${leader}/v2/apps`, { body: jenkinsApp });
  await vi.waitFor(() => {
    expect(heard.join('')).toContain('event: deployment_info\r\ndata: {"eventType":');
  });
  expect(heard.join('')).not.toContain('event_stream_attached');
  stream.close();
});

test('HEAD is answered like GET', async () => {
  const answer = await call(`http://${leader}/ping`, { method: 'HEAD' });
  expect(answer).toMatchObject({ status: 200, body: '' });
});

test('an app posted to the standby is launched as a Docker task and shown as running', async () => {
  const posted = await call(`http://${standby}/v2/apps`, { body: jenkinsApp });
  expect(posted.status).toBe(201);
  expect(posted.headers['x-marathon-via']).toBe(`1.1 ${standby}`);

  const task = await launched();
  expect(task).toMatchObject({
    name: 'jenkins.ci',
    command: { shell: false },
    container: {
      type: 'DOCKER',
      docker: { image: 'registry.example/jenkins:1', network: 'HOST' },
      volumes: [{ container_path: '/var/jenkins_home', host_path: '/srv/jenkins', mode: 'RW' }],
    },
    kill_policy: { grace_period: { nanoseconds: 60_000_000_000 } },
  });
  const { environment } = task['command'] as {
    environment: { variables: { name: string; value: string }[] };
  };
  const env = Object.fromEntries(environment.variables.map(({ name, value }) => [name, value]));
  expect(env).toMatchObject({
    HOST: 'docker4.local',
    PORT0: '32001',
    PORTS: '32001,32002',
    PORT_AGENT: '32002',
    MARATHON_APP_ID: '/ci/jenkins',
    MESOS_TASK_ID: task.task_id.value,
    MARATHON_APP_LABEL_MARATHON_SINGLE_INSTANCE_APP: 'true',
  });

  runTask(task.task_id.value);
  await vi.waitFor(async () => {
    const { body } = await get(leader, '/v2/apps/ci/jenkins');
    const { app } = JSON.parse(body) as { app: Record<string, unknown> };
    expect(app).toMatchObject({
      tasksRunning: 1,
      deployments: [],
      tasks: [{ host: 'docker4.local', state: 'TASK_RUNNING', ports: [32001, 32002] }],
    });
  });
  await vi.waitFor(() => {
    expect(master.last('ACKNOWLEDGE')?.body['acknowledge']).toMatchObject({ uuid: 'dQ==' });
  });
});

test('answers name the leader, and say so where they were forwarded', async () => {
  const [own, forwarded] = await Promise.all([get(leader, '/ping'), get(standby, '/ping')]);
  expect([own.body, forwarded.body]).toEqual(['pong', 'pong']);
  expect(own.headers['x-marathon-via']).toBeUndefined();
  expect(forwarded.headers['x-marathon-leader']).toBe(`http://${leader}`);
});

test('event streams are redirected to the leader', async () => {
  const { status, headers } = await get(standby, '/v2/events?event_type=deployment_info');
  expect(status).toBe(302);
  expect(headers.location).toBe(`http://${leader}/v2/events?event_type=deployment_info`);
});

test('without a leader everything is 502', async () => {
  handler = undefined;
  expect(await get(standby, '/ping')).toMatchObject({
    status: 502,
    body: 'Could not determine the current leader',
  });
});

test('a leader that does not listen any more is 502 too', async () => {
  await servers[0]!.close();
  expect(await get(standby, '/ping')).toMatchObject({
    status: 502,
    body: 'Connection to leader refused.',
  });
});

test.each([
  ['GET', '/v2/apps/nope', undefined, 404, "App '/nope' does not exist"],
  ['POST', '/v2/apps', '{"id":', 400, 'Invalid JSON'],
  ['POST', '/v2/apps', '{"id":"/a","cmd":"x","cpus":-1}', 422, 'Object is not valid'],
  ['DELETE', '/v2/apps/nope', undefined, 404, "App '/nope' does not exist"],
  ['DELETE', '/v2/deployments/nope', undefined, 404, 'DeploymentPlan nope does not exist'],
])('%s %s %s is %i', async (method, path, body, status, message) => {
  const answer = await call(`http://${leader}${path}`, { method, body });
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ message });
});

test('an app that exists, and one that is being deployed, are refused with 409', async () => {
  await call(`http://${leader}/v2/apps`, { body: jenkinsApp });
  const again = await call(`http://${leader}/v2/apps`, { body: jenkinsApp });
  expect(again.status).toBe(409);
  expect(again.body).toContain('An app with id [/ci/jenkins] already exists.');
  const change = { method: 'PUT', body: { mem: 128 } };
  const locked = await call(`http://${leader}/v2/apps/ci/jenkins`, change);
  expect(locked.status).toBe(409);
  expect(locked.body).toContain('App is locked by one or more deployments.');
  const forced = await call(`http://${leader}/v2/apps/ci/jenkins?force=true`, change);
  expect(forced.status).toBe(200);
});

test('DELETE /v2/leader answers and ends the leadership', async () => {
  const answer = await call(`http://${standby}/v2/leader`, { method: 'DELETE' });
  expect(answer).toMatchObject({ status: 200, body: '{"message":"Leadership abdicated"}' });
  expect(crashes).toEqual(['abdicated']);
});

test('a framework that Mesos has removed ends the process with its own code', async () => {
  master.say({ type: 'ERROR', error: { message: 'Framework has been removed' } });
  await vi.waitFor(() => {
    expect(crashes).toEqual(['frameworkRemoved']);
  });
});

test('a broken stream is renewed with the same framework id in both places', async () => {
  const before = standbyMaster.received.length;
  master.hangUp();
  await vi.waitFor(() => {
    for (const tick of ticks) tick();
    expect(standbyMaster.received.length).toBeGreaterThan(before);
  });
  expect(standbyMaster.received.at(-1)?.body).toMatchObject({
    framework_id: { value: 'framework-1' },
    subscribe: { framework_info: { id: { value: 'framework-1' } } },
  });
});
