import { beforeAll, expect, test } from 'vitest';
import { clusterFile, controller } from '../../support/cluster-file.ts';
import {
  container,
  fakeWorld,
  freeze,
  machine,
  powerOff,
  stop,
  writeClusterFile,
  type FakeWorld,
} from '../../support/fake-world.ts';
import { setUp } from '../../support/plan-world.ts';
import { runCli } from '../../support/run-cli.ts';

const usual = clusterFile();
let healthy: FakeWorld;

beforeAll(async () => {
  healthy = fakeWorld(usual);
  await setUp(healthy);
});

/** A cluster of its own, as if just set up. */
function cluster(): FakeWorld {
  return structuredWorld(healthy);
}

function structuredWorld(world: FakeWorld): FakeWorld {
  const copy = fakeWorld(usual);
  copy.clock.advance(world.clock.now());
  copy.mesos.initialised = true;
  for (const [name, original] of world.machines) {
    const { files, folders, images, containers, ...rest } = original;
    copy.machines.set(name, {
      ...rest,
      files: new Map([...files].map(([path, file]) => [path, { ...file }])),
      folders: new Map(folders),
      images: new Set(images),
      containers: new Map([...containers].map(([key, value]) => [key, { ...value }])),
    });
  }
  for (const [id, app] of world.apps) {
    const place = app.machine && machine(copy, app.machine.name);
    copy.apps.set(id, { ...app, machine: place });
  }
  return copy;
}

interface StatusDocument {
  readonly ok: boolean;
  readonly health: Record<string, { readonly leader?: string | null; readonly reason?: string }>;
}

async function statusOf(world: FakeWorld) {
  const json = await runCli('status --json', world);
  const text = await runCli('status', world);
  expect(json.exitCode).toBe(text.exitCode);
  const { health } = JSON.parse(json.stdout) as StatusDocument;
  return { exitCode: text.exitCode, text: text.stdout, health };
}

test('a healthy cluster is shown on one screen, with exit code 0', async () => {
  const { exitCode, text, health } = await statusOf(cluster());
  expect(exitCode).toBe(0);
  expect(text.split('\n')[0]).toBe('ci: healthy');
  expect(text.split('\n')).toHaveLength(9);
  expect(health).toMatchObject({
    verdict: 'healthy',
    zookeeper: { leader: 'm1', canLose: 1, state: 'healthy' },
    mesosMasters: { leader: 'm1', canLose: 1 },
    marathon: { leader: 'm1', canLose: 2 },
    mesosAgents: { members: [{ host: 'a1', resources: { cpus: 4, memoryMb: 6500 } }, {}] },
    jenkins: [{ name: 'main', host: 'a1', version: '2.568.2' }],
  });
});

test('status names one ZooKeeper leader and n-1 followers', async () => {
  const { health } = await statusOf(cluster());
  const { members } = health.zookeeper as { members?: readonly { role: string }[] };
  expect(members?.map(({ role }) => role)).toEqual(['leader', 'follower', 'follower']);
});

test('status changes nothing and looks at each host once', async () => {
  const { log } = await runCli('status', cluster());
  expect(log.filter((line) => !/^connect|^close|: facts$/.test(line))).toEqual([]);
  expect(log.filter((line) => line.endsWith(': facts'))).toHaveLength(5);
});

test('a ZooKeeper member that is down leaves the cluster degraded, with nothing to spare', async () => {
  const world = cluster();
  stop(world, 'm3', 'ci-zookeeper');
  const { exitCode, text, health } = await statusOf(world);
  expect(exitCode).toBe(6);
  expect(text).toContain('leader m1, 1 follower, can lose none, 1 of 3 do not serve');
  expect(text).toMatch(/m3 +ci-zookeeper +exited, exit code 137/);
  expect(health.zookeeper).toMatchObject({ state: 'degraded', canLose: 0 });
});

test('without a quorum there is no leader of anything', async () => {
  const world = cluster();
  stop(world, 'm1', 'ci-zookeeper');
  stop(world, 'm2', 'ci-zookeeper');
  const { exitCode, health } = await statusOf(world);
  expect(exitCode).toBe(6);
  for (const group of ['zookeeper', 'mesosMasters', 'marathon']) {
    expect(health[group]).toMatchObject({ leader: null, state: 'unhealthy', canLose: 0 });
  }
  expect(health.mesosAgents).toMatchObject({ state: 'unknown' });
});

test('a frozen Mesos leader accepts connections, and is found out all the same', async () => {
  const world = cluster();
  freeze(world, 'm1', 'mesos-master');
  const { exitCode, text, health } = await statusOf(world);
  expect(exitCode).toBe(6);
  expect(health.mesosMasters).toMatchObject({ leader: null, state: 'unhealthy' });
  expect(text).toMatch(/m1 +mesos-master +no answer within 4 s/);
});

test('a frozen ZooKeeper leader is found out', async () => {
  const world = cluster();
  freeze(world, 'm1', 'zookeeper');
  const { exitCode, health } = await statusOf(world);
  expect(exitCode).toBe(6);
  expect(health.zookeeper).toMatchObject({
    leader: null,
    members: [{ host: 'm1', state: 'unhealthy', detail: 'no answer within 4 s' }, {}, {}],
  });
});

test('a Mesos leader that lost its quorum looks healthy but for its log', async () => {
  const world = cluster();
  freeze(world, 'm2', 'mesos-master');
  freeze(world, 'm3', 'mesos-master');
  const { health } = await statusOf(world);
  expect(health.mesosMasters).toMatchObject({ leader: 'm1', state: 'degraded', canLose: 0 });
});

test('an unreachable host is the only fault: exit code 4, and the rest is shown', async () => {
  const world = cluster();
  world.cut.set('a2', 'HOST_UNREACHABLE');
  const { exitCode, text } = await statusOf(world);
  expect(exitCode).toBe(4);
  expect(text).toMatch(/a2 +host +cannot reach a2 at 10\.0\.0\.102:22/);
  expect(text).toContain('✔  ZooKeeper      leader m1, 2 followers, can lose 1 more');
  expect(text).toContain('✔  Jenkins main   on a1');
});

test('a master without power is the only fault: exit code 4', async () => {
  const world = cluster();
  powerOff(world, 'm3');
  const { exitCode, health } = await statusOf(world);
  expect(exitCode).toBe(4);
  expect(health.zookeeper).toMatchObject({ leader: 'm1', canLose: 0 });
});

test('an unreachable host beside something broken: exit code 6', async () => {
  const world = cluster();
  world.cut.set('a2', 'HOST_UNREACHABLE');
  stop(world, 'm3', 'ci-marathon');
  expect((await statusOf(world)).exitCode).toBe(6);
});

test('an unreachable host beside a Jenkins that does not answer: exit code 6', async () => {
  const world = cluster();
  world.cut.set('a2', 'HOST_UNREACHABLE');
  world.apps.get('/ci/jenkins-main')!.startedMs = world.clock.now() + 1000;
  expect((await statusOf(world)).exitCode).toBe(6);
});

test('a changed host key: exit code 4, and the reason', async () => {
  const world = cluster();
  world.cut.set('a2', 'HOST_KEY_CHANGED');
  const { exitCode, text } = await statusOf(world);
  expect(exitCode).toBe(4);
  expect(text).toContain('the host key has changed');
});

test('a container that differs from the cluster file is degraded, though it serves', async () => {
  const world = cluster();
  writeClusterFile(world, clusterFile({ sections: { marathon: { heap: '1GiB' } } }));
  const { exitCode, text } = await statusOf(world);
  expect(exitCode).toBe(6);
  expect(text).toMatch(/m1, m2, m3 +ci-marathon +differs from the cluster file/);
});

test('hosts without Docker are named together', async () => {
  const world = cluster();
  for (const host of ['m1', 'm2', 'm3', 'a1', 'a2']) machine(world, host).docker = 'absent';
  const { exitCode, text } = await statusOf(world);
  expect(exitCode).toBe(6);
  expect(text).toContain('m1, m2, m3 and 2 more  host  Docker Engine is absent');
});

test('bare hosts are a cluster that is not there yet, no failure of status', async () => {
  const { exitCode, text } = await statusOf(fakeWorld());
  expect(exitCode).toBe(6);
  expect(text).toContain('ZooKeeper      no leader');
  expect(text).toMatch(/m1, m2, m3 +ci-zookeeper +missing/);
});

test('a Jenkins that waits for its agent is told as such', async () => {
  const world = cluster();
  stop(world, 'a1', 'ci-mesos-agent');
  world.apps.get('/ci/jenkins-main')!.machine = undefined;
  const { text } = await statusOf(world);
  expect(text).toContain('✘  Jenkins main   waits for an offer');
});

test('the notice of the cluster file stands with the result, in text and in JSON', async () => {
  const world = cluster();
  const notice = 'Lab: nothing here is a measurement of the real programs.';
  writeClusterFile(world, clusterFile({ sections: { notice } }));
  expect((await runCli('status', world)).stdout.endsWith(`\n\n${notice}`)).toBe(true);
  expect(JSON.parse((await runCli('status --json', world)).stdout)).toMatchObject({ notice });
});

test('no line is longer than 80 columns, whatever is wrong', async () => {
  const longest = { 'controller-with-a-name-of-40-characters0': controller() };
  const names = { jenkins: longest, agents: 4 };
  const worlds = [cluster(), cluster(), cluster(), fakeWorld(clusterFile(names))];
  const [broken, cut, drifted, named] = worlds;
  for (const host of ['m1', 'm2']) stop(broken!, host, 'ci-zookeeper');
  for (const host of ['m1', 'a1', 'a2']) cut!.cut.set(host, 'HOST_UNREACHABLE');
  writeClusterFile(drifted!, clusterFile({ sections: { mesos: { offerTimeout: '7s' } } }));
  await setUp(named!);
  container(named!, 'a3', 'ci-gateway').frozen = true;
  for (const world of worlds) {
    const { stdout } = await runCli('status', world);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});

test('a wide terminal shows more, a narrow one less', async () => {
  const world = cluster();
  stop(world, 'm3', 'ci-zookeeper');
  const widest = async (columns: number) => {
    const { stdout } = await runCli('status', world, { columns });
    return Math.max(...stdout.split('\n').map((line) => line.length));
  };
  expect(await widest(60)).toBeLessThanOrEqual(60);
  expect(await widest(200)).toBeGreaterThan(60);
});

test('what a drill left on a host is told with what ends it, as text and as JSON', async () => {
  const world = cluster();
  expect((await statusOf(world)).health).toMatchObject({ residue: [] });
  machine(world, 'm2').residue = [
    { kind: 'drill', name: 'd1', detail: 'injected' },
    { kind: 'chain', name: 'CICD-d1', detail: 'iptables' },
  ];
  const { text, health, exitCode } = await statusOf(world);
  expect(exitCode).toBe(0);
  expect(text).toContain('! m2: drill d1 has injected its fault and is not healed');
  expect(text).toContain('ci-cluster failover-drill heal --all');
  expect(health).toMatchObject({
    residue: [
      { host: 'm2', kind: 'drill', name: 'd1', detail: 'injected' },
      { host: 'm2', kind: 'chain', name: 'CICD-d1', detail: 'iptables' },
    ],
  });
});
