import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { memoryOf } from '../../support/fake-agents.ts';
import { clusterFile, controller } from '../../support/cluster-file.ts';
import { machine, powerOff, type FakeWorld } from '../../support/fake-world.ts';
import { buildingWorld, buildOn, courseOf, edit, jenkinsOf } from '../../support/building-world.ts';
import { setUp } from '../../support/plan-world.ts';
import { runCli } from '../../support/run-cli.ts';

const patience = 30_000;
const three = { agents: 3 };

let world: FakeWorld;

async function bringUp(): Promise<void> {
  world = await buildingWorld(three);
}

function hostsInFile(): readonly string[] {
  return Object.keys((parse(world.files.get('cluster.yml') ?? '') as { hosts: object }).hosts);
}

describe('remove-agent', { timeout: patience }, () => {
  beforeEach(bringUp, patience);

  test('lets a running build finish, then takes the host out of everything', async () => {
    buildOn(world, 'a3', 240_000);
    const { exitCode, stdout, stderr, log } = await runCli('remove-agent a3 --yes', world);
    expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
    expect(courseOf(log).slice(0, 6)).toEqual([
      'a3: write /etc/ci-cluster/vacated.json',
      'm1: DEACTIVATE_AGENT a3',
      'm1: DRAIN_AGENT a3',
      'a3: remove ci-gateway',
      'a3: remove ci-mesos-agent',
      'a3: remove /etc/ci-cluster/vacated.json',
    ]);
    expect(log).toContain('m1: MARK_AGENT_GONE a3');
    expect(jenkinsOf(world).builds[0]?.stopped).toBe(false);
    expect(jenkinsOf(world).quietingDown).toBe(false);
    expect(stderr).toContain('main: deploy #12 on jenkins-agent-linux-12f (3 min)');
    expect(stdout).toContain('a3 removed');
    expect(stdout).toContain('its data stays in /var/lib/ci-cluster there');
    expect(hostsInFile()).toEqual(['m1', 'm2', 'm3', 'a1', 'a2']);
    const gone = machine(world, 'a3');
    expect([...gone.containers.keys()]).toEqual([]);
    expect([...gone.files.keys()].filter((path) => path.startsWith('/etc/ci-'))).toEqual([]);
    expect(gone.folders.has('/var/lib/ci-cluster/mesos-agent')).toBe(true);
    expect((await runCli('init --yes --no-build', world)).stdout).toContain('nothing to change');
    expect((await runCli('status', world)).exitCode).toBe(0);
  });

  test('and add-agent afterwards begin with a new Mesos agent on the same host', async () => {
    machine(world, 'a3').files.set('/var/lib/ci-cluster/mesos-agent/meta/slaves/latest', {
      ...{ content: 'S-a3', mode: '777', uid: 0, gid: 0, modified: 0 },
    });
    await runCli('remove-agent a3 --yes', world);
    const latest = '/var/lib/ci-cluster/mesos-agent/meta/slaves/latest';
    expect(machine(world, 'a3').files.has(latest)).toBe(false);
    world.mesos.agents?.delete('a3');
    const { exitCode, stderr } = await runCli('add-agent a3=10.0.0.103 --yes', world);
    expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
  });

  test('is given up when the build does not end, and the host has its work again', async () => {
    buildOn(world, 'a3', 7_200_000);
    const line = 'remove-agent a3 --drain-timeout 5m --yes';
    const { exitCode, stderr, log } = await runCli(line, world);
    expect(exitCode).toBe(8);
    expect(stderr).toContain('a build still runs on a3 after 5 min');
    expect(log).toContain('m1: REACTIVATE_AGENT a3');
    expect(memoryOf({ agents: world.mesos.agents! }, 'a3').deactivated).toBe(false);
    expect(hostsInFile()).toContain('a3');
    expect((await runCli('init --yes --no-build', world)).stdout).toContain('nothing to change');
  });

  test('moves a shared controller first', async () => {
    edit(world, { ...three, hosts: { a2: { roles: ['gateway'] } } });
    await setUp(world);
    edit(world, {
      ...three,
      hosts: { a2: { roles: ['gateway'] } },
      sections: { gateway: { address: 'external' } },
    });
    for (const one of world.apps.values()) one.machine = machine(world, 'a3');
    const { exitCode, stderr } = await runCli('remove-agent a3 --yes', world);
    expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
    expect(stderr).toContain('Jenkins main runs on a1 now');
  });

  test('deletes data only where the name of the cluster is given', async () => {
    const refused = await runCli('remove-agent a3 --purge --yes', world);
    expect(refused.exitCode).toBe(9);
    expect(refused.stderr).toContain('remove-agent a3 --purge --confirm ci');
    expect((await runCli('remove-agent a3 --purge --confirm other', world)).exitCode).toBe(9);
    expect(machine(world, 'a3').folders.has('/var/lib/ci-cluster/mesos-agent')).toBe(true);
    const { exitCode } = await runCli('remove-agent a3 --purge --confirm ci', world);
    expect(exitCode).toBe(0);
    expect(machine(world, 'a3').folders.has('/var/lib/ci-cluster/mesos-agent')).toBe(false);
  });

  test('of a dead host says what is left to be typed there, should it come back', async () => {
    powerOff(world, 'a3');
    const { exitCode, stdout, stderr, log } = await runCli('remove-agent a3 --yes', world);
    expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
    expect(courseOf(log).filter((line) => /_AGENT a3|a3: /.test(line))).toEqual([]);
    expect(stdout).toContain('Could not be reached; type this there before it is used again');
    expect(stdout).toContain('docker rm --force ci-mesos-agent ci-gateway');
    expect(hostsInFile()).not.toContain('a3');
    expect((await runCli('init --yes --no-build', world)).stdout).toContain('nothing to change');
  });

  test('of a host that only ci-cluster does not reach is refused while Mesos has it', async () => {
    world.cut.set('a3', 'HOST_UNREACHABLE');
    const { exitCode, stderr } = await runCli('remove-agent a3 --yes', world);
    expect(exitCode).toBe(8);
    expect(stderr).toContain('a3 is not reached by ci-cluster, but its Mesos agent is registered');
    expect(stderr).toContain('NOT_PROVED_DEAD');
    expect(hostsInFile()).toContain('a3');
  });

  test('of the host with a pinned home says how to move the home', async () => {
    world.files.set('cluster.yml', clusterFile(three));
    const { exitCode, stderr } = await runCli('remove-agent a1 --yes', world);
    expect(exitCode).toBe(8);
    expect(stderr).toContain('the home of Jenkins main is on a1 alone');
  });

  test('is refused where the rest cannot hold what is reserved, item by item', async () => {
    const image = 'registry.example.com/build-agent:1';
    const main = controller({
      home: { kind: 'shared', path: '/srv/jenkins' },
      cpus: 3,
      buildAgents: { big: { image, via: 'marathon', count: 3, cpus: 3 } },
    });
    edit(world, { ...three, jenkins: { main } });
    await setUp(world);
    const { exitCode, stderr } = await runCli('remove-agent a2 a3 --yes', world);
    expect(exitCode).toBe(8);
    expect(stderr).toContain('without a2, a3 there are 1 Mesos agents with 4 CPUs and 6500 MiB');
    expect(stderr).toContain('POOL_TOO_SMALL');
    expect(stderr).toMatch(/app \/ci\/main-agents\/big-1: 3 CPUs/);
  });
});

describe('remove-agent of what it must not touch', { timeout: patience }, () => {
  // Nothing is changed, so one world is enough for all.
  beforeAll(bringUp, patience);

  test.each([
    ['a9', 2, 'the cluster file has no host a9, did you mean a'],
    ['m1', 8, 'm1 is more than a Mesos agent: zookeeper, mesos-master, marathon'],
    ['a1', 8, 'http://10.0.0.101:8081/, which would be gone'],
    ['a1 a2 a3', 8, 'the cluster file needs a1, a2, a3'],
  ])('of %s is refused', async (names, code, message) => {
    const before = world.files.get('cluster.yml');
    const { exitCode, stderr, log } = await runCli(`remove-agent ${names} --yes`, world);
    expect(exitCode).toBe(code);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message);
    expect(courseOf(log)).toEqual([]);
    expect(world.files.get('cluster.yml')).toBe(before);
  });
});
