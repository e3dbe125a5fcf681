import { describe, expect, test } from 'vitest';
import { leaderOf } from '../../src/mesos-master/election.ts';
import { leadingMaster, masterInfo } from './support/cluster.ts';

const other = { ...masterInfo, id: 'other' };

describe('a leader', () => {
  test.each([
    ['sees nobody leading', undefined],
    ['sees another one leading', other],
  ])('that %s ends with 1', (_, leader) => {
    const { master, exits } = leadingMaster();
    master.leaderDetected(leader);
    expect(exits).toEqual([1]);
  });

  test('that loses its candidacy ends with 1', () => {
    const { master, exits } = leadingMaster();
    master.candidacyLost();
    expect(exits).toEqual([1]);
  });

  test('marks agents unreachable that did not come back in ten minutes', async () => {
    const { core, clock, master, registrar } = leadingMaster();
    expect(master.recovered).toBe(true);
    core.state.recoveredAgents.set('S9', { hostname: 'a', port: 1, resources: [], attributes: [] });
    await clock.advance(600_000);
    expect(core.state.recoveredAgents.size).toBe(0);
    expect(registrar.registry.unreachable.map(({ id }) => id)).toEqual(['S9']);
  });
});

test('the lowest number leads', () => {
  const content = JSON.stringify(other);
  expect(leaderOf([{ name: 'json.info_0000000004', content }])?.id).toBe('other');
  expect(leaderOf([])).toBeUndefined();
  expect(leaderOf([{ name: 'json.info_0000000004', content: 'rubbish' }])).toBeUndefined();
});
