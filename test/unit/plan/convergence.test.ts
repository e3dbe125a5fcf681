import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterFile, controller, type ClusterFileParts } from '../../support/cluster-file.ts';
import { fakeWorld, writeClusterFile, type FakeWorld } from '../../support/fake-world.ts';
import type { FakeMachine } from '../../support/fake-machine.ts';
import { plannedLines, setUp } from '../../support/plan-world.ts';
import { runCli } from '../../support/run-cli.ts';

/** Fifteen clusters each; far more than that takes on a busy machine. */
const timeout = 60_000;

/** Settings that may be edited at any time. */
const sections = fc.record(
  {
    zookeeper: fc.record({ syncLimit: fc.integer({ min: 3, max: 9 }) }),
    mesos: fc.record({ offerTimeout: fc.constantFrom('30s', '1500ms', '2m') }),
    marathon: fc.record({
      heap: fc.constantFrom('512MiB', '1GiB'),
      port: fc.constantFrom(8080, 8090),
    }),
    gateway: fc.record({ mesosPort: fc.constantFrom(15_050, 15_051) }),
    docker: fc.record({
      insecureRegistries: fc.subarray(['r.example:5000', 'other.example:5000']),
    }),
    images: fc.record({ haproxy: fc.constantFrom('haproxy:3.2', 'r.example:5000/haproxy:3.2.1') }),
  },
  { requiredKeys: [] },
);

const home = fc.constantFrom<object>(
  { kind: 'pinned', host: 'a1' },
  { kind: 'shared', path: '/srv/jenkins' },
);

const image = 'r.example:5000/build-agent:1';
const builds = fc.record(
  {
    buildAgents: fc.constantFrom(
      { linux: { image } },
      { linux: { image }, small: { image, via: 'marathon' } },
      { small: { image, via: 'marathon', count: 2 } },
    ),
    framework: fc.record({ weight: fc.integer({ min: 1, max: 3 }) }),
  },
  { requiredKeys: [] },
);

interface Shape {
  readonly masters: number;
  readonly agents: number;
  readonly apart: boolean;
  readonly home: object | undefined;
  readonly builds: object;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  masters: fc.constantFrom(1, 3, 5),
  agents: fc.integer({ min: 1, max: 3 }),
  apart: fc.boolean(),
  home: fc.option(home, { nil: undefined }),
  builds,
});

/** ZooKeeper and the masters on the same hosts, or apart. */
function parts(one: Shape, settings: object): ClusterFileParts {
  const jenkins =
    one.home === undefined ? {} : { main: controller({ home: one.home, ...one.builds }) };
  const second = { a1: { roles: ['gateway', ...(one.masters === 1 ? ['marathon'] : [])] } };
  const common = { agents: one.agents, jenkins, sections: { ...settings } };
  if (!one.apart) return { ...common, masters: one.masters, hosts: second };
  const hosts: Record<string, Record<string, unknown>> = { ...second };
  for (let index = 1; index <= one.masters; index += 1) {
    hosts[`x${index}`] = { address: `10.0.1.${index}`, roles: ['mesos-master', 'marathon'] };
    hosts[`z${index}`] = { address: `10.0.2.${index}`, roles: ['zookeeper'] };
  }
  return { ...common, masters: 0, hosts };
}

test(
  'whatever the cluster file says, after init there is nothing left to do',
  { timeout },
  async () => {
    await fc.assert(
      fc.asyncProperty(shape, sections, async (one, settings) => {
        const world = fakeWorld(clusterFile(parts(one, settings)));
        await setUp(world);
        expect(await plannedLines(world)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  },
);

test(
  'whatever was edited or broken, init brings it back and then has nothing left to do',
  { timeout },
  async () => {
    await fc.assert(
      fc.asyncProperty(shape, sections, sections, damages, async (one, before, after, harm) => {
        const world = fakeWorld(clusterFile(parts(one, before)));
        await setUp(world);
        harm.forEach((damage) => {
          hurt(world, damage);
        });
        writeClusterFile(world, clusterFile(parts(one, after)));
        const { exitCode, stderr } = await runCli('init --yes', world);
        expect(`${exitCode} ${stderr.slice(-500)}`).toMatch(/^0 /);
        expect(await plannedLines(world)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  },
);

interface Damage {
  readonly host: number;
  readonly what: number;
  readonly kind:
    'stop' | 'remove' | 'edit' | 'delete' | 'open' | 'folder' | 'image' | 'docker' | 'rules';
}

const damages: fc.Arbitrary<Damage[]> = fc.array(
  fc.record({
    host: fc.nat(20),
    what: fc.nat(20),
    kind: fc.constantFrom<Damage['kind'][]>(
      ...([
        'stop',
        'remove',
        'edit',
        'delete',
        'open',
        'folder',
        'image',
        'docker',
        'rules',
      ] as const),
    ),
  }),
  { maxLength: 6 },
);

function hurt({ machines }: FakeWorld, { host, what, kind }: Damage): void {
  const machine = pick([...machines.values()], host);
  if (machine !== undefined) damage[kind](machine, what);
}

/** What ci-cluster alone decides; the identity and the ZooKeeper ids are refused, not repaired. */
function repairable(machine: FakeMachine, what: number): string {
  const paths = [...machine.files.keys()].filter((path) => !/cluster\.json|myid/.test(path));
  return pick(paths, what) ?? '';
}

const damage: Readonly<Record<Damage['kind'], (machine: FakeMachine, what: number) => void>> = {
  stop: ({ containers }, what) => {
    const container = pick([...containers.values()], what);
    if (container !== undefined) container.status = 'exited';
  },
  remove: ({ containers }, what) => containers.delete(pick([...containers.keys()], what) ?? ''),
  edit: (machine, what) => {
    const file = machine.files.get(repairable(machine, what));
    if (file !== undefined) file.content = file.content.replaceAll(/\d/g, '7');
  },
  delete: (machine, what) => machine.files.delete(repairable(machine, what)),
  open: (machine, what) => {
    const file = machine.files.get(repairable(machine, what));
    if (file !== undefined) file.mode = '777';
  },
  folder: ({ folders }, what) => {
    const folder = pick([...folders.values()].slice(1), what);
    if (folder !== undefined) folder.uid = 12;
  },
  image: ({ images }, what) => images.delete(pick([...images], what) ?? ''),
  rules: (machine) => {
    machine.isolation = undefined;
  },
  docker: (machine) => {
    machine.docker = 'stopped';
  },
};

function pick<T>(items: readonly T[], index: number): T | undefined {
  return items[index % Math.max(1, items.length)];
}
