import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recipes } from '../../../src/lab/recipes.ts';
import type { Tools } from '../../../src/lab/tools.ts';
import type { Argv, LocalRunOptions, Ran } from '../../../src/ports.ts';
import { fakeClock } from '../../support/fake-clock.ts';

interface Thing {
  readonly name: string;
  readonly label: string | undefined;
}

interface Container extends Thing {
  state: string;
}

export interface FakeEngine {
  readonly tools: Tools;
  /** Programs that were run, one readable line each; questions left out. */
  readonly log: string[];
  readonly notes: string[];
  readonly containers: Map<string, Container>;
  readonly networks: Map<string, Thing & { subnet: string }>;
  readonly volumes: Map<string, Thing>;
  readonly images: Set<string>;
  /** Sockets that an engine answers on; '' is the default one. */
  readonly sockets: Set<string>;
  /** What the next such command answers instead of succeeding, by the beginning of its line. */
  readonly failures: Map<string, string>;
}

/** A machine with a docker command whose engine is a few maps, and state in a temporary folder. */
export function fakeEngine(sockets: readonly string[] = ['']): FakeEngine {
  const root = mkdtempSync(join(tmpdir(), 'ci-cluster-lab-unit-'));
  const engine: Omit<FakeEngine, 'tools'> = {
    log: [],
    notes: [],
    containers: new Map(),
    networks: new Map(),
    volumes: new Map(),
    images: new Set(),
    sockets: new Set(sockets),
    failures: new Map(),
  };
  const published = new Set<string>();
  const tools: Tools = {
    local: { run: (argv, options) => Promise.resolve(answer(engine, argv, options)) },
    clock: fakeClock(),
    signal: new AbortController().signal,
    env: {},
    root,
    packageRoot: fakePackage(root),
    isRoot: true,
    note: (text) => engine.notes.push(text),
    dockerHost: undefined,
    network: {
      sshAnswers: () => Promise.resolve(true),
      registry: () => ({
        answers: () => Promise.resolve(true),
        hasManifest: (repository, tag) => Promise.resolve(published.has(`${repository}:${tag}`)),
        putBlob: () => Promise.resolve(),
        putManifest: (repository, tag) => {
          published.add(`${repository}:${tag}`);
          return Promise.resolve();
        },
      }),
    },
  };
  return { ...engine, tools };
}

function fakePackage(root: string): string {
  const folder = join(root, 'package');
  const write = (path: string, content: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  for (const { name, from, bundle, folders = {} } of recipes) {
    if (from !== undefined) write(`lab/images/${name}/Dockerfile`, `# ${name}\n`);
    if (bundle !== undefined) write(`lab/stand-ins/dist/${bundle}`, `// ${name}\n`);
    for (const more of Object.values(folders)) write(`${more}/deep/File.java`, `// ${name}\n`);
  }
  return folder;
}

type State = Omit<FakeEngine, 'tools'>;

function answer(engine: State, argv: Argv, options: LocalRunOptions): Ran {
  const [program, ...args] = argv;
  if (program === 'setsid') {
    const host = args[args.indexOf('--host') + 1] ?? '';
    engine.sockets.add(host);
    engine.log.push(`start dockerd on ${host}`);
    return said('');
  }
  if (program !== 'docker') return said('');
  if (!engine.sockets.has(options.env?.DOCKER_HOST ?? '')) return failed('Cannot connect');
  const line = args.join(' ');
  for (const [beginning, text] of engine.failures) {
    if (line.startsWith(beginning)) return failed(text);
  }
  return docker(engine, args, line);
}

function docker(engine: State, args: readonly string[], line: string): Ran {
  const last = args.at(-1) ?? '';
  const [command = '', second = ''] = args;
  const kind = ['network', 'volume'].includes(command) ? `${command} ${second}` : command;
  switch (kind) {
    case 'version':
      return said('20.10.24\n');
    case 'images':
      return said([...engine.images].join('\n'));
    case 'build':
      return made(engine, 'build', option(args, '--tag'));
    case 'import':
      return made(engine, 'import', last);
    case 'save':
      return saved(option(args, '--output'), args.slice(3));
    case 'exec':
      return said(line.includes('cat /etc/ssh') ? 'ssh-ed25519 AAAA root@x\n' : up);
    case 'ps':
      return said(listed(engine.containers.values(), args));
    case 'network ls':
      return said(named(engine.networks.values(), args));
    case 'volume ls':
      return said(named(engine.volumes.values(), args));
    case 'network inspect':
      return said(subnets(engine, args));
    default:
      engine.log.push(line.replace(/ --cap-add.*(?= \S+$)/, ' …'));
      return change(engine, kind, args);
  }
}

const up = 'running\nactive\nactive\n';

function change(engine: State, kind: string, args: readonly string[]): Ran {
  const last = args.at(-1) ?? '';
  const label = option(args, '--label').split('=')[1];
  switch (kind) {
    case 'network create':
      engine.networks.set(last, { name: last, label, subnet: option(args, '--subnet') });
      break;
    case 'volume create':
      engine.volumes.set(last, { name: last, label });
      break;
    case 'run':
      return started(engine, args, label);
    case 'start':
      engine.containers.set(last, { name: last, label: labelOf(engine, last), state: 'running' });
      break;
    case 'rm':
      engine.containers.delete(last);
      break;
    case 'network rm':
      for (const name of args.slice(2)) engine.networks.delete(name);
      break;
    case 'volume rm':
      for (const name of args.slice(3)) engine.volumes.delete(name);
      break;
    default:
      throw new Error(`the fake engine does not know "${args.join(' ')}"`);
  }
  return said('');
}

function started(engine: State, args: readonly string[], label: string | undefined): Ran {
  if (args.includes('--rm')) return said('ssh-ed25519 PUBLIC lab\nPRIVATE\n');
  const name = option(args, '--name');
  engine.containers.set(name, { name, label, state: 'running' });
  const mounts = args.flatMap((arg) => /^--mount=type=volume,src=([^,]+)/.exec(arg)?.[1] ?? []);
  for (const volume of mounts) engine.volumes.set(volume, { name: volume, label });
  return said('');
}

function made(engine: State, how: string, reference: string): Ran {
  engine.log.push(`${how} ${reference.replace(/:.*/, '')}`);
  engine.images.add(reference);
  return said('');
}

/** As `docker save | tar -x` would leave it; the fake tar finds nothing more to do. */
function saved(archive: string, references: readonly string[]): Ran {
  const folder = join(archive, '..');
  writeFileSync(archive, '');
  writeFileSync(join(folder, 'config.json'), '{}');
  writeFileSync(join(folder, 'layer.tar'), 'layer');
  const entries = references.map((reference) => ({
    Config: 'config.json',
    RepoTags: [reference],
    Layers: ['layer.tar'],
  }));
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(entries));
  return said('');
}

function listed(containers: Iterable<Container>, args: readonly string[]): string {
  return matching(containers, args)
    .map(({ name, state }) => (args.includes('--quiet') ? name : `${name} ${state}`))
    .join('\n');
}

function named(things: Iterable<Thing>, args: readonly string[]): string {
  return matching(things, args)
    .map(({ name }) => name)
    .join('\n');
}

function matching<T extends Thing>(things: Iterable<T>, args: readonly string[]): T[] {
  const filter = option(args, '--filter');
  const [key, , label] = filter.split('=');
  return [...things].filter(
    (thing) =>
      filter === '' || (key === 'label' ? thing.label === label : filter.includes(thing.name)),
  );
}

function subnets({ networks }: State, args: readonly string[]): string {
  return args
    .slice(4)
    .map((name) => networks.get(name)?.subnet ?? '')
    .join(' ');
}

function labelOf({ containers }: State, name: string): string | undefined {
  return containers.get(name)?.label;
}

function option(args: readonly string[], name: string): string {
  const at = args.indexOf(name);
  return at < 0 ? '' : (args[at + 1] ?? '');
}

function said(stdout: string): Ran {
  return { exitCode: 0, signal: undefined, stdout, stderr: '', truncated: false };
}

function failed(stderr: string): Ran {
  return { exitCode: 1, signal: undefined, stdout: '', stderr, truncated: false };
}
