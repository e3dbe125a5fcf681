import { expect, test } from 'vitest';
import { probeJenkins } from '../../../src/health/jenkins.ts';
import { http, jsonBody, sightOf, type Answer, type Seen } from '../../support/sight.ts';

const login = http({ status: 200, headers: { 'x-jenkins': '2.568.2' } });

function marathon(app: Answer): Seen {
  return { 'm1:8080': http({ '/v2/apps/ci/jenkins-main': app }) };
}

const running = jsonBody({
  app: { tasksRunning: 1, tasks: [{ host: '10.0.0.101', state: 'TASK_RUNNING' }], labels: {} },
});

async function healthOf(seen: Seen, missing: string[] = []) {
  const [main] = await probeJenkins(await sightOf(seen, { missing }), 'm1');
  return main;
}

test('a controller that runs and answers through every gateway is healthy', async () => {
  const seen = { ...marathon(running), 'a1/8081': login, 'a2/8081': login };
  expect(await healthOf(seen)).toEqual({
    ...{ name: 'main', state: 'healthy', host: 'a1', version: '2.568.2', detail: '' },
    url: 'http://10.0.0.101:8081/',
  });
});

test.each<[string, Answer, string, string]>([
  ['waits for an offer', jsonBody({ app: { tasksStaged: 0 } }), 'unhealthy', 'waits for an offer'],
  [
    'is being started',
    jsonBody({ app: { tasksStaged: 1 } }),
    'unhealthy',
    'its task is being started',
  ],
  [
    'found its home in use',
    jsonBody({ app: { lastTaskFailure: { message: 'Container exited with status 75' } } }),
    'unhealthy',
    'waits for an offer; its last task ended at once: another controller holds its home',
  ],
  ['was never submitted', { status: 404 }, 'unhealthy', 'Marathon has no such app'],
  ['is known to nobody', { status: 503 }, 'unknown', 'Marathon does not answer'],
])('a controller that %s is told as such', async (_what, app, state, detail) => {
  expect(await healthOf(marathon(app))).toMatchObject({ state, detail, host: undefined });
});

test('a gateway that does not lead to the controller is named', async () => {
  const seen = { ...marathon(running), 'a1/8081': login, 'a2/8081': http({ status: 503 }) };
  expect(await healthOf(seen)).toMatchObject({
    ...{ state: 'degraded', version: '2.568.2' },
    detail: 'not through the gateway on a2: the gateway answers 503',
  });
});

test('something else on the port is not Jenkins', async () => {
  const other = http({ status: 200, body: 'hello' });
  const seen = { ...marathon(running), 'a1/8081': other, 'a2/8081': other };
  expect(await healthOf(seen)).toMatchObject({ state: 'unhealthy', version: undefined });
});

test('a gateway on a host that nobody reached says nothing about the controller', async () => {
  const seen = { ...marathon(running), 'a1/8081': login };
  expect(await healthOf(seen, ['a2'])).toMatchObject({ state: 'healthy' });
  expect(await healthOf(seen, ['a1', 'a2'])).toMatchObject({
    ...{ state: 'unknown', detail: 'no gateway could be asked' },
  });
});
