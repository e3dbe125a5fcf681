import { expect, test } from 'vitest';
import type { App } from '../../../src/marathon/app/app-schema.ts';
import { parseApp } from '../../../src/marathon/app/parse-app.ts';
import type { Placement } from '../../../src/marathon/core/constraints.ts';
import { matchOffer } from '../../../src/marathon/core/offer-match.ts';
import { availableIn, minus, take } from '../../../src/marathon/core/resources.ts';
import { jenkinsApp } from '../support/jenkins-app.ts';
import { recordedOffers } from '../support/world.ts';

const [docker4, agent3] = recordedOffers;

function match(
  change: Record<string, unknown>,
  offer = docker4!,
  placed: readonly Placement[] = [],
) {
  const parsed = parseApp({ id: '/a', cmd: 'x', cpus: 0.1, mem: 32, ...change });
  if (parsed.kind === 'faults') throw new Error(JSON.stringify(parsed.faults));
  const versionInfo = { lastScalingAt: '', lastConfigChangeAt: '' };
  const app = { ...parsed.app, version: '', versionInfo } as App;
  const available = availableIn(offer);
  const result = matchOffer({ app, offer, available, placed, defaultRoles: ['*'] });
  return result.kind === 'match' ? result.taken.ports : result.reason;
}

test('fixed ports are taken as required', () => {
  expect(match(jenkinsApp)).toEqual([32001, 32002]);
});

test('a fixed port outside the offered range keeps the app waiting', () => {
  expect(match({ ...jenkinsApp, portDefinitions: [{ port: 8080 }] })).toBe('InsufficientPorts');
});

test('without requirePorts any offered port will do', () => {
  expect(match({ portDefinitions: [{ port: 8080 }, { port: 0 }] })).toEqual([32000, 32001]);
});

test('of bridge mode the host ports count', () => {
  const container = {
    docker: { image: 'a' },
    portMappings: [{ containerPort: 80 }, { containerPort: 81, hostPort: 32005 }],
  };
  expect(match({ cmd: undefined, container, networks: [{ mode: 'container/bridge' }] })).toEqual([
    32000, 32005,
  ]);
});

test.each([
  [{ cpus: 2.5 }, 'InsufficientCpus'],
  [{ mem: 2048 }, 'InsufficientMemory'],
  [{ disk: 2048 }, 'InsufficientDisk'],
  [{ gpus: 1 }, 'InsufficientGpus'],
  [{ cpus: 64, constraints: [['rack', 'IS', 'r9']] }, 'UnfulfilledConstraint'],
])('%j does not fit: %s', (change, reason) => {
  expect(match(change)).toBe(reason);
});

test.each([
  ['hostname', 'CLUSTER', 'agent3.local', true],
  ['@hostname', 'IS', 'docker4.local', false],
  ['rack', 'LIKE', 'r[1-3]', true],
  ['rack', 'LIKE', 'r', false],
  ['rack', 'UNLIKE', 'r3', false],
  ['zone', 'LIKE', '.*', false],
  ['zone', 'UNLIKE', 'a', true],
])('%s %s %s on the agent in rack r3: %s', (field, operator, value, fits) => {
  const result = match({ constraints: [[field, operator, value]] }, agent3);
  expect(Array.isArray(result)).toBe(fits);
});

test.each([
  ['UNIQUE', undefined, 1, false],
  ['MAX_PER', '2', 1, true],
  ['MAX_PER', '2', 2, false],
])('hostname %s %s beside %i on the same host: %s', (operator, value, count, fits) => {
  const placed = Array.from({ length: count }, () => ({ host: 'agent3.local', attributes: {} }));
  const constraint = ['hostname', operator, value].filter((part) => part !== undefined);
  expect(Array.isArray(match({ constraints: [constraint] }, agent3, placed))).toBe(fits);
});

test.each([
  ['an empty one beside two with one each', ['r1', 'r2'], 'GROUP_BY', '2', true],
  ['one of equals', ['r3', 'r1'], 'GROUP_BY', '2', true],
  ['the fuller of two', ['r3', 'r3', 'r1'], 'GROUP_BY', '2', false],
  ['the only one known, without a number', ['r3', 'r3'], 'GROUP_BY', undefined, true],
  ['another than the first', ['r1'], 'CLUSTER', undefined, false],
  ['beside one whose host has no rack', [undefined], 'CLUSTER', undefined, false],
  ['used already', ['r3'], 'UNIQUE', undefined, false],
  ['beside one whose host has no rack', [undefined], 'UNIQUE', undefined, true],
])('rack r3, %s, %j, by %s %s: %s', (_, racks, operator, value, fits) => {
  const placed = racks.map((rack, index) => {
    const attributes: Record<string, string> = rack === undefined ? {} : { rack };
    return { host: `h${index}`, attributes };
  });
  const constraint = ['rack', operator, value].filter((part) => part !== undefined);
  expect(Array.isArray(match({ constraints: [constraint] }, agent3, placed))).toBe(fits);
});

test.each([
  [{ name: 'cores', type: 'SCALAR' as const, scalar: { value: 1234.5 } }, '1,234.5'],
  [{ name: 'cores', type: 'SCALAR' as const, scalar: { value: 8 } }, '8'],
  [
    {
      name: 'cores',
      type: 'RANGES' as const,
      ranges: {
        range: [
          { begin: 8, end: 9 },
          { begin: 1, end: 2 },
        ],
      },
    },
    '[1-2,8-9]',
  ],
  [{ name: 'cores', type: 'SET' as const, set: { item: ['b', 'a'] } }, '{a,b}'],
])('attribute %j reads %s', (attribute, text) => {
  const offer = { ...docker4!, attributes: [attribute] };
  expect(match({ constraints: [['cores', 'IS', text]] }, offer)).toEqual([32000]);
});

test('region and zone are those of the agent’s domain', () => {
  const domain = { fault_domain: { region: { name: 'eu' }, zone: { name: 'eu-1' } } };
  const offer = { ...docker4!, domain };
  expect(match({ constraints: [['@region', 'IS', 'eu']] }, offer)).toEqual([32000]);
  expect(match({ constraints: [['@zone', 'IS', 'eu-2']] }, offer)).toBe('UnfulfilledConstraint');
  expect(match({ constraints: [['@zone', 'IS', 'eu-1']] })).toBe('UnfulfilledConstraint');
});

test('GROUP_BY waits for another group while this one has more', () => {
  const placed = [{ host: 'agent3.local', attributes: { rack: 'r3' } }];
  const constraints = [['rack', 'GROUP_BY', '2']];
  expect(match({ constraints }, agent3, placed)).toBe('UnfulfilledConstraint');
});

test('what one task takes is gone for the next', () => {
  const before = availableIn(docker4!);
  const taken = take(before, { cpus: 0.5, mem: 24, disk: 0, gpus: 0 }, [32000, 32005]);
  expect(minus(before, taken)).toEqual([
    {
      role: '*',
      cpus: 1.5,
      mem: 1000,
      disk: 1024,
      gpus: 0,
      ports: [
        { begin: 32001, end: 32004 },
        { begin: 32006, end: 32010 },
      ],
    },
  ]);
});
