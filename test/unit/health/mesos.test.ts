import { expect, test } from 'vitest';
import { probeAgents, probeMasters } from '../../../src/health/mesos.ts';
import type { FakeService } from '../../support/fake-host.ts';
import { http, jsonBody, sightOf, timeout, type Answer } from '../../support/sight.ts';

const standby = http({ status: 307, headers: { location: '//10.0.0.11:5050/master/api/v1' } });

function leader(replicas: number, agents: unknown = []): FakeService {
  const metrics = { 'registrar/log/recovered': 1, 'registrar/log/ensemble_size': replicas };
  return {
    http: ({ path, body }) => {
      if (path.startsWith('/metrics')) return jsonBody(metrics);
      if (body?.includes('GET_AGENTS') !== true) return { status: 200 };
      return jsonBody({ type: 'GET_AGENTS', get_agents: { agents } });
    },
  };
}

async function mastersWith(answers: readonly (FakeService | undefined)[]) {
  const seen = answers.flatMap((service, index) =>
    service === undefined ? [] : [[`m${index + 1}:5050`, service] as const],
  );
  return await probeMasters(await sightOf(Object.fromEntries(seen)));
}

test('the leader is the one whose operator API answers 200', async () => {
  expect(await mastersWith([standby, leader(3), standby])).toMatchObject({
    ...{ state: 'healthy', leader: 'm2', canLose: 1, reason: '' },
    members: [{ role: 'standby' }, { role: 'leader' }, { role: 'standby' }],
  });
});

test('the leader is asked for its health with the headers that Mesos wants', async () => {
  const asked: unknown[] = [];
  const service: FakeService = {
    http: (request) => {
      asked.push(request);
      return { status: 307 };
    },
  };
  await mastersWith([service]);
  expect(asked).toMatchObject([
    {
      ...{ method: 'POST', path: '/api/v1', body: '{"type":"GET_HEALTH"}' },
      headers: { 'content-type': 'application/json', accept: 'application/json' },
    },
  ]);
});

test.each<[string, Answer, string]>([
  ['is still starting', { status: 404 }, 'is starting'],
  [
    'recovers',
    { status: 503, body: 'Master has not finished recovery' },
    'Master has not finished recovery',
  ],
  ['knows no leader', { status: 503, body: 'No leader elected' }, 'No leader elected'],
  ['does not answer', timeout, 'no answer within 4 s'],
  ['wants a login', { status: 401 }, 'answers 401'],
])('a master that %s does not serve, and says why', async (_what, answer, detail) => {
  const { state, members } = await mastersWith([http(answer), leader(3), standby]);
  expect(state).toBe('degraded');
  expect(members[0]).toEqual({ host: 'm1', state: 'unhealthy', role: undefined, detail });
});

test('a leader that has lost its replicas looks healthy but for one number', async () => {
  expect(await mastersWith([leader(1), standby, standby])).toMatchObject({
    ...{ state: 'degraded', leader: 'm1', canLose: 0 },
    reason: 'the leader reaches 1 of 3 log replicas',
  });
});

test('two that both claim to lead are no leader', async () => {
  expect(await mastersWith([leader(3), leader(3), standby])).toMatchObject({
    ...{ leader: undefined, state: 'unhealthy', canLose: 0 },
  });
});

const agent = (hostname: string, more: object = {}) => ({
  active: true,
  agent_info: { hostname, port: 5051 },
  total_resources: [
    { name: 'cpus', scalar: { value: 4 } },
    { name: 'mem', scalar: { value: 7000 } },
    { name: 'disk', scalar: { value: 40_000 } },
    { name: 'ports', ranges: { range: [{ begin: 31_000, end: 32_000 }] } },
  ],
  ...more,
});

async function poolWith(agents: unknown, missing: string[] = []) {
  const sight = await sightOf({ 'm1:5050': leader(3, agents) }, { missing });
  return await probeAgents(sight, 'm1');
}

test('agents are what the leader has registered, with their resources', async () => {
  expect(await poolWith([agent('10.0.0.102'), agent('10.0.0.101')])).toMatchObject({
    ...{ state: 'healthy', reason: '' },
    members: [
      { host: 'a1', resources: { cpus: 4, memoryMb: 7000, diskMb: 40_000 } },
      { host: 'a2', state: 'healthy', role: 'agent' },
    ],
  });
});

test.each([
  ['is not there', [], 'not registered with the leader'],
  [
    'has another port',
    [agent('10.0.0.101', { agent_info: { hostname: '10.0.0.101', port: 5052 } })],
    'not registered with the leader',
  ],
  ['is disconnected', [agent('10.0.0.101', { active: false })], 'not active'],
])('an agent that %s is not healthy', async (_what, agents, detail) => {
  const { state, members, reason } = await poolWith([...agents, agent('10.0.0.102')]);
  expect(state).toBe('degraded');
  expect(reason).toBe('1 of 2 not registered and active');
  expect(members[0]).toMatchObject({ state: 'unhealthy', detail });
});

test.each([
  ['deactivated', {}, 'deactivated: gets no work'],
  ['draining', { drain_info: { state: 'DRAINING' } }, 'is being drained'],
  ['drained', { drain_info: { state: 'DRAINED' } }, 'drained: gets no work'],
])('an agent that is %s is no dead one, and is told with the command', async (_what, more, why) => {
  const off = agent('10.0.0.101', { active: false, deactivated: true, ...more });
  const { state, members } = await poolWith([off, agent('10.0.0.102')]);
  expect(state).toBe('degraded');
  expect(members[0]).toMatchObject({
    ...{ state: 'degraded', resources: { cpus: 4 } },
    detail: `${why}; ci-cluster add-agent a1 gives it back`,
  });
});

test('agents that were all deactivated are a degraded pool, not a dead one', async () => {
  const off = (address: string) => agent(address, { active: false, deactivated: true });
  expect(await poolWith([off('10.0.0.101'), off('10.0.0.102')])).toMatchObject({
    state: 'degraded',
  });
});

test('just after an election the leader answers with no list at all', async () => {
  const sight = await sightOf({ 'm1:5050': leader(3, undefined) });
  expect(await probeAgents(sight, 'm1')).toMatchObject({ state: 'unhealthy' });
});

test('the agent of a host that nobody reached is unknown, unless the leader has it', async () => {
  expect(await poolWith([agent('10.0.0.101')], ['a2'])).toMatchObject({
    members: [{ state: 'healthy' }, { state: 'unknown', detail: 'cannot reach a2' }],
  });
  expect(await poolWith([agent('10.0.0.101'), agent('10.0.0.102')], ['a2'])).toMatchObject({
    state: 'healthy',
  });
});

test('without a leader nobody knows of any agent', async () => {
  expect(await probeAgents(await sightOf({}), undefined)).toMatchObject({
    ...{ state: 'unknown', reason: 'no leading master to ask' },
  });
});
