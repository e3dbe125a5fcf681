import { describe, expect, test } from 'vitest';
import type { Request } from '../../src/shared/http.ts';
import { answer } from '../../src/mesos-master/routes.ts';
import { Master } from '../../src/mesos-master/master.ts';
import { MemoryRegistrar } from '../../src/mesos-master/registrar.ts';
import { fakeClock } from '../shared/support/fake-clock.ts';
import { masterInfo, silent } from './support/cluster.ts';

const settings = {
  agentPingTimeoutMs: 15_000,
  maxAgentPingTimeouts: 5,
  allocationIntervalMs: 1000,
  offerTimeoutMs: undefined,
  maxCompletedFrameworks: 50,
  maxCompletedTasks: 1000,
  weights: new Map<string, number>(),
  isListed: () => true,
};

function standby() {
  const master = new Master({
    info: { ...masterInfo, id: 'standby' },
    settings,
    registrar: new MemoryRegistrar(),
    agentReregisterTimeoutMs: 600_000,
    log: silent,
    newUuid: () => 'u',
    exit: () => undefined,
    clock: fakeClock(),
  });
  const context = {
    master,
    facts: () => ({ flags: {}, cluster: undefined, startMs: 0, electedMs: 0 }),
    metrics: () => Promise.resolve({}),
    replica: undefined,
    guard: () => undefined,
    firewall: () => undefined,
  };
  const ask = (path: string, method = 'GET') =>
    answer(context, { path, method, headers: {}, body: Buffer.alloc(0) } as Request);
  return { master, ask };
}

describe('a standby', () => {
  test.each([
    ['/redirect', '//m1.local:5050'],
    ['/state', '//m1.local:5050/master/state'],
    ['/master/slaves', '//m1.local:5050/master/slaves'],
    ['/api/v1', '//m1.local:5050/master/api/v1'],
    ['/api/v1/scheduler', '//m1.local:5050/master/api/v1/scheduler'],
  ])('sends %s to %s', async (path, location) => {
    const { master, ask } = standby();
    master.leaderDetected(masterInfo);
    expect(await ask(path)).toEqual({ status: 307, headers: { Location: location } });
  });

  test.each(['/health', '/flags', '/version', '/registrar(1)/registry'])(
    'answers %s itself',
    async (path) => {
      const { master, ask } = standby();
      master.leaderDetected(masterInfo);
      expect((await ask(path))?.status).toBe(200);
    },
  );

  test('that knows no leader says so', async () => {
    const { ask } = standby();
    expect(await ask('/state')).toMatchObject({ status: 503, body: 'No leader elected' });
    expect((await ask('/health'))?.status).toBe(200);
  });

  test('goes on naming a dead leader until its znode is gone', async () => {
    const { master, ask } = standby();
    master.leaderDetected(masterInfo);
    expect((await ask('/redirect'))?.status).toBe(307);
    master.leaderDetected(undefined);
    expect((await ask('/redirect'))?.status).toBe(503);
  });
});

test('a leader that has not recovered answers /state with nothing and /api/v1 with 503', async () => {
  const { master, ask } = standby();
  master.elected = true;
  expect((await ask('/state'))?.status).toBe(200);
  expect(await ask('/api/v1', 'POST')).toMatchObject({
    status: 503,
    body: 'Master has not finished recovery',
  });
});
