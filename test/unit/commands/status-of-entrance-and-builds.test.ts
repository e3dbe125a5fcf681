import { expect, test } from 'vitest';
import { clusterFile } from '../../support/cluster-file.ts';
import { container, fakeWorld, machine, stop, type FakeWorld } from '../../support/fake-world.ts';
import { setUp } from '../../support/plan-world.ts';
import { runCli } from '../../support/run-cli.ts';

const sections = {
  images: { keepalived: 'registry.example.com/keepalived:2.2.7' },
  gateway: { address: 'vip', vip: { address: '10.0.0.100' } },
};

async function cluster(isVip = false): Promise<FakeWorld> {
  const vip = { hosts: { a2: { roles: ['gateway'] } }, sections };
  const world = fakeWorld(clusterFile(isVip ? vip : {}));
  await setUp(world);
  return world;
}

interface Document {
  readonly health: { readonly [key: string]: unknown; readonly hosts: readonly object[] };
}

async function statusOf(world: FakeWorld) {
  const json = await runCli('status --json', world);
  const text = await runCli('status', world);
  const { health } = JSON.parse(json.stdout) as Document;
  return { exitCode: text.exitCode, text: text.stdout, health };
}

test('a single host that lets people in is no fault, but is never called safe', async () => {
  const { exitCode, text, health } = await statusOf(await cluster());
  expect(exitCode).toBe(0);
  expect(text).toMatch(
    /Gateways +2 of 2 lead through, can lose none \(only one lets people in\)$/m,
  );
  expect(health.gateways).toMatchObject({ canLose: 0, movingAddress: null });
});

test('an address that moves is shown with its holder, and one gateway can be lost', async () => {
  const world = await cluster(true);
  const { exitCode, text, health } = await statusOf(world);
  expect(exitCode).toBe(0);
  expect(text).toMatch(/2 of 2 lead through, 10\.0\.0\.100 on a1, can lose 1 more$/m);
  expect(health.gateways).toMatchObject({ canLose: 1, movingAddress: { holder: 'a1' } });
});

test('when its holder is lost the address is on the other gateway', async () => {
  const world = await cluster(true);
  stop(world, 'a1', 'ci-gateway');
  const { exitCode, text } = await statusOf(world);
  expect(exitCode).toBe(6);
  expect(text).toMatch(/1 of 2 lead through, 10\.0\.0\.100 on a2, can lose none$/m);
});

test('an address that nobody has is a fault of its own', async () => {
  const world = await cluster(true);
  for (const host of ['a1', 'a2']) stop(world, host, 'ci-keepalived');
  const { exitCode, text, health } = await statusOf(world);
  expect(exitCode).toBe(6);
  expect(text).toContain('10.0.0.100 nowhere');
  expect(text).toMatch(/10\.0\.0\.100 +gateways +no gateway has it/);
  expect(health.gateways).toMatchObject({ state: 'unhealthy' });
});

test('a second init of a cluster with a moving address changes nothing', async () => {
  const { exitCode, stdout } = await runCli('init --yes --no-build', await cluster(true));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/[Nn]othing (had to be changed|to change|to do)|no changes/i);
});

test('a host whose rules are gone is degraded, with what builds may do there', async () => {
  const world = await cluster();
  machine(world, 'a2').isolation = undefined;
  const { exitCode, text, health } = await statusOf(world);
  expect(exitCode).toBe(6);
  expect(text).toMatch(/a2 +host +builds may reach control ports: the rules are not in force/);
  expect(health.hosts.at(-1)).toMatchObject({ host: 'a2', state: 'degraded' });
});

test('a host whose rules are gone still tells of its containers', async () => {
  const world = await cluster();
  machine(world, 'a2').isolation = undefined;
  container(world, 'a2', 'ci-gateway').status = 'exited';
  const { text } = await statusOf(world);
  expect(text).toMatch(/a2 +ci-gateway +exited/);
  expect(text).toMatch(/a2 +host +builds may reach control ports/);
});

test('looking after builds takes one exec per host, as ever', async () => {
  const { log } = await runCli('status', await cluster(true));
  for (const host of ['m1', 'm2', 'm3', 'a1', 'a2']) {
    expect(log.filter((line) => line === `${host}: facts`)).toHaveLength(1);
  }
});
