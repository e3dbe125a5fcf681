import { expect, test } from 'vitest';
import { judgeQuorum } from '../../../src/health/judge-quorum.ts';
import type { Member } from '../../../src/health/model.ts';

function member(host: string, role: string | undefined): Member {
  const state = role === undefined ? 'unhealthy' : 'healthy';
  return { host, role, state, detail: '' };
}

const three = [member('m1', 'leader'), member('m2', 'follower'), member('m3', 'follower')];
const behind = (voting: number, total: number) => `${voting} of ${total} vote`;

test('a leader that tells that all follow it is healthy, and one may be lost', () => {
  const group = judgeQuorum({ members: three, leader: 'm1', voting: 3, behind });
  expect(group).toMatchObject({ state: 'healthy', canLose: 1, reason: '' });
});

test('a leader that does not tell how many follow it is unknown, not healthy, and can lose none', () => {
  const group = judgeQuorum({ members: three, leader: 'm1', voting: undefined, behind });
  expect(group).toMatchObject({ state: 'unknown', canLose: 0 });
  expect(group.reason).toContain('did not tell');
});

test('fewer votes than members leave no margin, whatever the members say of themselves', () => {
  const group = judgeQuorum({ members: three, leader: 'm1', voting: 1, behind });
  expect(group).toMatchObject({ state: 'degraded', canLose: 0, reason: '1 of 3 vote' });
});

test('a member that does not serve counts before the votes', () => {
  const members = [...three.slice(0, 2), member('m3', undefined)];
  const group = judgeQuorum({ members, leader: 'm1', voting: 2, behind });
  expect(group).toMatchObject({ state: 'degraded', canLose: 0, reason: '1 of 3 do not serve' });
});
