import { beforeEach, describe, expect, test } from 'vitest';
import { clusterFile } from '../../support/cluster-file.ts';
import {
  container,
  fakeWorld,
  machine,
  writeClusterFile,
  type FakeWorld,
} from '../../support/fake-world.ts';
import { plannedLines, setUp } from '../../support/plan-world.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';

const newer = 'zookeeper:3.9.6';
const older = 'zookeeper:3.9.5';

let world: FakeWorld;

beforeEach(async () => {
  world = fakeWorld();
  await setUp(world);
});

const masters = ['m1', 'm2', 'm3'];

function images(name: string, hosts = masters): readonly string[] {
  return hosts.map((host) => container(world, host, name).image);
}

function kept(host: string, name: string): string | undefined {
  return machine(world, host).containers.get(`${name}.before`)?.image;
}

function changes({ log }: CliRun): readonly string[] {
  return log.filter((line) => /: (pull|start|take back|PUT|POST) /.test(line));
}

function words({ stderr }: CliRun): string {
  return stderr.replaceAll(/\s+/g, ' ');
}

async function zookeeperLeader(): Promise<string> {
  const { stdout } = await runCli('status --json', world);
  return (JSON.parse(stdout) as { health: { zookeeper: { leader: string } } }).health.zookeeper
    .leader;
}

async function upgrade(words: string): Promise<CliRun> {
  return await runCli(`upgrade ${words} --yes`, world);
}

test('images are pulled everywhere, then members change one at a time, the leader last', async () => {
  const leader = await zookeeperLeader();
  const run = await upgrade(`zookeeper=${newer}`);
  expect(run.exitCode).toBe(0);
  expect(changes(run).at(-1)).toBe(`${leader}: start ci-zookeeper`);
  expect(changes(run).slice(0, 3)).toEqual(masters.map((host) => `${host}: pull ${newer}`));
  expect(
    changes(run)
      .slice(3)
      .map((line) => line.slice(4)),
  ).toEqual([...['start ci-zookeeper', 'start ci-zookeeper', 'start ci-zookeeper']]);
  expect(images('ci-zookeeper')).toEqual([newer, newer, newer]);
  expect(masters.map((host) => kept(host, 'ci-zookeeper'))).toEqual([older, older, older]);
});

test('the image is written into the cluster file, and the next init finds nothing to do', async () => {
  world.files.set('cluster.yml', `# ours\n${world.files.get('cluster.yml') ?? ''}`);
  await upgrade(`zookeeper=${newer}`);
  expect(world.files.get('cluster.yml')).toContain('# ours\n');
  expect(world.files.get('cluster.yml')).toContain(`zookeeper: ${newer}`);
  expect(await plannedLines(world)).toEqual([]);
});

test('a second time there is nothing to change', async () => {
  await upgrade(`zookeeper=${newer}`);
  const run = await upgrade(`zookeeper=${newer}`);
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toContain('nothing to change');
  expect(changes(run)).toEqual([]);
});

test('a pull that fails on one host leaves all hosts and the cluster file as they were', async () => {
  machine(world, 'm3').isPullable = () => false;
  const before = world.files.get('cluster.yml');
  const run = await upgrade(`zookeeper=${newer}`);
  expect(run.exitCode).toBe(5);
  expect(run.stderr).toContain('[IMAGE_MISSING]');
  expect(images('ci-zookeeper')).toEqual([older, older, older]);
  expect(world.files.get('cluster.yml')).toBe(before);
});

test('a first container that exits is taken back, and nothing else is changed', async () => {
  const before = world.files.get('cluster.yml');
  for (const host of masters) {
    machine(world, host).exits.set('ci-zookeeper', { exitCode: 2, lines: ['no such option'] });
  }
  const run = await upgrade(`zookeeper=${newer}`);
  expect(run.exitCode).toBe(5);
  expect(run.stderr).toContain('the ci-zookeeper that ran before is back');
  expect(images('ci-zookeeper')).toEqual([older, older, older]);
  expect(world.files.get('cluster.yml')).toBe(before);
});

/** Containers of the image come up frozen: they listen, and never answer. */
function freezeOn(image: string, name: string): void {
  world.onLog = (line) => {
    const [, host = ''] = /^(\w+): start /.exec(line) ?? [];
    const found = machine(world, host === '' ? 'm1' : host).containers.get(name);
    if (host !== '' && found?.image === image) found.frozen = true;
  };
}

test('a first member that listens but does not serve goes back to the kept container', async () => {
  freezeOn(newer, 'ci-zookeeper');
  const before = world.files.get('cluster.yml');
  const run = await upgrade(`zookeeper=${newer}`);
  expect(run.exitCode).toBe(6);
  expect(words(run)).toContain('the container before is back, and everything is in order again');
  expect(images('ci-zookeeper')).toEqual([older, older, older]);
  expect(changes(run).filter((line) => line.includes('take back'))).toHaveLength(1);
  expect(world.files.get('cluster.yml')).toBe(before);
});

test('the same holds for init where only an image was changed in the cluster file', async () => {
  freezeOn(newer, 'ci-zookeeper');
  writeClusterFile(world, clusterFile({ sections: { images: { zookeeper: newer } } }));
  const run = await runCli('init --yes', world);
  expect(run.exitCode).toBe(6);
  expect(images('ci-zookeeper')).toEqual([older, older, older]);
});

test('a later member that fails leaves those before it on the new image, which the file says', async () => {
  machine(world, 'm3').exits.set('ci-zookeeper', { exitCode: 2, lines: ['disk is odd'] });
  const run = await upgrade(`zookeeper=${newer}`);
  expect(run.exitCode).toBe(5);
  expect(images('ci-zookeeper').filter((image) => image === newer).length).toBeGreaterThan(0);
  expect(container(world, 'm3', 'ci-zookeeper').image).toBe(older);
  expect(world.files.get('cluster.yml')).toContain(newer);
  machine(world, 'm3').exits.clear();
  expect((await upgrade(`zookeeper=${newer}`)).exitCode).toBe(0);
  expect(images('ci-zookeeper')).toEqual([newer, newer, newer]);
});

describe('refused before anything is changed', () => {
  test.each([
    ['zookeeper', 2, 'names no image'],
    ['zokeeper=zookeeper:3.9.6', 2, 'did you mean zookeeper?'],
    ['zookeeper=zookeeper', 2, 'images.zookeeper'],
    ['mesos-master=indigodatacloud/mesos-master:1.11.0', 8, 'would skip a minor version'],
    ['mesos-agent=indigodatacloud/mesos-slave:1.10.0', 8, 'would be newer than the masters'],
    ['marathon=mesosphere/marathon:v1.11.25', 8, 'no fresh backup is known'],
    ['zookeeper=zookeeper:3.10.0', 8, 'no fresh backup is known'],
    ['jenkins=jenkins/jenkins:2.570.1-lts-jdk21', 8, 'no fresh backup is known'],
  ])('%s', async (words_, exitCode, message) => {
    const run = await upgrade(words_);
    expect(words(run)).toContain(message);
    expect(run.exitCode).toBe(exitCode);
    expect(changes(run)).toEqual([]);
  });

  test('other changes of the cluster file that no init has made', async () => {
    writeClusterFile(world, clusterFile({ sections: { zookeeper: { syncLimit: 8 } } }));
    const run = await upgrade(`zookeeper=${newer}`);
    expect(run.exitCode).toBe(8);
    expect(words(run)).toContain('zookeeper on m1 is not as the cluster file says');
    expect(changes(run)).toEqual([]);
  });

  test('a member that is down', async () => {
    container(world, 'm2', 'ci-zookeeper').status = 'exited';
    const run = await upgrade(`zookeeper=${newer}`);
    expect(run.exitCode).toBe(8);
    expect(words(run)).toContain('zookeeper does not run on m2');
  });
});

describe('what cannot be taken back', () => {
  const marathon = 'mesosphere/marathon:v1.11.25';
  const now = '--backup-taken-at 2026-01-31T12:00:00Z';

  test('is done with the word that there is a fresh backup, and the plan says one-way', async () => {
    const taken = new Date(Date.parse(world.clock.date()) - 60_000).toISOString();
    const time = taken.replace(/\.\d+Z$/, 'Z');
    const asked = await runCli(`upgrade marathon=${marathon} --backup-taken-at ${time}`, world, {
      answers: ['n'],
    });
    expect(words(asked)).toContain('one-way');
    const run = await upgrade(`marathon=${marathon} --backup-taken-at ${time}`);
    expect(run.exitCode).toBe(0);
    expect(images('ci-marathon')).toEqual([marathon, marathon, marathon]);
  });

  test('is refused with an old backup, or one of the future', async () => {
    const old = await upgrade(`marathon=${marathon} ${now.replace('2026', '2001')}`);
    expect([old.exitCode, words(old)]).toEqual([8, expect.stringContaining('more than 24 h ago')]);
    const future = await upgrade(`marathon=${marathon} ${now.replace('2026', '2126')}`);
    expect([future.exitCode, words(future)]).toEqual([8, expect.stringContaining('in the future')]);
  });

  test('stays as it is where a newer one leads when the gate is not reached', async () => {
    const time = world.clock.date().replace(/\.\d+Z$/, 'Z');
    world.onLog = (line) => {
      if (line === 'm1: start ci-marathon') container(world, 'm1', 'ci-marathon').frozen = true;
    };
    const run = await upgrade(`marathon=${marathon} --backup-taken-at ${time}`);
    expect(run.exitCode).toBe(6);
    expect(words(run)).toContain('is left as it is');
    expect(container(world, 'm1', 'ci-marathon').image).toBe(marathon);
  });
});

describe('Jenkins', () => {
  const image = 'jenkins/jenkins:2.570.1-lts-jdk21';
  const archives = '/var/lib/ci-cluster/backups/jenkins/main';

  function archive(ageSeconds: number): void {
    const modified = world.clock.seconds() - ageSeconds;
    const file = { content: 'x', mode: '600', uid: 0, gid: 0, modified };
    machine(world, 'a1').files.set(`${archives}/main-1.tar.gz`, file);
  }

  test('goes to another image with a fresh archive of its home, and the file says so first', async () => {
    archive(3600);
    const run = await upgrade(`jenkins/main=${image}`);
    expect(run.exitCode).toBe(0);
    expect(changes(run).filter((line) => line.includes('PUT'))).toHaveLength(1);
    expect(world.files.get('cluster.yml')).toContain(image);
    expect(await plannedLines(world)).toEqual([]);
  });

  test('with an archive that is too old is refused, with the command that makes one', async () => {
    archive(3 * 86_400);
    const run = await upgrade(`jenkins/main=${image}`);
    expect(run.exitCode).toBe(8);
    expect(words(run)).toContain('its newest archive on a1 is 72 h old, more than 24 h');
    expect(words(run)).toContain('systemctl start ci-cluster-backup-main.service');
  });
});

test('several services go in the order in which they lean on each other', async () => {
  const gateway = 'haproxy:3.2.1';
  const run = await upgrade(`gateway=${gateway} zookeeper=${newer} --kill-builds`);
  expect(run.exitCode).toBe(0);
  const started = changes(run).filter((line) => line.includes('start'));
  const names = started.map((line) => line.replace(/.* /, ''));
  expect([...new Set(names)]).toEqual(['ci-zookeeper', 'ci-gateway']);
});

describe('hosts of batches may fail', () => {
  beforeEach(async () => {
    world = fakeWorld(clusterFile({ agents: 5 }));
    await setUp(world);
  });

  const line = 'gateway=haproxy:3.2.1 --kill-builds --batch 2';

  test('but not the first one, and by default none', async () => {
    machine(world, 'a2').exits.set('ci-gateway', { exitCode: 1, lines: ['no'] });
    const run = await upgrade(`${line} --max-failures 5`);
    expect(run.exitCode).toBe(5);
    expect(changes(run).filter((one) => one.includes('start'))).toEqual([]);
    machine(world, 'a2').exits.clear();
    machine(world, 'a4').exits.set('ci-gateway', { exitCode: 1, lines: ['no'] });
    expect((await upgrade(line)).exitCode).toBe(5);
    expect(container(world, 'a1', 'ci-gateway').image).toBe('haproxy:3.2');
  });

  test('within the bound the others go on, and the failed one is told at the end', async () => {
    machine(world, 'a4').exits.set('ci-gateway', { exitCode: 1, lines: ['no'] });
    const run = await upgrade(`${line} --max-failures 1`);
    expect(run.exitCode).toBe(5);
    expect(words(run)).toContain('a4: ci-gateway did not stay up; 1 of 1 may fail');
    const hosts = ['a1', 'a2', 'a3', 'a4', 'a5'];
    const there = hosts.filter(
      (host) => container(world, host, 'ci-gateway').image === 'haproxy:3.2.1',
    );
    expect(there).toEqual(['a1', 'a2', 'a3', 'a5']);
    expect(container(world, 'a4', 'ci-gateway').status).toBe('running');
  });
});

describe('Mesos agents', () => {
  const agent = 'indigodatacloud/mesos-slave:1.9.1';
  const line = `mesos-agent=${agent} --stop-controllers`;

  test('are emptied, changed, and get their work back once they are in touch again', async () => {
    const run = await upgrade(line);
    expect(run.exitCode).toBe(0);
    expect(images('ci-mesos-agent', ['a1', 'a2'])).toEqual([agent, agent]);
    const order = ['empty the Mesos agent on a2', 'in touch with the leader', 'work again'];
    const places = order.map((part) => run.stderr.indexOf(part));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(await plannedLines(world)).toEqual([]);
  });

  test('get their work back when the new container does not stay up', async () => {
    machine(world, 'a2').exits.set('ci-mesos-agent', { exitCode: 1, lines: ['no'] });
    const run = await upgrade(line);
    expect(run.exitCode).toBe(5);
    expect(words(run)).toMatch(/give the Mesos agent on a2 .*as before the run/);
    expect(images('ci-mesos-agent', ['a1', 'a2'])).not.toContain(agent);
  });

  test('that do not find the leader with the new container go back, and then get it back', async () => {
    freezeOn(agent, 'ci-mesos-agent');
    const run = await upgrade(line);
    expect(run.exitCode).toBe(6);
    expect(words(run)).toContain('on a2 the container before is back');
    expect(words(run)).toMatch(/give the Mesos agent on a2 .*as before the run/);
    expect(images('ci-mesos-agent', ['a1', 'a2'])).not.toContain(agent);
  });
});
