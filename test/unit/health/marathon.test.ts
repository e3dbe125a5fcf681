import { expect, test } from 'vitest';
import { probeMarathon } from '../../../src/health/marathon.ts';
import { http, jsonBody, sightOf, timeout, type Answer, type Seen } from '../../support/sight.ts';

const naming = (leader: string, frameworkId: string | null = 'f1') =>
  http({ '/v2/leader': jsonBody({ leader }), '/v2/info': jsonBody({ frameworkId }) });

async function groupOf(seen: Seen) {
  return await probeMarathon(await sightOf(seen));
}

test('the leader is the one that all instances name', async () => {
  const all = naming('10.0.0.12:8080');
  expect(await groupOf({ 'm1:8080': all, 'm2:8080': all, 'm3:8080': all })).toMatchObject({
    ...{ state: 'healthy', leader: 'm2', canLose: 2 },
    members: [{ role: 'standby' }, { role: 'leader' }, { role: 'standby' }],
  });
});

test('instances that name different leaders have none', async () => {
  const seen = {
    ...{ 'm1:8080': naming('10.0.0.11:8080'), 'm2:8080': naming('10.0.0.12:8080') },
    'm3:8080': naming('10.0.0.11:8080'),
  };
  expect(await groupOf(seen)).toMatchObject({
    ...{ state: 'unhealthy', leader: undefined, canLose: 0 },
    reason: 'the instances name different leaders',
  });
});

test('a leader outside of the cluster file is none of ours', async () => {
  const all = naming('10.9.9.9:8080');
  const { leader, state } = await groupOf({ 'm1:8080': all, 'm2:8080': all, 'm3:8080': all });
  expect({ leader, state }).toEqual({ leader: undefined, state: 'unhealthy' });
});

test('a leader without a framework id cannot start anything', async () => {
  const all = naming('10.0.0.11:8080', null);
  expect(await groupOf({ 'm1:8080': all, 'm2:8080': all, 'm3:8080': all })).toMatchObject({
    ...{ state: 'unhealthy', leader: 'm1', reason: 'not registered with Mesos' },
  });
});

test.each<[string, Answer, string]>([
  ['has no leader', { status: 404, body: '{"message":"There is no leader"}' }, 'knows no leader'],
  [
    'cannot find it',
    { status: 502, body: 'Could not determine the current leader' },
    'knows no leader',
  ],
  ['does not answer', timeout, 'no answer within 4 s'],
  ['is overloaded', { status: 503 }, 'answers 503'],
  ['answers nonsense', { status: 200, body: '<html>' }, 'answers 200'],
])('an instance that %s does not serve, and says why', async (_what, answer, detail) => {
  const fine = naming('10.0.0.12:8080');
  const seen = { 'm1:8080': http({ '/v2/leader': answer }), 'm2:8080': fine, 'm3:8080': fine };
  const { state, members, reason } = await groupOf(seen);
  expect({ state, reason }).toEqual({ state: 'degraded', reason: '1 of 3 do not serve' });
  expect(members[0]).toMatchObject({ state: 'unhealthy', detail });
});
