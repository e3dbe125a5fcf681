import { describe, expect, test } from 'vitest';
import { parsePortion, portionOf } from '../../../src/config/portion.ts';
import { roundsOf, rolloutStages, type Rollout } from '../../../src/plan/rollout.ts';
import type { ServiceWork } from '../../../src/plan/service-work.ts';
import { gateway } from '../../../src/services/gateway.ts';
import { marathon } from '../../../src/services/marathon.ts';
import { mesosAgent } from '../../../src/services/mesos-agent.ts';
import type { Service } from '../../../src/services/service.ts';
import { zookeeper } from '../../../src/services/zookeeper.ts';
import { clusterFile, specOf } from '../../support/cluster-file.ts';

test.each([
  ['10%', 40, 4],
  ['10%', 5, 1],
  ['25%', 7, 1],
  ['100%', 7, 7],
  ['3', 40, 3],
  ['9', 5, 5],
  ['0%', 40, 0],
  ['0', 40, 0],
])('%s of %i hosts are %i', (text, total, count) => {
  expect(portionOf(parsePortion(text, 0)!, total)).toBe(count);
});

test.each(['', '-1', '101%', '1.5', '10 %', '%', 'ten', '0x5', '99999'])(
  '%j is no portion',
  (text) => {
    expect(parsePortion(text, 0)).toBeUndefined();
  },
);

test('a batch of nobody is none', () => {
  expect(parsePortion('0', 1)).toBeUndefined();
  expect(parsePortion('0%', 1)).toBeUndefined();
});

interface Parts {
  readonly masters?: number;
  readonly agents?: number;
  readonly down?: readonly string[];
  readonly leaders?: readonly string[];
  readonly rollout?: Readonly<Record<string, unknown>>;
}

/** Every host of the service is to be changed. */
async function rolloutOf(service: Service, parts: Parts = {}): Promise<Rollout> {
  const { masters = 3, agents = 2, down = [], rollout = {} } = parts;
  const spec = await specOf(clusterFile({ masters, agents, sections: { rollout } }));
  const changes = service.hosts(spec).map(({ name }): ServiceWork => {
    const steps = [{ kind: 'remove-file', path: '/x' } as const];
    const wayBack = {
      ...({ kind: 'take-back-container', name: `ci-${service.name}`, fingerprint: 'old' } as const),
      ...{ listens: [], stopSeconds: 1 },
    };
    return { host: name, runs: !down.includes(name), steps, wayBack };
  });
  const leaders = new Set(parts.leaders ?? []);
  return { spec, service, changes, leaders, settings: spec.rollout };
}

function namesOf(rollout: Rollout): string[] {
  return roundsOf(rollout).map(({ members }) => members.map(({ host }) => host).join(' '));
}

describe('Mesos agents', () => {
  test('go one first, then a tenth at once: of forty, four', async () => {
    const rounds = namesOf(await rolloutOf(mesosAgent, { agents: 40 }));
    expect(rounds.slice(0, 3)).toEqual(['a1', 'a2 a3 a4 a5', 'a6 a7 a8 a9']);
    expect(rounds.at(-1)).toBe('a38 a39 a40');
    expect(rounds).toHaveLength(11);
  });

  test('of five go one at a time with the same setting', async () => {
    const rounds = namesOf(await rolloutOf(mesosAgent, { agents: 5 }));
    expect(rounds).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
  });

  test('have as many canaries as are wanted, or none', async () => {
    const of = async (canary: number) =>
      namesOf(await rolloutOf(mesosAgent, { agents: 6, rollout: { batch: 2, canary } }));
    expect(await of(0)).toEqual(['a1 a2', 'a3 a4', 'a5 a6']);
    expect(await of(3)).toEqual(['a1 a2', 'a3', 'a4 a5', 'a6']);
    expect(await of(9)).toEqual(['a1 a2', 'a3 a4', 'a5 a6']);
  });

  test('may fail in batches, never as a canary', async () => {
    const rollout = { batch: 2, maxFailures: '50%' };
    const rounds = roundsOf(await rolloutOf(mesosAgent, { agents: 4, rollout }));
    expect(rounds.map(({ maxFailures }) => maxFailures)).toEqual([0, 2, 2]);
  });
});

test.each([zookeeper, marathon])(
  'members of $name go one at a time whatever the batch says, the leader last',
  async (service) => {
    const leaders = [`${service.name}@m1`];
    const rollout = { batch: '100%', canary: 3, maxFailures: '100%' };
    const planned = await rolloutOf(service, { leaders, rollout });
    expect(namesOf(planned)).toEqual(['m2', 'm3', 'm1']);
    expect(roundsOf(planned).every(({ maxFailures }) => maxFailures === 0)).toBe(true);
  },
);

test('gateways that people come in by go last and one at a time', async () => {
  const rollout = { batch: '100%', canary: 1 };
  expect(namesOf(await rolloutOf(gateway, { agents: 4, rollout }))).toEqual(['a2', 'a3 a4', 'a1']);
});

test('members that are down are started together before anything is stopped', async () => {
  const stages = rolloutStages(await rolloutOf(zookeeper, { down: ['m2', 'm3'] }));
  expect(stages[0]).toMatchObject({ kind: 'hosts', work: [{ host: 'm2' }, { host: 'm3' }] });
  expect(stages[1]).toMatchObject({ kind: 'gate', gate: 'ensemble' });
  expect(stages[2]).toMatchObject({ kind: 'hosts', work: [{ host: 'm1' }] });
});

test('each gate knows the way back from the change before it', async () => {
  const rollout = { ...(await rolloutOf(marathon)), oneWay: true };
  const backs = rolloutStages(rollout).flatMap((stage) =>
    stage.kind === 'gate' && stage.wayBack !== undefined ? [stage.wayBack] : [],
  );
  expect(backs.map(({ work }) => work.map(({ host }) => host))).toEqual([['m1'], ['m2'], ['m3']]);
  expect(backs.map(({ oneWay }) => oneWay)).toEqual([['m1'], ['m1', 'm2'], ['m1', 'm2', 'm3']]);
});

test('what leans on the service is asked after the first changed member, and only then', async () => {
  const proved = [{ kind: 'gate', phase: 'services', gate: 'entrance' }] as const;
  const planned = { ...(await rolloutOf(marathon)), afterFirst: ['jenkins'] as const, proved };
  const kinds = rolloutStages(planned).map((stage) => (stage.kind === 'gate' ? stage.gate : '-'));
  expect(kinds).toEqual(['-', 'marathon', 'jenkins', 'entrance', '-', 'marathon', '-', 'marathon']);
});

test('a pause holds each gate for its time', async () => {
  const rollout = { pause: '30s' };
  const stages = rolloutStages(await rolloutOf(mesosAgent, { rollout }));
  const gates = stages.filter((stage) => stage.kind === 'gate');
  expect(gates.map(({ holdMs }) => holdMs)).toEqual([30_000, 30_000]);
});

test.each([0, '0%', '101%', 'half', -1, 1.5, [2], '10'])(
  'a batch of %j in the cluster file is a fault that says what is meant',
  async (batch) => {
    const spec = specOf(clusterFile({ sections: { rollout: { batch } } }));
    await expect(spec).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('a number from 1 on, or a part like "10%"') as string,
    });
  },
);
