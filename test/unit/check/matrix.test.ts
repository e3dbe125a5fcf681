import { beforeAll, expect, test } from 'vitest';
import { flows } from '../../../src/check/flows.ts';
import { parseAttempt, portsToTry } from '../../../src/check/matrix.ts';
import type { Scene } from '../../../src/check/scene.ts';
import { clusterFile, specOf } from '../../support/cluster-file.ts';
import { changed, sceneOf, told } from '../../support/check-scene.ts';
import { fakeWorld, machine } from '../../support/fake-world.ts';
import { checksOf } from '../../support/fake-checks.ts';
import { setUp } from '../../support/plan-world.ts';

let running: Scene;

beforeAll(async () => {
  const world = fakeWorld();
  await setUp(world);
  running = await sceneOf(world);
}, 60_000);

test('the connections that the stack makes, and no others', async () => {
  const spec = await specOf(clusterFile());
  const told = new Set(
    flows(spec).map(({ from, to, port }) => `${from.name[0]!}→${to.name[0]!} ${port}`),
  );
  expect([...told].sort()).toEqual([
    ...['a→a 31080', 'a→a 31500', 'a→a 50000', 'a→a 8081'],
    ...['a→m 2181', 'a→m 5050', 'a→m 8080', 'm→a 5051'],
    ...['m→m 2181', 'm→m 2888', 'm→m 3888', 'm→m 5050', 'm→m 8080', 'm→m 9090'],
  ]);
  expect(flows(spec).filter(({ from, to }) => from === to)).toEqual([]);
});

test('a single ZooKeeper opens no ports for peers', async () => {
  const spec = await specOf(clusterFile({ masters: 1 }));
  expect(flows(spec).filter(({ port }) => [2888, 3888].includes(port))).toEqual([]);
});

test('a port that a running service opens only as leader is not taken from it', () => {
  const m1 = running.seen[0]!;
  const states = portsToTry(m1, flows(running.spec));
  expect(states.get('10.0.0.11:2181')).toEqual({ kind: 'held' });
  expect(states.get('10.0.0.11:2888')).toEqual({ kind: 'left-free' });
  const restarting = m1.facts.containers.map((one) => ({ ...one, status: 'restarting' }));
  const facts = { ...m1.facts, containers: restarting, listeners: [] };
  expect(portsToTry({ ...m1, facts }, flows(running.spec)).get('10.0.0.11:2181')).toEqual({
    kind: 'left-free',
  });
  const stopped = { ...m1.facts, containers: [], listeners: [] };
  expect(portsToTry({ ...m1, facts: stopped }, flows(running.spec)).get('10.0.0.11:2181')).toBe(
    'free',
  );
});

test('what such a service keeps closed is no fault, a firewall before it is', async () => {
  expect(told(running, 'PORT_MATRIX', 'm1')).toMatch(
    /^pass 14 of 18 connections; 2888 .*closed now/,
  );
  const world = fakeWorld();
  await setUp(world);
  checksOf(machine(world, 'm1')).shields.set(2888, 'silent');
  expect(told(await sceneOf(world), 'PORT_MATRIX', 'm1')).toMatch(
    /^fail 2888 \(ZooKeeper\) from m2, m3: no answer, a firewall drops it \(DROP\)$/,
  );
});

test('a port of somebody on loopback alone is not held for the others', () => {
  const m1 = running.seen[0]!;
  const listener = { address: '127.0.0.1', port: 2181, process: 'x', pid: '1', container: '' };
  const scene = changed(running, 'm1', { facts: { listeners: [listener], containers: [] } });
  expect(portsToTry(scene.seen[0]!, flows(running.spec)).get('10.0.0.11:2181')).toBe('free');
  expect(m1.host.name).toBe('m1');
});

test('lines that are no attempts are passed over', () => {
  expect(parseAttempt('10.0.0.1 2181 unreachable EHOSTUNREACH')).toEqual({
    ...{ place: '10.0.0.1:2181', ending: 'unreachable', errno: 'EHOSTUNREACH' },
  });
  expect(parseAttempt('end')).toBeUndefined();
  expect(parseAttempt('Welcome to m1')).toBeUndefined();
});
