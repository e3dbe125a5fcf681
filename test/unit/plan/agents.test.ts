import { describe, expect, test } from 'vitest';
import { isAdditive } from '../../../src/plan/agent-id.ts';
import { comingFrom } from '../../../src/plan/narrow-plan.ts';
import type { PlanInput, RegisteredAgent } from '../../../src/plan/observed.ts';
import { refuseSmallPool, type Load } from '../../../src/plan/pool-load.ts';
import type { Stage } from '../../../src/plan/step.ts';
import { clusterFile, controller, specOf } from '../../support/cluster-file.ts';

const before: RegisteredAgent = {
  ...{ id: 'S1', hostname: '10.0.0.101', port: 5051, state: 'active', registeredNs: 1 },
  ...{ attributes: { rack: 'a' }, cpus: 4, memoryMb: 8192, diskMb: 10_000 },
  ports: [{ begin: 31_000, end: 32_000 }],
};

const ports = { first: 31_000, last: 32_000 };
const found = { cpus: undefined, memoryMb: undefined, diskMb: undefined, ports };

describe('a Mesos agent keeps its id', () => {
  test.each([
    ['with the same', { rack: 'a' }, found, true],
    ['with one attribute more', { rack: 'a', disk: 'ssd' }, found, true],
    ['with more of everything', { rack: 'a' }, { ...found, cpus: 8, memoryMb: 9000 }, true],
    [
      'with a wider range of ports',
      { rack: 'a' },
      { ...found, ports: { first: 30_000, last: 32_000 } },
      true,
    ],
    ['with another value', { rack: 'b' }, found, false],
    ['without an attribute', {}, found, false],
    ['with fewer CPUs', { rack: 'a' }, { ...found, cpus: 2 }, false],
    ['with less memory', { rack: 'a' }, { ...found, memoryMb: 4096 }, false],
    ['with less disk', { rack: 'a' }, { ...found, diskMb: 1 }, false],
    [
      'with fewer ports',
      { rack: 'a' },
      { ...found, ports: { first: 31_500, last: 32_000 } },
      false,
    ],
  ] as const)('%s: %s', (_what, attributes, resources, keeps) => {
    expect(isAdditive({ agent: { attributes, resources } }, before)).toBe(keeps);
  });
});

describe('what must have its place in the pool', () => {
  const image = 'registry.example.com/build-agent:1';
  const app = (cpus: number, count = 1): Load => ({ what: 'app /x', cpus, memoryMb: 100, count });

  async function check(apps: readonly Load[], framework: object = {}): Promise<string> {
    const linux = { image, cpus: 1, memory: '1GiB' };
    const home = { kind: 'shared', path: '/srv/jenkins' };
    const main = controller({ home, buildAgents: { linux }, framework });
    const spec = await specOf(clusterFile({ agents: 3, jenkins: { main } }));
    const agents = new Map(['a1', 'a2', 'a3'].map((name) => [name, before]));
    const input = { spec, observed: { agents } } as unknown as PlanInput;
    try {
      refuseSmallPool(input, ['a3'], { apps, guarantees: [] });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  }

  test('fits on what is left, to the last tenth', async () => {
    expect(await check([app(0.7, 10)])).toBe('');
  });

  test('does not fit together', async () => {
    expect(await check([app(2, 4)])).toBe(
      'without a3 there are 2 Mesos agents with 8 CPUs and 16384 MiB, and 9 CPUs and 1424 MiB are reserved',
    );
  });

  test('fits on no single host', async () => {
    expect(await check([app(5)])).toContain('app /x (5 CPUs and 100 MiB) fits on none of them');
  });

  test('are limits only as far as the pool could hold them before', async () => {
    expect(await check([], { limit: { cpus: 10 } })).toContain('11 CPUs');
    expect(await check([], { limit: { cpus: 100 } })).toBe('');
  });
});

describe('what comes from a change alone', () => {
  const pull = (image: string) => ({ kind: 'pull-image', image }) as const;
  const on = (host: string, ...images: string[]): Stage => {
    return { kind: 'hosts', phase: 'agents', work: [{ host, steps: images.map(pull) }] };
  };
  const gate: Stage = { kind: 'gate', phase: 'agents', gate: 'agents' };

  test('are steps that were not due before, and the gates behind them', () => {
    const before = [on('a1', 'x'), gate, on('a2', 'y'), gate];
    const after = [on('a1', 'x'), gate, on('a2', 'y', 'z'), gate, on('a3', 'x'), gate];
    expect(comingFrom(after, before)).toEqual([on('a2', 'z'), gate, on('a3', 'x'), gate]);
    expect(comingFrom(before, before)).toEqual([]);
  });
});
