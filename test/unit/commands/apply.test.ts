import { expect, test, vi } from 'vitest';
import { adminPassword, clusterFile, controller } from '../../support/cluster-file.ts';
import {
  container,
  fakeWorld,
  machine,
  writeClusterFile,
  type FakeWorld,
} from '../../support/fake-world.ts';
import { setUp } from '../../support/plan-world.ts';
import { runCli } from '../../support/run-cli.ts';

// Each of them sets a cluster up first.
vi.setConfig({ testTimeout: 20_000 });

const zoo = '/etc/ci-cluster/zookeeper/zoo.cfg';
const edited = clusterFile({ sections: { zookeeper: { syncLimit: 7 } } });

/** A cluster that runs, an edited cluster file, and the plan for it in `friday.plan`. */
async function planned(text = edited): Promise<FakeWorld> {
  const world = fakeWorld();
  await setUp(world);
  writeClusterFile(world, text);
  const { exitCode } = await runCli('plan --out friday.plan', world);
  expect(exitCode).toBe(3);
  return world;
}

interface Document {
  readonly plan: { readonly fingerprint: string };
  readonly planFingerprint: string;
  readonly steps: readonly { readonly host: string; readonly step: string }[];
}

function parsed(text: string | undefined): Document {
  return JSON.parse(text ?? '') as Document;
}

test('a saved plan is carried out, step by step as it was shown', async () => {
  const world = await planned();
  const shown = parsed((await runCli('plan --json', world)).stdout);
  const { exitCode, stdout } = await runCli('apply friday.plan --yes --json', world);
  const applied = parsed(stdout);
  expect(exitCode).toBe(0);
  expect(applied.plan.fingerprint).toBe(shown.plan.fingerprint);
  expect(parsed(world.files.get('friday.plan')).planFingerprint).toBe(shown.plan.fingerprint);
  expect(applied.steps.map(({ host, step }) => `${host}: ${step}`)).toEqual(
    ['m2', 'm3', 'm1'].flatMap((host) => [
      `${host}: write ${zoo}`,
      `${host}: start ci-zookeeper from zookeeper:3.9.5`,
    ]),
  );
  expect((await runCli('plan', world)).exitCode).toBe(0);
});

test('the plan of a first run keeps the id of the cluster that it will have', async () => {
  const world = fakeWorld();
  await runCli('plan --out friday.plan', world);
  const { exitCode, stderr } = await runCli('apply friday.plan --yes', world);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const { clusterId } = JSON.parse(world.files.get('friday.plan') ?? '') as { clusterId: string };
  expect(machine(world, 'm1').files.get('/etc/ci-cluster/cluster.json')?.content).toContain(
    clusterId,
  );
});

test('apply asks like init, and does nothing without an answer', async () => {
  const world = await planned();
  const none = await runCli('apply friday.plan', world);
  expect(none.exitCode).toBe(9);
  const asked = await runCli('apply friday.plan', world, { answers: ['y'] });
  expect(asked.stderr).toContain('ZooKeeper keeps its quorum');
  expect(asked.exitCode).toBe(0);
});

const moves: readonly (readonly [string, (world: FakeWorld) => void, string])[] = [
  [
    'a file was edited that the plan writes anyway',
    (world) => {
      machine(world, 'm2').files.get(zoo)!.content = '# by hand\n';
    },
    `m2: file ${zoo}: has changed`,
  ],
  [
    'a file of another service is gone',
    (world) => machine(world, 'a1').files.delete('/etc/ci-cluster/gateway/haproxy.cfg'),
    'a1: file /etc/ci-cluster/gateway/haproxy.cfg: is gone',
  ],
  [
    'a mode was changed',
    (world) => {
      machine(world, 'm3').files.get(zoo)!.mode = '666';
    },
    `m3: file ${zoo}: mode 644 → mode 666`,
  ],
  [
    'a container has ended',
    (world) => {
      container(world, 'm3', 'ci-marathon').status = 'exited';
    },
    'm3: container ci-marathon: running → down',
  ],
  [
    'an app was removed',
    (world) => world.apps.delete('/ci/jenkins-main'),
    'app /ci/jenkins-main: is gone',
  ],
  [
    'the cluster file was edited',
    (world) => {
      writeClusterFile(world, `${edited}\n# one line more\n`);
    },
    'cluster.yml: edited since',
  ],
  [
    'a secret on a host is another one',
    (world) => {
      const path = '/etc/ci-cluster/jenkins/main/secrets/ADMIN_PASSWORD';
      machine(world, 'a1').files.get(path)!.content = 'stolen';
    },
    'ADMIN_PASSWORD: secret: wanted → secret: another',
  ],
];

test.each(moves)('bug 30: an old plan is refused: %s', async (_what, move, told) => {
  const world = await planned();
  move(world);
  const { exitCode, stderr, log } = await runCli('apply friday.plan --yes', world);
  expect(exitCode).toBe(8);
  expect(stderr).toContain('[PLAN_OUTDATED]');
  expect(stderr).toContain(told);
  expect(log.filter((line) => /: (stage|lock|start|write)/.test(line))).toEqual([]);
});

test('bug 30: what no plan depends on may change: free space, clocks, another listener', async () => {
  const world = await planned();
  const m1 = machine(world, 'm1');
  m1.freeKib = () => 40_000_000;
  m1.strangers.push({ address: '0.0.0.0', port: 9100, process: 'exporter', pid: 7, container: '' });
  await world.clock.sleep(3_600_000);
  expect((await runCli('apply friday.plan --yes', world)).exitCode).toBe(0);
});

test('bug 30: a secret that was changed in the meantime makes it another plan', async () => {
  const admin = { password: { file: '/home/ops/password' } };
  const text = clusterFile({ jenkins: { main: controller({ admin }) } });
  const world = fakeWorld(text);
  world.files.set('/home/ops/password', 'the first\n');
  await runCli('plan --out friday.plan', world);
  world.files.set('/home/ops/password', 'the second\n');
  const { exitCode, stderr } = await runCli('apply friday.plan --yes', world);
  expect(exitCode).toBe(8);
  expect(stderr).toContain('the plan itself: a secret or a file that it writes');
});

test('a plan that was carried out already is refused', async () => {
  const world = await planned();
  await runCli('apply friday.plan --yes', world);
  const { exitCode, stderr } = await runCli('apply friday.plan --yes', world);
  expect(exitCode).toBe(8);
  expect(stderr).toContain(`m1: file ${zoo}: has changed`);
});

test('a file that is no plan, or was edited, is refused before any host is asked', async () => {
  const world = await planned();
  const text = world.files.get('friday.plan') ?? '';
  world.files.set('edited.plan', text.replaceAll('syncLimit=7', 'syncLimit=9'));
  world.files.set('other.plan', '{}');
  for (const file of ['edited.plan', 'other.plan', 'none.plan']) {
    const { exitCode, stderr, log } = await runCli(`apply ${file} --yes`, world);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('[PLAN_UNREADABLE]');
    expect(log).toEqual([]);
  }
});

test('a saved plan holds no secret, neither as it is nor as a digest that could be searched for', async () => {
  const world = fakeWorld();
  await runCli('plan --out friday.plan', world);
  const text = world.files.get('friday.plan') ?? '';
  expect(text).not.toContain(adminPassword);
  const { createHash } = await import('node:crypto');
  for (const value of [adminPassword, `${adminPassword}\n`]) {
    expect(text).not.toContain(createHash('sha256').update(value).digest('hex'));
  }
  expect(text).toMatch(/"secret": "[0-9a-f]{32}"/);
});
