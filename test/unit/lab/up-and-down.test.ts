import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { labDown } from '../../../src/lab/down.ts';
import { createPhases } from '../../../src/lab/phases.ts';
import { recipes } from '../../../src/lab/recipes.ts';
import { labFolder, readLab } from '../../../src/lab/state.ts';
import { labStatus, renderLabStatus } from '../../../src/lab/status.ts';
import { labUp, type UpRequest } from '../../../src/lab/up.ts';
import { fakeEngine, type FakeEngine } from './fake-engine.ts';

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

function machine(sockets?: readonly string[]): FakeEngine {
  const engine = fakeEngine(sockets);
  roots.push(engine.tools.root);
  return engine;
}

async function up({ tools }: FakeEngine, request: Partial<UpRequest> = {}) {
  const whole = { name: 'lab', masters: 3, agents: 2, bare: undefined, ...request };
  return await labUp(tools, whole, createPhases(tools));
}

describe('lab up', () => {
  test('makes images parents first, then network, registry and hosts', async () => {
    const engine = machine();
    const lab = await up(engine, { masters: 1, agents: 1 });
    const made = engine.log
      .slice(0, recipes.length)
      .map((line) => line.replace(/^.*ci-cluster-lab\//, ''));
    // Brothers may come in any order, two are made at once; a parent is always there before.
    const early = recipes
      .filter(({ from }) => from !== undefined)
      .filter(({ name, from = '' }) => made.indexOf(from) >= made.indexOf(name));
    expect(made.toSorted()).toEqual(recipes.map(({ name }) => name).toSorted());
    expect(early).toEqual([]);
    const rest = engine.log
      .slice(recipes.length)
      .map((line) => line.split(' ').slice(0, 4).join(' '));
    expect(rest).toEqual([
      `network create --subnet ${lab.subnet}`,
      'run --detach --name ci-cluster-lab-lab-git',
      'volume create --label io.ci-cluster.lab-cache=registry',
      'run --detach --name ci-cluster-lab-lab-registry',
      'run --detach --name ci-cluster-lab-lab-m1',
      'run --detach --name ci-cluster-lab-lab-a1',
      'run --rm --network none',
    ]);
  });

  test('leaves a cluster file, a key that only its owner reads and known host keys', async () => {
    const engine = machine();
    const lab = await up(engine);
    const folder = labFolder(engine.tools.root, 'lab');
    const text = (file: string) => readFileSync(join(folder, file), 'utf8');
    expect(text('cluster.yml')).toContain('masters: [m1, m2, m3]');
    expect(text('id_ed25519')).toBe('PRIVATE\n');
    expect(statSync(join(folder, 'id_ed25519')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'admin-password')).mode & 0o777).toBe(0o600);
    expect(text('known_hosts').split('\n')[0]).toBe(`${lab.hosts[0]?.address},m1 ssh-ed25519 AAAA`);
  });

  test('a second time only looks, and does not touch an edited cluster file', async () => {
    const engine = machine();
    await up(engine);
    const file = join(labFolder(engine.tools.root, 'lab'), 'cluster.yml');
    writeFileSync(file, 'edited');
    engine.log.length = 0;
    await up(engine, { masters: undefined, agents: undefined });
    expect(engine.log).toEqual([]);
    expect(engine.notes.at(-1)).toBe('lab lab: all 5 hosts run already');
    expect(readFileSync(file, 'utf8')).toBe('edited');
  });

  test('starts a stopped host again and keeps the others', async () => {
    const engine = machine();
    await up(engine);
    engine.containers.get('ci-cluster-lab-lab-m2')!.state = 'exited';
    engine.log.length = 0;
    await up(engine);
    expect(engine.log.filter((line) => !line.startsWith('volume'))).toEqual([
      'start ci-cluster-lab-lab-m2',
    ]);
  });

  test('refuses another shape for a lab that is there, and says what it has', async () => {
    const engine = machine();
    await up(engine);
    await expect(up(engine, { masters: 5 })).rejects.toMatchObject({
      code: 'USAGE',
      message: 'the lab lab is there already, with 3 masters and 2 agents',
      remedy: expect.stringContaining('ci-cluster lab down --name lab') as string,
    });
  });

  test('goes on after a failure where it stopped', async () => {
    const engine = machine();
    engine.failures.set('run --detach --name ci-cluster-lab-lab-m3', 'no space left on device');
    await expect(up(engine)).rejects.toMatchObject({
      code: 'LAB_FAILED',
      evidence: ['no space left on device'],
    });
    engine.failures.clear();
    engine.log.length = 0;
    const lab = await up(engine);
    expect(lab.ready).toBe(true);
    expect(engine.log.filter((line) => line.startsWith('build'))).toEqual([]);
    expect(engine.containers.size).toBe(7);
  });

  test('two labs get networks of their own', async () => {
    const engine = machine();
    const one = await up(engine);
    const other = await up(engine, { name: 'e2e' });
    expect(other.subnet).not.toBe(one.subnet);
    expect(engine.containers.size).toBe(14);
  });

  test('takes the next subnet if another lab took this one at the same moment', async () => {
    const engine = machine();
    const wanted = (await up(machine())).subnet;
    engine.failures.set(`network create --subnet ${wanted}`, 'Pool overlaps with other one');
    expect((await up(engine)).subnet).not.toBe(wanted);
  });

  test('hosts without Docker come from the image without it', async () => {
    const engine = machine();
    await up(engine, { bare: true });
    expect(engine.log).not.toContain('build ci-cluster-lab/host');
    const run = engine.log.find((line) => line.includes('ci-cluster-lab-lab-m1'));
    expect(run).toMatch(/ci-cluster-lab\/host-bare:[0-9a-f]{12}$/);
  });

  test('starts an engine of its own where none answers', async () => {
    const engine = machine([]);
    const lab = await up(engine);
    const host = `unix://${engine.tools.root}/engine/docker.sock`;
    expect(engine.log[0]).toBe(`start dockerd on ${host}`);
    expect(lab.ownEngine).toBe(host);
  });

  test('says that starting an engine takes root', async () => {
    const { tools } = machine([]);
    const request = { name: 'lab', masters: 1, agents: 1, bare: false };
    const phases = createPhases(tools);
    await expect(labUp({ ...tools, isRoot: false }, request, phases)).rejects.toMatchObject({
      message: 'no Docker Engine answers, and only root can start one',
    });
  });

  test('names a stand-in that has not been built', async () => {
    const engine = machine();
    const bundle = join(engine.tools.packageRoot, 'lab/stand-ins/dist/marathon.cjs');
    rmSync(bundle);
    await expect(up(engine)).rejects.toMatchObject({
      message: `cannot read ${bundle}`,
      remedy: 'Make the stand-ins with "npm run build".',
    });
  });

  test('a host that does not come up is named with what its systemd says', async () => {
    const engine = machine();
    engine.failures.set('exec ci-cluster-lab-lab-a1', '');
    await expect(up(engine)).rejects.toMatchObject({
      message: 'a1: systemd says "" after 120 s',
      remedy: expect.stringContaining('docker exec -it ci-cluster-lab-lab-a1') as string,
    });
  });
});

describe('lab down', () => {
  test('removes what carries the label of this lab, and nothing else', async () => {
    const engine = machine();
    await up(engine);
    await up(engine, { name: 'other', masters: 1, agents: 1 });
    const removed = await labDown(engine.tools, 'lab');
    expect(removed).toEqual({ containers: 7, networks: 1, volumes: 6, engineStopped: false });
    expect([...engine.containers.keys()].sort()).toEqual([
      'ci-cluster-lab-other-a1',
      'ci-cluster-lab-other-git',
      'ci-cluster-lab-other-m1',
      'ci-cluster-lab-other-registry',
    ]);
    expect([...engine.networks.keys()]).toEqual(['ci-cluster-lab-other']);
    expect(engine.volumes.has('ci-cluster-lab-registry')).toBe(true);
    expect(engine.images.size).toBe(recipes.length);
    expect(existsSync(labFolder(engine.tools.root, 'lab'))).toBe(false);
  });

  test('of a lab that is not there removes nothing', async () => {
    const removed = await labDown(machine([]).tools, 'lab');
    expect(removed).toEqual({ containers: 0, networks: 0, volumes: 0, engineStopped: false });
  });

  test('starts the own engine again to get rid of containers that a reboot stopped', async () => {
    const engine = machine([]);
    await up(engine);
    engine.sockets.clear();
    await labDown(engine.tools, 'lab');
    expect(engine.containers.size).toBe(0);
  });

  test('does not forget a lab whose engine is down', async () => {
    const engine = machine();
    await up(engine);
    engine.sockets.clear();
    await expect(labDown(engine.tools, 'lab')).rejects.toMatchObject({ code: 'LAB_FAILED' });
    expect(await readLab(engine.tools.root, 'lab')).toBeDefined();
  });
});

describe('lab status', () => {
  test('shows each host with its state and says that the lab is not up', async () => {
    const engine = machine();
    const lab = await up(engine, { masters: 1, agents: 1 });
    engine.containers.get('ci-cluster-lab-lab-a1')!.state = 'exited';
    engine.containers.delete('ci-cluster-lab-lab-m1');
    const status = await labStatus(engine.tools, lab);
    expect(status.up).toBe(false);
    const words = renderLabStatus(status).replaceAll(/ +/g, ' ').split('\n');
    expect(words.slice(0, 3)).toEqual([
      'lab lab: not up',
      ` m1 ${lab.hosts[0]?.address} missing`,
      ` a1 ${lab.hosts[1]?.address} exited`,
    ]);
  });
});
