import { expect, test } from 'vitest';
import {
  acknowledgedIn,
  clearWrites,
  readBackWrites,
} from '../../../../src/drill/observe/written.ts';
import type { Sample } from '../../../../src/drill/sample.ts';
import { sightOf } from '../../../support/sight.ts';

const folder = '/ci-cluster/drill-7';

function znodes(...names: string[]): Map<string, string> {
  const all = new Map([
    ['/zookeeper', ''],
    ['/ci-cluster', ''],
    [folder, ''],
  ]);
  names.forEach((name) => all.set(`${folder}/${name}`, name));
  return all;
}

function request(sight: Awaited<ReturnType<typeof sightOf>>, ...acknowledged: string[]) {
  return { sight, ports: { randomId: () => 'mark' }, id: '7', acknowledged };
}

test('a write that one member does not have any more is lost, even if the others have it', async () => {
  const whole = znodes('m1-1', 'm1-2');
  const sight = await sightOf({
    'm1:2181': { znodes: whole },
    'm2:2181': { znodes: znodes('m1-1') },
    'm3:2181': { znodes: whole },
  });
  const lost = await readBackWrites(request(sight, 'm1-1', 'm1-2'));
  expect(lost).toEqual({ lostWrites: ['m1-2'] });
});

test('before it is read a member has to take a write, or it may be behind', async () => {
  const own = znodes('m1-1');
  const sight = await sightOf({ 'm1:2181': { znodes: own } });
  expect(await readBackWrites(request(sight, 'm1-1'))).toEqual({ lostWrites: [] });
  expect(own.get(`${folder}/read-back-mark`)).toBe('m1');
});

test('where even the folder is gone, all is lost', async () => {
  const sight = await sightOf({ 'm1:2181': { znodes: new Map() } });
  expect(await readBackWrites(request(sight, 'm1-1'))).toEqual({ lostWrites: ['m1-1'] });
});

test('writes that nobody could read back are not called kept', async () => {
  const sight = await sightOf({}, { missing: ['m2'] });
  const { lostWrites, unreadWrites } = await readBackWrites(request(sight, 'm1-1'));
  expect(lostWrites).toEqual([]);
  expect(unreadWrites).toMatch(
    /no member could be read: .*nothing listens there.*m2 is not connected/,
  );
});

test('only acknowledged writes were promised', () => {
  const write = (value: string, acknowledged: boolean): Sample => {
    const error = acknowledged ? undefined : 'timeout';
    const seen = { probe: 'write', host: 'm1', value, acknowledged, error } as const;
    return { at: 0, tookMs: 1, from: 'operator', seen };
  };
  expect(acknowledgedIn([write('m1-1', true), write('m1-2', false)])).toEqual(['m1-1']);
});

test('the writes of a drill are taken away, those of others stay', async () => {
  const own = znodes(...Array.from({ length: 450 }, (_, index) => `m1-${index}`));
  own.set('/ci-cluster/ci/id', 'c1');
  const sight = await sightOf({ 'm2:2181': { znodes: own } });
  expect(await clearWrites(sight, '7')).toBe(0);
  expect([...own.keys()]).toEqual(['/zookeeper', '/ci-cluster', '/ci-cluster/ci/id']);
});
