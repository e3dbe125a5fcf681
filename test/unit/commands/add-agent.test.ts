import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { memoryOf } from '../../support/fake-agents.ts';
import { fakeMachine } from '../../support/fake-machine.ts';
import { machine, type FakeWorld } from '../../support/fake-world.ts';
import { buildingWorld, buildOn, courseOf, jenkinsOf } from '../../support/building-world.ts';
import { runCli } from '../../support/run-cli.ts';

const patience = 30_000;

let world: FakeWorld;

function newMachine(name: string, address: string): void {
  world.machines.set(name, fakeMachine(name, address));
  machine(world, name).folders.set('/srv/jenkins', { mode: '750', uid: 1000, gid: 1000 });
}

/** Commands on each host: facts are looked at, the lock is held, stages change. */
function commandsOn(log: readonly string[], host: string): readonly string[] {
  const prefix = `${host}: `;
  return log
    .filter((line) => line.startsWith(prefix))
    .map((line) => line.slice(prefix.length))
    .filter((line) => ['facts', 'lock', 'stage'].includes(line));
}

async function bringUp(): Promise<void> {
  world = await buildingWorld();
  newMachine('a3', '10.0.0.103');
  newMachine('a4', '10.0.0.104');
}

describe('add-agent', { timeout: patience }, () => {
  beforeEach(bringUp, patience);

  test('brings two hosts in at once, writes them into the file, and runs a task on each', async () => {
    const before = world.files.get('cluster.yml') ?? '';
    const line = 'add-agent a3=10.0.0.103 a4=10.0.0.104 --attributes rack:b --resources cpus:2';
    const { exitCode, stdout, stderr, log } = await runCli(`${line} --yes`, world);
    expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
    expect(stdout).toContain('a3, a4 added');
    const text = world.files.get('cluster.yml') ?? '';
    expect(text.replace(/\n {2}a[34]:(\n {4}.*)*/g, '').replace(/\n {2}- a[34]/g, '')).toBe(before);
    for (const name of ['a3', 'a4']) {
      const env = machine(world, name).containers.get('ci-mesos-agent')?.env;
      expect(env?.get('MESOS_ATTRIBUTES')).toBe('rack:b');
      expect(env?.get('MESOS_RESOURCES')).toContain('cpus:2');
      expect(log).toContain(`m2: PUT /v2/apps/ci/trial-${name}`.replace('m2', marathonHost(log)));
    }
    expect([...world.apps.keys()].filter((id) => id.includes('trial'))).toEqual([]);
    expect((await runCli('init --yes --no-build', world)).stdout).toContain('nothing to change');
    expect((await runCli(`${line} --yes`, world)).stdout).toContain('nothing to change');
  });

  test('touches nobody who need not know: one look, and the lock of the masters', async () => {
    const { log } = await runCli('add-agent a3=10.0.0.103 --yes', world);
    for (const name of ['m1', 'm2', 'm3']) {
      expect(commandsOn(log, name).filter((command) => command !== 'lock')).toEqual(['facts']);
    }
    expect(commandsOn(log, 'a1').filter((command) => command === 'stage').length).toBe(2);
    expect(courseOf(log).filter((line) => line.includes('ci-mesos-agent'))).toEqual([
      'a3: start ci-mesos-agent',
    ]);
  });

  test('with a pinned home and its one place, others only get their rules', async () => {
    world = await buildingWorld({ jenkins: {} });
    newMachine('a3', '10.0.0.103');
    const { log } = await runCli('add-agent a3=10.0.0.103 --yes', world);
    const isOther = (line: string) => /^(m\d|a[12]): (write|start|isolate|remove)/.test(line);
    expect(new Set(log.filter(isOther))).toEqual(
      new Set(
        ['a1', 'a2'].flatMap((name) => [
          `${name}: write /etc/ci-cluster/isolation/builds.sh`,
          `${name}: isolate builds`,
        ]),
      ),
    );
  });

  test('cuts no build: those that run end before the door is changed, and go on after it', async () => {
    buildOn(world, 'a2', 120_000);
    const quiet: string[] = [];
    world.onLog = (line) => {
      if (line.includes('start ci-gateway')) quiet.push(`${line} ${jenkinsOf(world).quietingDown}`);
    };
    const { exitCode } = await runCli('add-agent a3=10.0.0.103 --yes', world);
    expect(exitCode).toBe(0);
    expect(quiet).toContain('a1: start ci-gateway true');
    expect(jenkinsOf(world).builds[0]?.stopped).toBe(false);
    expect(jenkinsOf(world).quietingDown).toBe(false);
  });

  test('gives back one that somebody took out, and says so in status before', async () => {
    Object.assign(memoryOf({ agents: world.mesos.agents! }, 'a2'), { deactivated: true });
    const status = await runCli('status', world);
    expect(status.exitCode).toBe(6);
    expect(status.stdout).toContain('ci-cluster add-agent a2 gives');
    const init = await runCli('init --yes --no-build', world);
    expect(courseOf(init.log)).toEqual([]);
    const { exitCode, log } = await runCli('add-agent a2 --yes', world);
    expect(exitCode).toBe(0);
    expect(courseOf(log)).toContain('m1: REACTIVATE_AGENT a2');
    expect((await runCli('status', world)).exitCode).toBe(0);
  });

  test('that is not confirmed writes nothing, and one whose host does not answer neither', async () => {
    const before = world.files.get('cluster.yml');
    expect((await runCli('add-agent a3=10.0.0.103', world)).exitCode).toBe(9);
    world.cut.set('a3', 'HOST_UNREACHABLE');
    expect((await runCli('add-agent a3=10.0.0.103 --yes', world)).exitCode).toBe(4);
    expect(world.files.get('cluster.yml')).toBe(before);
  });

  test('leaves no trial behind where no task starts, and the next init has nothing of it to do', async () => {
    world.onLog = (line) => {
      if (line.includes('PUT /v2/apps/ci/trial')) {
        Object.assign(memoryOf({ agents: world.mesos.agents! }, 'a3'), { deactivated: true });
      }
    };
    const { exitCode, stderr } = await runCli('add-agent a3=10.0.0.103 --yes', world);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('no task ran on a3 within 180 s: its first task waits for an offer');
    expect([...world.apps.keys()].filter((id) => id.includes('trial'))).toEqual([]);
  });
});

function marathonHost(log: readonly string[]): string {
  return log.find((line) => line.includes('PUT /v2/apps/ci/trial'))?.split(':')[0] ?? '';
}

describe('add-agent of what it must not touch', { timeout: patience }, () => {
  // Nothing is changed, so one world is enough for all.
  beforeAll(bringUp, patience);

  test.each([
    ['add-agent a9', 'the cluster file has no host a9, and no address is given'],
    ['add-agent a1=10.9.9.9', 'cluster.yml has a1 already, with another address'],
    ['add-agent a3=10.0.0.103 a3', 'a3 is named twice'],
    ['add-agent a3 a4 --address 10.0.0.103', '--address is of one host'],
    ['add-agent a3=10.0.0.103 --attributes rack', '"rack" is no name:value'],
    ['add-agent a3=10.0.0.103 --resources gpus:1', '--resources has no gpus'],
    ['add-agent a3=10.0.0.300', 'hosts.a3.address'],
  ])('refuses "%s": %s', async (line, message) => {
    const before = world.files.get('cluster.yml');
    const { exitCode, stderr, log } = await runCli(`${line} --yes`, world);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(log).toEqual([]);
    expect(world.files.get('cluster.yml')).toBe(before);
  });
});
