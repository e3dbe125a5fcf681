import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { asAdmin, jenkins, secured, type Jenkins } from './support/jenkins.ts';
import { jobXml, xml } from './support/jobs.ts';

const opened: Jenkins[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function start(casc = secured, home?: string): Promise<Jenkins> {
  const one = await jenkins(casc, home === undefined ? {} : { home });
  opened.push(one);
  return one;
}

const canary = jobXml();

test('while it starts everything is 503 and says who will be there', async () => {
  const it = await start();
  it.controller.ready = false;
  const answer = await it.ask('/login');
  expect(answer).toMatchObject({ status: 503, headers: { 'x-jenkins': '2.541.3' } });
  expect(answer.body).toContain('Please wait while Jenkins is getting ready to work');
});

test('the log-in page, health and identity are open to everybody', async () => {
  const it = await start();
  expect((await it.ask('/login')).status).toBe(200);
  expect((await it.ask('/health')).body).toBe('{"status":true}');
  const who = JSON.parse((await it.ask('/whoAmI/api/json')).body) as unknown;
  expect(who).toMatchObject({ name: 'anonymous', anonymous: true });
});

test('everything else is 403 to strangers, still with the version', async () => {
  const it = await start();
  for (const path of ['/', '/api/json', '/queue/api/json', '/crumbIssuer/api/json', '/nope']) {
    const answer = await it.ask(path);
    expect([path, answer.status, answer.headers['x-jenkins']]).toEqual([path, 403, '2.541.3']);
  }
});

test('a wrong password is 401', async () => {
  const it = await start();
  const wrong = { Authorization: `Basic ${Buffer.from('admin:wrong').toString('base64')}` };
  expect((await it.ask('/api/json', { headers: wrong })).status).toBe(401);
});

test('the administrator sees the root, restricted by tree', async () => {
  const it = await start();
  const { body } = await it.ask('/api/json?tree=mode,numExecutors,views[name]', {
    headers: asAdmin,
  });
  expect(JSON.parse(body)).toEqual({
    _class: 'hudson.model.Hudson',
    mode: 'NORMAL',
    numExecutors: 0,
    views: [{ _class: 'hudson.model.AllView', name: 'all' }],
  });
});

test('without a security realm it is open to everybody', async () => {
  const it = await start('jenkins: {numExecutors: 0}');
  const { status, body } = await it.ask('/api/json');
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ useSecurity: false });
});

test('a POST needs the crumb and the session that it was given to', async () => {
  const it = await start();
  const path = '/createItem?name=canary';
  const plain = await it.ask(path, { method: 'POST', headers: asAdmin });
  expect(plain.status).toBe(403);
  expect(plain.body).toContain('No valid crumb was included in the request');
  const issued = await it.ask('/crumbIssuer/api/json', { headers: asAdmin });
  const { crumb } = JSON.parse(issued.body) as { crumb: string };
  const headers = { ...asAdmin, ...xml, 'Jenkins-Crumb': crumb };
  expect((await it.ask(path, { body: canary, headers })).status).toBe(403);
  expect((await it.post(path, { body: canary, headers: xml })).status).toBe(200);
});

test('a job is created once, read back, changed and deleted', async () => {
  const it = await start();
  const create = () => it.post('/createItem?name=canary', { body: canary, headers: xml });
  expect((await create()).status).toBe(200);
  const again = await create();
  expect(again.status).toBe(400);
  expect(again.body).toContain('A job already exists with the name ‘canary’');
  expect((await it.ask('/job/canary/config.xml', { headers: asAdmin })).body).toBe(canary);
  const { body } = await it.ask('/job/canary/api/json', { headers: asAdmin });
  expect(JSON.parse(body)).toMatchObject({
    name: 'canary',
    description: 'a <small> build',
    labelExpression: 'build',
    nextBuildNumber: 1,
    url: 'http://ci.example/ci/job/canary/',
  });
  const changed = canary.replace('<disabled>false', '<disabled>true');
  await it.post('/job/canary/config.xml', { body: changed, headers: xml });
  expect((await it.post('/job/canary/build')).status).toBe(409);
  expect((await it.post('/job/canary/doDelete')).status).toBe(302);
  expect((await it.ask('/job/canary/api/json', { headers: asAdmin })).status).toBe(404);
});

test.each([
  ['no name', '', canary, xml],
  ['a name that leaves the folder', '../x', canary, xml],
  ['no type', 'canary', canary, {}],
  ['another type', 'canary', '{}', { 'Content-Type': 'application/json' }],
])('createItem with %s is 400', async (_, name, body, headers) => {
  const it = await start();
  const path = `/createItem?name=${encodeURIComponent(name)}`;
  expect((await it.post(path, { body, headers })).status).toBe(400);
});

test('what changes something is refused by GET, what is not there is not found', async () => {
  const it = await start();
  await it.post('/createItem?name=canary', { body: canary, headers: xml });
  const statusOf = async (path: string) => (await it.ask(path, { headers: asAdmin })).status;
  expect(await statusOf('/job/canary/build')).toBe(405);
  expect(await statusOf('/job/canary/nonsense')).toBe(404);
});

test('a job definition that is no XML is refused and leaves nothing behind', async () => {
  const it = await start();
  const answer = await it.post('/createItem?name=broken', {
    body: '<project><a></project>',
    headers: xml,
  });
  expect(answer.status).toBe(500);
  expect(it.controller.jobs.all()).toEqual([]);
});

test('jobs, queue and keys are still there after a restart, the session is a new one', async () => {
  const before = await start();
  await before.post('/createItem?name=canary', { body: canary, headers: xml });
  await before.post('/job/canary/build');
  const key = readFileSync(join(before.home, 'secret.key'), 'utf8');
  const after = await start(secured, before.home);
  expect(after.controller.jobs.all().map(({ name }) => name)).toEqual(['canary']);
  expect(after.controller.queue.items().map(({ job }) => job)).toEqual(['canary']);
  expect(readFileSync(join(after.home, 'secret.key'), 'utf8')).toBe(key);
  expect(after.controller.session).not.toBe(before.controller.session);
});

test('the first start leaves the marks of a Jenkins home', async () => {
  const { home } = await start();
  const expected = [
    'config.xml',
    'secret.key',
    'secrets/master.key',
    'secrets/hudson.util.Secret',
    '.owner',
  ];
  expect(expected.filter((name) => !existsSync(join(home, name)))).toEqual([]);
  expect(statSync(join(home, 'secret.key')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(home, 'config.xml'), 'utf8')).toContain(
    '<numExecutors>0</numExecutors>',
  );
});

test('a safe restart ends the process: whoever supervises it has to start it again', async () => {
  const it = await start();
  expect((await it.post('/safeRestart')).status).toBe(302);
  expect(it.exits).toEqual(['exit']);
});

test('an API token is made once, needs no crumb and outlives a restart', async () => {
  const it = await start();
  const path =
    '/user/admin/descriptorByName/jenkins.security.ApiTokenProperty/generateNewToken?newTokenName=ci';
  const made = JSON.parse((await it.post(path)).body) as { data: { tokenValue: string } };
  const basic = Buffer.from(`admin:${made.data.tokenValue}`).toString('base64');
  const headers = { ...xml, Authorization: `Basic ${basic}` };
  expect((await it.ask('/createItem?name=canary', { body: canary, headers })).status).toBe(200);
  const after = await start(secured, it.home);
  expect((await after.ask('/me/api/json?tree=id', { headers })).body).toContain('"id":"admin"');
});

test('a job is copied, and switched off and on', async () => {
  const it = await start();
  await it.post('/createItem?name=canary', { body: canary, headers: xml });
  await it.post('/createItem?name=twin&mode=copy&from=canary');
  await it.post('/job/twin/disable');
  expect(await it.get('/api/json?tree=jobs[name,color]')).toMatchObject({
    jobs: [
      { name: 'canary', color: 'notbuilt' },
      { name: 'twin', color: 'disabled' },
    ],
  });
  await it.post('/job/twin/enable');
  expect(await it.get('/job/twin/api/json?tree=buildable')).toMatchObject({ buildable: true });
});

test('the plugins are those of the list in the image', async () => {
  const it = await start();
  expect(await it.get('/pluginManager/api/json?depth=1')).toMatchObject({
    plugins: [
      { shortName: 'mesos', version: '2.0', active: true, enabled: true, hasUpdate: false },
    ],
  });
});

test('a reload takes the new configuration, and refuses a wrong one without harm', async () => {
  const it = await start();
  const file = join(it.home, 'casc.yaml');
  writeFileSync(file, secured.replace('numExecutors: 0', 'systemMessage: new'));
  expect((await it.post('/configuration-as-code/reload')).status).toBe(302);
  expect(await it.get('/api/json?tree=description')).toMatchObject({ description: 'new' });
  writeFileSync(file, 'jenkins: { nonsense: 1 }');
  const refused = await it.post('/configuration-as-code/reload');
  expect(refused.status).toBe(500);
  expect(refused.body).toContain('Invalid configuration elements');
  expect(await it.get('/api/json?tree=description')).toMatchObject({ description: 'new' });
});
