import { describe, expect, test } from 'vitest';
import { match, type Pod } from '../../../src/jenkins/cloud/offer-match.ts';
import type { Resource } from '../../../src/shared/mesos.ts';
import { parseAttributes, parseResources } from '../../../src/shared/resources.ts';
import type { LocatedOffer } from '../../../src/shared/scheduler-wire.ts';

const pod: Pod = {
  name: 'a1',
  role: 'ci',
  needs: [
    { name: 'cpus', amount: 0.3 },
    { name: 'mem', amount: 544 },
    { name: 'disk', amount: 0 },
  ],
  attributes: new Map(),
  domain: 'any',
  task: { name: '', task_id: { value: 'a1' } },
};

function offer(resources: string, change: Partial<LocatedOffer> = {}): LocatedOffer {
  return {
    id: { value: 'O1' },
    framework_id: { value: 'f' },
    agent_id: { value: 'S1' },
    hostname: 'a1',
    url: { scheme: 'http', address: { hostname: 'a1', ip: '10.0.0.1', port: 5051 }, path: '/' },
    resources: parseResources(resources),
    attributes: parseAttributes('os:linux;rack:7'),
    allocation_info: { role: 'ci' },
    ...change,
  };
}

const judge = (one: Pod, given: LocatedOffer, left: readonly Resource[] = given.resources) =>
  match(one, given, { left, masterDomain: undefined });

const amounts = (resources: readonly Resource[]) =>
  resources.map(({ name, scalar }) => [name, scalar?.value]);

describe('an offer', () => {
  test('fits if every need has room; nothing is taken where nothing is needed', () => {
    const result = judge(pod, offer('cpus:4;mem:1024;disk:100'));
    expect(result.kind === 'fits' && amounts(result.taken)).toEqual([
      ['cpus', 0.3],
      ['mem', 544],
    ]);
    expect(result.kind === 'fits' && amounts(result.left)).toEqual([
      ['cpus', 3.7],
      ['mem', 480],
      ['disk', 100],
    ]);
  });

  test('may hold a resource in parts, which are counted in thousandths', () => {
    const given = offer('cpus:0.1;cpus:0.2;mem:544');
    expect(judge(pod, given)).toMatchObject({ kind: 'fits' });
  });

  test.each([
    ['cpus', offer('cpus:0.2;mem:1024')],
    ['mem', offer('cpus:1;mem:543')],
    ['role', offer('cpus:4;mem:1024', { allocation_info: { role: '*' } })],
  ])('is refused for its %s', (by, given) => {
    expect(judge(pod, given)).toEqual({ kind: 'refused', by });
  });

  test('is refused for attributes that are other, missing or no text', () => {
    const wants = (...pairs: [string, string][]) => ({ ...pod, attributes: new Map(pairs) });
    const given = offer('cpus:4;mem:1024');
    expect(judge(wants(['os', 'linux']), given).kind).toBe('fits');
    for (const pair of [
      ['os', 'Linux'],
      ['zone', 'a'],
      ['rack', '7'],
    ] as [string, string][]) {
      expect(judge(wants(pair), given)).toEqual({ kind: 'refused', by: 'attributes' });
    }
  });

  test('is at home where its region is that of the master, which both may not have', () => {
    const region = (name: string) => ({
      fault_domain: { region: { name }, zone: { name: 'z1' } },
    });
    const home: Pod = { ...pod, domain: 'home' };
    const away = offer('cpus:4;mem:1024', { domain: region('east') });
    expect(judge(home, offer('cpus:4;mem:1024')).kind).toBe('fits');
    expect(judge(home, away)).toEqual({ kind: 'refused', by: 'domain' });
    const there: Pod = { ...pod, domain: { region: 'east', zone: 'z1' } };
    expect(judge(there, away).kind).toBe('fits');
  });
});
