import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { call, openStream } from '../../src/shared/http-client.ts';
import { jenkinsApp } from './support/jenkins-app.ts';
import { startLeader, type Leader } from './support/leader.ts';
import { ScriptedMaster } from './support/scripted-master.ts';
import { MemoryStore, recordedOffers } from './support/world.ts';

let master: ScriptedMaster;
let leader: Leader;

beforeEach(async () => {
  master = new ScriptedMaster();
  leader = await startLeader({ master: await master.listen() });
  await vi.waitFor(() => {
    expect(master.types()).toContain('SUPPRESS');
  });
});

afterEach(async () => {
  await leader.close();
  master.close();
});

async function ask(method: string, path: string, body?: unknown) {
  const answer = await call(`http://${leader.address}${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
  });
  const json: unknown =
    answer.body.startsWith('{') || answer.body.startsWith('[')
      ? JSON.parse(answer.body)
      : answer.body;
  return { status: answer.status, json, headers: answer.headers };
}

const get = (path: string) => ask('GET', path);
const agentApp = { id: '/ci/agents', cmd: 'x', cpus: 0.1, mem: 32 };

test('info has every field of 1.10, and no password', async () => {
  const { json } = await get('/v2/info');
  expect(json).toMatchObject({
    name: 'marathon',
    version: '1.10.26',
    elected: true,
    leader: leader.address,
    frameworkId: 'framework-1',
  });
  const info = json as Record<string, Record<string, unknown>>;
  expect(Object.keys(info['marathon_config'] ?? {}).sort()).toEqual(
    [
      ...['checkpoint', 'executor', 'failover_timeout', 'features', 'framework_name', 'ha'],
      ...['hostname', 'leader_proxy_connection_timeout_ms', 'leader_proxy_read_timeout_ms'],
      ...['local_port_max', 'local_port_min', 'master', 'mesos_leader_ui_url', 'mesos_role'],
      ...['mesos_user', 'reconciliation_initial_delay', 'reconciliation_interval'],
      ...['task_launch_timeout', 'task_reservation_timeout', 'webui_url'],
    ].sort(),
  );
  expect(info['zookeeper_config']).toHaveProperty('zk_max_versions', 50);
  expect(info['http_config']).toEqual({ http_port: 8080, https_port: 8443 });
});

test('every version of an app can be asked for', async () => {
  await ask('POST', '/v2/apps', agentApp);
  const { json } = await ask('PUT', '/v2/apps/ci/agents?force=true', { instances: 3 });
  const { version } = json as { version: string };
  const list = await get('/v2/apps/ci/agents/versions');
  const { versions } = list.json as { versions: string[] };
  expect(versions).toHaveLength(2);
  expect(versions[0]).toBe(version);
  const oldest = await get(`/v2/apps/ci/agents/versions/${versions[1]!}`);
  expect(oldest.json).toMatchObject({ instances: 1 });
  const missing = await get('/v2/apps/ci/agents/versions/2020-01-01T00:00:00.000Z');
  expect(missing.status).toBe(404);
});

test('groups are made, shown, changed and removed', async () => {
  const body = { id: '/team', apps: [{ ...agentApp, id: 'a' }], groups: [{ id: 'inner' }] };
  const made = await ask('POST', '/v2/groups', body);
  expect(made).toMatchObject({ status: 201, json: { deploymentId: expect.any(String) as string } });
  expect(made.headers.location).toBe('/v2/groups/team');
  expect((await get('/v2/groups/team')).json).toMatchObject({
    id: '/team',
    apps: [{ id: '/team/a' }],
    groups: [{ id: '/team/inner', apps: [], groups: [] }],
  });
  expect((await get('/v2/groups')).json).toMatchObject({ id: '/', groups: [{ id: '/team' }] });
  expect((await get('/v2/groups/team/apps')).json).toMatchObject({ apps: [{ id: '/team/a' }] });
  const again = await ask('POST', '/v2/groups', body);
  expect(again.status).toBe(409);
  const locked = await ask('PUT', '/v2/groups/team', { apps: [] });
  expect(locked.status).toBe(409);
  const changed = await ask('PUT', '/v2/groups/team?force=true', { apps: [] });
  expect(changed.status).toBe(200);
  expect((await get('/v2/apps')).json).toEqual({ apps: [] });
  expect((await ask('DELETE', '/v2/groups/team?force=true')).status).toBe(200);
  expect((await get('/v2/groups/team')).status).toBe(404);
});

test('why nothing starts is told with the offers that did not do, and the delay can be taken away', async () => {
  await ask('POST', '/v2/apps', { ...agentApp, cpus: 64 });
  master.say({ type: 'OFFERS', offers: { offers: recordedOffers } });
  await vi.waitFor(async () => {
    const { json } = await get('/v2/queue?embed=lastUnusedOffers');
    expect(json).toMatchObject({
      queue: [
        {
          count: 1,
          role: '*',
          processedOffersSummary: { processedOffersCount: 2, unusedOffersCount: 2 },
          lastUnusedOffers: [
            { offer: { hostname: 'docker4.local' }, reason: ['InsufficientCpus'] },
            { offer: { hostname: 'agent3.local' }, reason: ['InsufficientCpus'] },
          ],
        },
      ],
    });
  });
  expect((await ask('DELETE', '/v2/queue/ci/agents/delay')).status).toBe(204);
  expect((await ask('DELETE', '/v2/queue/nope/delay')).status).toBe(404);
});

test('a deployment that cannot go on is undone, or only forgotten', async () => {
  await ask('POST', '/v2/apps', { ...agentApp, cpus: 64 });
  const { json } = await get('/v2/deployments');
  const [{ id } = { id: '' }] = json as { id: string }[];
  const undone = await ask('DELETE', `/v2/deployments/${id}`);
  expect(undone).toMatchObject({ status: 200, json: { version: expect.any(String) as string } });
  expect((await get('/v2/apps')).json).toEqual({ apps: [] });

  const second = await ask('PUT', '/v2/apps/ci/agents', { ...agentApp, cpus: 64 });
  const { deploymentId } = second.json as { deploymentId: string };
  expect((await ask('DELETE', `/v2/deployments/${deploymentId}?force=true`)).status).toBe(202);
  expect((await get('/v2/deployments')).json).toEqual([]);
  expect((await get('/v2/apps')).json).toMatchObject({ apps: [{ id: '/ci/agents' }] });
});

test('metrics count what comes and goes', async () => {
  await ask('POST', '/v2/apps', jenkinsApp);
  master.say({ type: 'OFFERS', offers: { offers: recordedOffers } });
  await vi.waitFor(async () => {
    expect((await get('/metrics')).json).toMatchObject({
      gauges: {
        'marathon.apps.active.gauge': { value: 1 },
        'marathon.groups.active.gauge': { value: 1 },
        'marathon.instances.staged.gauge': { value: 1 },
      },
      counters: {
        'marathon.deployments.counter': { count: 1 },
        'marathon.mesos.offers.incoming.counter': { count: 2 },
        'marathon.mesos.offers.used.counter': { count: 1 },
        'marathon.tasks.launched.counter': { count: 1 },
      },
    });
  });
  expect((await get('/metrics/prometheus')).status).toBe(404);
});

test('logger levels are shown and changed', async () => {
  const change = { logger: 'mesosphere.marathon', level: 'debug' };
  expect(await ask('POST', '/logging', change)).toMatchObject({ status: 200, json: change });
  expect((await get('/logging')).json).toEqual({ ROOT: 'INFO', 'mesosphere.marathon': 'DEBUG' });
  expect((await ask('POST', '/logging', {})).status).toBe(422);
});

test.each([
  ['GET', '/v2/pods', undefined, 200, []],
  ['POST', '/v2/pods', { id: '/p' }, 501, { message: /no pods/ }],
  ['PUT', '/v2/pods/p', { id: '/p' }, 501, { message: /no pods/ }],
  ['PUT', '/v2/groups/g?dryRun=true', {}, 501, { message: /no dry runs/ }],
  ['DELETE', '/v2/leader?backup=file:///tmp/b', undefined, 501, { message: /no backups/ }],
])('%s %s %j is %i', async (method, path, body, status, answer) => {
  const { status: actual, json } = await ask(method, path, body);
  expect(actual).toBe(status);
  if (Array.isArray(answer)) expect(json).toEqual(answer);
  else expect((json as { message: string }).message).toMatch(answer.message);
});

test('the event stream tells the life of a task', async () => {
  const heard: string[] = [];
  const stream = await openStream(
    `http://${leader.address}/v2/events`,
    {},
    { onChunk: (chunk) => heard.push(chunk.toString()), onEnd: () => undefined },
  );
  await ask('POST', '/v2/apps', { ...jenkinsApp, healthChecks: [{ protocol: 'MESOS_TCP' }] });
  master.say({ type: 'OFFERS', offers: { offers: recordedOffers } });
  const taskId = await vi.waitFor(async () => {
    const { json } = await get('/v2/tasks');
    const [task] = (json as { tasks: { id: string }[] }).tasks;
    return task!.id;
  });
  const agent_id = recordedOffers[0]!.agent_id;
  const status = { task_id: { value: taskId }, agent_id, uuid: 'dQ==', healthy: true };
  master.say({ type: 'UPDATE', update: { status: { ...status, state: 'TASK_RUNNING' } } });
  const message = { agent_id, executor_id: { value: taskId }, data: 'aGk=' };
  master.say({ type: 'MESSAGE', message });
  master.say({ type: 'UPDATE', update: { status: { ...status, state: 'TASK_FINISHED' } } });
  const kinds = () => (heard.join('').match(/(?<=event: )\w+/g) ?? []).sort();
  await vi.waitFor(() => {
    expect(kinds()).toEqual([
      'add_health_check_event',
      'api_post_event',
      'deployment_info',
      'deployment_step_success',
      'deployment_success',
      'event_stream_attached',
      'framework_message_event',
      'group_change_success',
      'health_status_changed_event',
      'instance_changed_event',
      'instance_changed_event',
      'instance_health_changed_event',
      'status_update_event',
      'status_update_event',
    ]);
  });
  stream.close();
});

test('calls carry what a real master asks for', () => {
  const { headers, body } = master.last('SUBSCRIBE')!;
  expect(headers).toMatchObject({ 'content-type': 'application/json', accept: 'application/json' });
  expect(headers['mesos-stream-id']).toBeUndefined();
  expect(body).not.toHaveProperty('framework_id');
  const other = master.last('SUPPRESS')!;
  expect(other.headers).toMatchObject({
    'content-type': 'application/json',
    accept: 'application/json',
    'mesos-stream-id': 'stream-1',
  });
  expect(other.body).toEqual({
    framework_id: { value: 'framework-1' },
    type: 'SUPPRESS',
    suppress: { roles: ['*'] },
  });
});

test('after a master’s failover the tasks are asked for at once, after 15 s, and every 10 minutes', async () => {
  const reconciles = () => master.types().filter((type) => type === 'RECONCILE').length;
  const asked = async (count: number) => {
    await vi.waitFor(() => {
      expect(reconciles()).toBe(count);
    });
  };
  await leader.clock.advance(15_000);
  await asked(2);
  master.hangUp();
  await vi.waitFor(async () => {
    await leader.clock.advance(1000);
    expect(master.types().filter((type) => type === 'SUBSCRIBE')).toHaveLength(2);
  });
  await asked(3);
  await leader.clock.advance(15_000);
  await asked(4);
  await leader.clock.advance(40_000);
  await asked(4);
});

test.each([
  ['Framework has been removed', 'frameworkRemoved'],
  ['Framework failed over', 'mesosSchedulerError'],
  ["'FrameworkInfo.roles' contains invalid role: a b", 'mesosSchedulerError'],
])('the error event %j ends the process: %s', async (message, reason) => {
  master.say({ type: 'ERROR', error: { message } });
  await vi.waitFor(() => {
    expect(leader.crashes).toEqual([reason]);
  });
  // A leader that was replaced must not subscribe again: it would throw its successor out.
  await leader.clock.advance(60_000);
  expect(master.types().filter((type) => type === 'SUBSCRIBE')).toHaveLength(1);
});

test.each([401, 403])('a subscription refused with %i ends the process', async (status) => {
  const strict = new ScriptedMaster();
  strict.refuseWith = status;
  const argv = ['--mesos_authentication', '--mesos_authentication_principal', 'marathon'];
  const secret = ['--mesos_authentication_secret', 'topsecret'];
  const other = await startLeader({ master: await strict.listen(), argv: [...argv, ...secret] });
  await vi.waitFor(() => {
    expect(other.crashes).toEqual(['mesosSchedulerError']);
  });
  const { headers, body } = strict.last('SUBSCRIBE')!;
  const credentials = Buffer.from('marathon:topsecret').toString('base64');
  expect(headers.authorization).toBe(`Basic ${credentials}`);
  expect(body).toMatchObject({ subscribe: { framework_info: { principal: 'marathon' } } });
  await other.close();
  strict.close();
});

test('instances without a framework id end the process before it says anything to Mesos', async () => {
  const store = new MemoryStore();
  store.content.set('instance/a', JSON.stringify({ id: 'a', appId: '/a', state: 'TASK_RUNNING' }));
  const silent = new ScriptedMaster();
  const other = await startLeader({ master: await silent.listen(), store });
  expect(other.crashes).toEqual(['frameworkIdMissing']);
  expect((await call(`http://${other.address}/ping`)).status).toBe(503);
  expect(silent.types()).toEqual([]);
  await other.close();
  silent.close();
});
