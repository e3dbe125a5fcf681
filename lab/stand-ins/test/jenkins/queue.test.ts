import { afterEach, expect, test } from 'vitest';
import { fakeAgent } from './support/fake-agent.ts';
import { asAdmin, jenkins, secured, withNode, type Jenkins } from './support/jenkins.ts';
import { jobXml, parameter, xml } from './support/jobs.ts';

const opened: Jenkins[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function start(casc = secured, home?: string): Promise<Jenkins> {
  const one = await jenkins(casc, home === undefined ? {} : { home });
  opened.push(one);
  return one;
}

async function create(it: Jenkins, name: string, definition = jobXml()): Promise<void> {
  await it.post(`/createItem?name=${name}`, { body: definition, headers: xml });
}

const whyOf = async (it: Jenkins) => {
  const { items } = await it.get<{ items: { why: string }[] }>('/queue/api/json?tree=items[why]');
  return items.map(({ why }) => why);
};

test('asking twice in the quiet period is one item, and a request without delay ends the wait', async () => {
  const it = await start();
  await create(it, 'canary');
  const first = await it.post('/job/canary/build');
  expect(first.status).toBe(201);
  expect(first.headers.location).toBe('http://ci.example/ci/queue/item/1/');
  expect(await it.get('/queue/item/1/api/json')).toMatchObject({
    _class: 'hudson.model.Queue$WaitingItem',
    why: 'In the quiet period. Expires in 5.0 sec',
    task: { name: 'canary', url: 'http://ci.example/ci/job/canary/' },
  });
  const second = await it.post('/job/canary/build?delay=0sec');
  expect(second.headers.location).toBe(first.headers.location);
  expect(await it.get('/queue/item/1/api/json')).toMatchObject({
    _class: 'hudson.model.Queue$BuildableItem',
    buildable: true,
  });
});

test('other parameters are another item', async () => {
  const it = await start();
  await create(it, 'canary', jobXml({ properties: parameter('N', '0') }));
  const one = await it.post('/job/canary/buildWithParameters?N=1');
  const two = await it.post('/job/canary/buildWithParameters?N=2');
  expect(two.headers.location).not.toBe(one.headers.location);
});

test('a job without a label waits for ever where the controller has no executors', async () => {
  const it = await start();
  await create(it, 'anywhere', jobXml({ label: undefined }));
  await it.post('/job/anywhere/build?delay=0sec');
  await it.clock.advance(300_000);
  expect(await whyOf(it)).toEqual(['Waiting for next available executor']);
});

test('with no nodes at all the reason does not name the label, as in core', async () => {
  const it = await start();
  await create(it, 'canary');
  await it.post('/job/canary/build?delay=0sec');
  expect(await whyOf(it)).toEqual(['Waiting for next available executor']);
});

test('the reason tells a missing label from nodes that are offline and from busy ones', async () => {
  const it = await start(withNode);
  await create(it, 'other', jobXml({ label: 'arm' }));
  await create(it, 'canary');
  await it.post('/job/other/build?delay=0sec');
  expect(await whyOf(it)).toEqual(['There are no nodes with the label ‘arm’']);
  await it.post('/queue/cancelItem?id=1');
  await it.post('/job/canary/build?delay=0sec');
  expect(await whyOf(it)).toEqual(['‘n1’ is offline']);
  it.controller.nodes.add({
    ...{ name: 'n2', labels: ['build'], mode: 'NORMAL', permanent: false },
  });
  expect(await whyOf(it)).toEqual(['All nodes of label ‘build’ are offline']);
  const agent = fakeAgent({
    ...{ port: it.agentPort, name: 'n1', secret: it.controller.nodes.secret('n1') },
  });
  await it.until(() => agent.asked.length === 1);
  await create(it, 'next');
  await it.post('/job/next/build?delay=0sec');
  expect(await whyOf(it)).toEqual(['Waiting for next available executor on ‘build’']);
  it.controller.nodes.remove('n2');
  expect(await whyOf(it)).toEqual(['Waiting for next available executor on ‘n1’']);
  await it.post('/quietDown');
  expect(await whyOf(it)).toEqual(['Jenkins is about to shut down']);
});

test('a cancelled item is remembered for five minutes and then forgotten', async () => {
  const it = await start();
  await create(it, 'canary');
  await it.post('/job/canary/build');
  expect((await it.post('/queue/cancelItem?id=1')).status).toBe(204);
  expect(await it.get('/queue/item/1/api/json')).toMatchObject({
    cancelled: true,
    executable: null,
  });
  expect((await it.post('/queue/cancelItem?id=1')).status).toBe(404);
  await it.clock.advance(301_000);
  expect((await it.ask('/queue/item/1/api/json', { headers: asAdmin })).status).toBe(404);
});

test('what waits is still in the queue after a restart, and ids go on', async () => {
  const before = await start();
  await create(before, 'canary');
  await create(before, 'other');
  await before.post('/job/canary/build');
  await before.kill();
  const after = await start(secured, before.home);
  expect(await after.get('/queue/api/json?tree=items[id,task[name]]')).toMatchObject({
    items: [{ id: 1, task: { name: 'canary' } }],
  });
  const next = await after.post('/job/other/build');
  expect(next.headers.location).toBe('http://ci.example/ci/queue/item/2/');
});

test('nothing starts while it quiets down, and everything goes on afterwards', async () => {
  const it = await start(withNode);
  const agent = fakeAgent({
    ...{ port: it.agentPort, name: 'n1', secret: it.controller.nodes.secret('n1') },
  });
  await it.until(() => it.controller.nodes.get('n1')?.online);
  await it.post('/quietDown');
  await create(it, 'canary');
  await it.post('/job/canary/build?delay=0sec');
  await it.clock.advance(60_000);
  expect(agent.asked).toEqual([]);
  await it.post('/cancelQuietDown');
  await it.until(() => agent.asked.length === 1);
  await it.post('/safeRestart');
  expect(it.exits).toEqual([]);
  agent.end(agent.asked[0]!.id, 0);
  await it.until(() => it.controller.builds.running().length === 0);
  await it.clock.advance(2000);
  expect(it.exits).toEqual(['exit']);
});
