import { sha256 } from '../../src/plan/fingerprint.ts';
import type { Argv, Ran, RunOptions } from '../../src/ports.ts';
import type { FakeClock } from './fake-clock.ts';
import { listenersOf } from './fake-listeners.ts';
import type { FakeMachine } from './fake-machine.ts';

type Row = readonly (string | number)[];

/** What stands between a machine and those who connect to it, and what it says of itself. */
export interface FakeChecks {
  /** How attempts to connect to a port of the machine end, whatever listens. */
  readonly shields: Map<number, 'refused' | 'unreachable EHOSTUNREACH' | 'silent'>;
  /** Rows of `check/facts.sh` in the place of the usual ones with the same key. */
  readonly told: Map<string, readonly Row[]>;
  hasPerl: boolean;
  /** Milliseconds that its clock is ahead. */
  clockAheadMs: number;
  /** Ports that our listener has at the moment. */
  readonly listening: Set<number>;
  /** Of the home that everybody shares, in the hands of a holder. */
  answersLock: boolean;
}

const all = new WeakMap<FakeMachine, FakeChecks>();

/** Made with the first use; an ordinary good host. */
export function checksOf(machine: FakeMachine): FakeChecks {
  const known = all.get(machine);
  if (known !== undefined) return known;
  const made: FakeChecks = {
    shields: new Map(),
    told: new Map(),
    hasPerl: true,
    clockAheadMs: 0,
    listening: new Set(),
    answersLock: true,
  };
  all.set(machine, made);
  return made;
}

export interface CheckWorld {
  readonly clock: FakeClock;
  readonly machines: ReadonlyMap<string, FakeMachine>;
  readonly templates: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

interface Command {
  readonly argv: Argv;
  readonly options: RunOptions;
}

/** Answers what the checks run; undefined for anything else. */
export async function answerChecks(
  world: CheckWorld,
  machine: FakeMachine,
  { argv, options }: Command,
): Promise<Ran | undefined> {
  const script = Object.keys(world.templates).find(
    (name) => name.startsWith('check/') && world.templates[name] === argv[2],
  );
  if (script === undefined) return undefined;
  world.log(`${machine.name}: ${script}`);
  switch (script) {
    case 'check/facts.sh':
      return said(checkFacts(machine, argv.slice(4), world), options);
    case 'check/listen.pl':
      return await listen(machine, argv.slice(4), options);
    case 'check/connect.pl':
      return said(connect(world, String(options.input?.map(String).join(''))), options);
    default:
      throw new Error(`no fake for ${script}`);
  }
}

function said(stdout: string, { onLine }: RunOptions): Ran {
  for (const line of stdout.split('\n').slice(0, -1)) onLine?.(line);
  return { exitCode: 0, signal: undefined, stdout, stderr: '', truncated: false };
}

function checkFacts(machine: FakeMachine, args: readonly string[], world: CheckWorld): string {
  const usual = usualRows(machine, args, world);
  const { told } = checksOf(machine);
  const rows = [
    ...usual.filter(([key]) => !told.has(String(key))),
    ...[...told].flatMap(([key, own]) => own.map((row) => [key, ...row])),
    ['end'],
  ];
  return rows.map((row) => `${row.join('\t')}\n`).join('');
}

function usualRows(machine: FakeMachine, args: readonly string[], world: CheckWorld): Row[] {
  const { name, address } = machine;
  const { hasPerl, clockAheadMs } = checksOf(machine);
  const seconds = Date.parse(world.clock.date()) + clockAheadMs;
  const tools = ['flock', 'setpriv', 'getent', 'systemctl', 'ss', ...(hasPerl ? ['perl'] : [])];
  return [
    ['clock', (seconds / 1000).toFixed(9)],
    ['hostname', name],
    ['machine-id', sha256(`id ${name}`).slice(0, 32)],
    ['host-key', 'ssh-ed25519', sha256(`key ${name}`)],
    ...tools.map((tool) => ['tool', tool]),
    ['container', 'none'],
    ['ephemeral', '51000\t60999'.replace('\t', ' ')],
    ['reserved', ''],
    ['clock-service', 'chronyd'],
    ['clock-unit', 'chrony.service'],
    ['clock-synced', 'yes'],
    ['docker-unit', 'docker.service'],
    ...(machine.docker === 'absent' ? [] : engineRows),
    ['own-name', address],
    ...pairsOf(args).flatMap(([kind, value]) => asked(machine, { kind, value }, world)),
  ];
}

const engineRows: Row[] = [
  ['docker-kind', 'docker'],
  ['docker-api', '1.12'],
  ['docker-driver', 'overlay2'],
  ['docker-security', '["name=seccomp,profile=default"]'],
  ['docker-swarm', 'inactive'],
  ['docker-limits', 'true true'],
];

interface Question {
  readonly kind: string;
  readonly value: string;
}

function asked(machine: FakeMachine, { kind, value }: Question, world: CheckWorld): Row[] {
  const free = machine.freeKib(value);
  switch (kind) {
    case 'name':
      return [['name', value, world.machines.get(value)?.address ?? '']];
    case 'place':
      return [['place', value, '2049', 'ext2/ext3', 2 * free, free, 1_000_000, 900_000]];
    case 'image':
      if (machine.docker !== 'running') return [];
      if (machine.images.has(value)) {
        return [['image', value, `sha256:${sha256(value)}`, 300_000_000, 'amd64', '']];
      }
      return [['pull', value, machine.isPullable(value) ? 'yes' : 'no', 'no such manifest']];
    case 'config': {
      const config = JSON.stringify({ Env: ['PATH=/bin'], Entrypoint: null });
      const row = ['config', value, Buffer.from(config).toString('base64')];
      return machine.images.has(value) ? [row] : [];
    }
    case 'client':
      return machine.containers.get(value)?.status === 'running'
        ? [['client', '0', '1.41 1.41']]
        : [];
    case 'home':
      return machine.folders.has(value) ? [['home', value, '']] : [];
    default:
      return [];
  }
}

function pairsOf(args: readonly string[]): (readonly [string, string])[] {
  return args.flatMap((kind, index) =>
    index % 2 === 0 ? [[kind, args[index + 1] ?? ''] as const] : [],
  );
}

/** Until the one who started it lets go, as the real one does. */
async function listen(
  machine: FakeMachine,
  places: readonly string[],
  options: RunOptions,
): Promise<Ran> {
  const { listening } = checksOf(machine);
  for (const place of places) {
    const port = Number(place.split(':')[1]);
    const isHeld = listenersOf(machine).some((listener) => listener.port === port);
    if (!isHeld) listening.add(port);
    options.onLine?.(`${isHeld ? 'busy' : 'listening'} ${place}`);
  }
  options.onLine?.('ready');
  await new Promise<void>((resolve) => {
    if (options.signal?.aborted === true) resolve();
    options.signal?.addEventListener('abort', () => {
      resolve();
    });
  });
  listening.clear();
  return { exitCode: 0, signal: undefined, stdout: '', stderr: '', truncated: false };
}

function connect({ machines }: CheckWorld, input: string): string {
  const lines = input.split('\n').filter((line) => line !== '');
  const ends = lines.map((line) => {
    const [address = '', port = ''] = line.split(' ');
    return `${line} ${ending(machines, address, Number(port))}\n`;
  });
  return `${ends.join('')}end\n`;
}

function ending(machines: CheckWorld['machines'], address: string, port: number): string {
  const to = [...machines.values()].find((machine) => machine.address === address);
  if (to === undefined) return 'silent';
  const { shields, listening } = checksOf(to);
  const isOpen =
    listening.has(port) ||
    listenersOf(to).some(
      (one) => one.port === port && ['0.0.0.0', '*', address].includes(one.address),
    );
  return shields.get(port) ?? (isOpen ? 'open' : 'refused');
}
