import { expect, test } from 'vitest';
import { probeEntrances } from '../../../src/health/gateway.ts';
import { probeMovingAddress } from '../../../src/health/moving-address.ts';
import type { Sight } from '../../../src/health/sight.ts';
import type { HttpAnswer, NoAnswer, RemoteHost } from '../../../src/ports.ts';
import { clusterFile, specOf } from '../../support/cluster-file.ts';

const sections = {
  images: { keepalived: 'registry.example.com/keepalived:2.2.7' },
  gateway: { address: 'vip', vip: { address: '10.0.0.100' } },
};
const spec = await specOf(clusterFile({ hosts: { a2: { roles: ['gateway'] } }, sections }));
const late: NoAnswer = { failure: 'timeout', detail: 'no answer' };

/** Which gateway each host finds at the address; `null` for none, left out for a host that is not connected. */
function sightOf(views: Readonly<Record<string, string | null>>): Sight {
  const answer = (holder: string | null | undefined): HttpAnswer | NoAnswer =>
    holder ? { status: 200, headers: { 'x-ci-cluster-gateway': holder }, body: '' } : late;
  const remotes = Object.entries(views).map(([name, holder]) => {
    const http: RemoteHost['http'] = ({ address }) =>
      Promise.resolve(address === '127.0.0.1' ? answer('own') : answer(holder));
    return [name, { name, http } as unknown as RemoteHost] as const;
  });
  return { spec, remotes: new Map(remotes), missing: new Map() };
}

interface Case {
  readonly what: string;
  readonly views: Readonly<Record<string, string | null>>;
  readonly state: string;
  readonly holder?: string;
  readonly detail: string;
}

const cases: readonly Case[] = [
  {
    what: 'every host finds the same gateway',
    views: { a1: 'a2', a2: 'a2', m1: 'a2' },
    ...{ state: 'healthy', holder: 'a2', detail: '' },
  },
  {
    what: 'two gateways have the address at once',
    views: { a1: 'a1', a2: 'a2', m1: 'a2' },
    ...{ state: 'unhealthy', detail: 'a1 and a2 have it at once: they do not hear' },
  },
  {
    what: 'nobody has it',
    views: { a1: null, a2: null, m1: null },
    ...{ state: 'unhealthy', detail: 'no gateway has it: no answer within 4 s' },
  },
  {
    what: 'only its holder reaches it',
    views: { a1: 'a1', a2: null, m1: null },
    ...{ state: 'unhealthy', holder: 'a1', detail: 'a1 has it, but not reached from a2, m1: no' },
  },
  {
    what: 'one host does not reach it',
    views: { a1: 'a1', a2: 'a1', m1: null },
    ...{ state: 'degraded', holder: 'a1', detail: 'a1 has it, but not reached from m1' },
  },
  { what: 'nobody can be asked', views: {}, state: 'unknown', detail: 'no host could be asked' },
  {
    what: 'one gateway is unreachable',
    views: { a2: 'a2', m1: 'a2' },
    ...{ state: 'healthy', holder: 'a2', detail: '' },
  },
];

test.each(cases)('the address that moves: $what', async ({ views, state, holder, detail }) => {
  const seen = await probeMovingAddress(sightOf(views));
  expect(seen).toMatchObject({ address: '10.0.0.100', state });
  expect(seen?.holder).toBe(holder);
  expect(seen?.detail).toContain(detail);
});

test('another server at the address is no gateway', async () => {
  const sight = sightOf({ a1: 'a1', m1: 'a1' });
  const http = () => Promise.resolve({ status: 200, headers: {}, body: '' });
  const stranger = { name: 'm1', http } as unknown as RemoteHost;
  const remotes = new Map([...sight.remotes, ['m1', stranger]]);
  const seen = await probeMovingAddress({ ...sight, remotes });
  expect(seen?.detail).toContain('not reached from m1: answers 200, but is no gateway');
});

test('its trouble is that of the gateways', async () => {
  const gateways = await probeEntrances(sightOf({ a1: 'a1', a2: 'a2', m1: 'a1' }));
  expect(gateways.state).toBe('unhealthy');
  expect(gateways.reason).toMatch(/^10\.0\.0\.100: a1 and a2 have it at once/);
});

test('one of two gateways can be lost, a single one cannot', async () => {
  expect((await probeEntrances(sightOf({ a1: 'a1', a2: 'a1' }))).canLose).toBe(1);
  expect((await probeEntrances(sightOf({ a1: 'a1' }))).canLose).toBe(0);
  const single = { ...sightOf({ a1: 'a1', a2: 'a1' }), spec: await specOf() };
  expect(await probeEntrances(single)).toMatchObject({ canLose: 0, movingAddress: undefined });
});
