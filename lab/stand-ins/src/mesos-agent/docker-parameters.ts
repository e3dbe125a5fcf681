import type { ContainerDefinition } from '../shared/docker.ts';

interface Parameter {
  readonly key: string;
  readonly value: string;
}

/** What the Docker command line would refuse. */
export class UnknownOption extends Error {
  override readonly name = 'UnknownOption';
}

type HostConfig = Readonly<Record<string, unknown>>;

/**
 * `parameters` of a task are further options of `docker run` (`--key=value`). The stand-in talks to the API, so
 * each known one has its translation here.
 */
export function applyParameters(
  definition: ContainerDefinition,
  parameters: readonly Parameter[],
): ContainerDefinition {
  return parameters.reduce(applyOne, definition);
}

function applyOne(definition: ContainerDefinition, { key, value }: Parameter): ContainerDefinition {
  const container = containerOptions[key];
  if (container !== undefined) return { ...definition, ...container(value, definition) };
  const host = hostOptions[key];
  if (host === undefined) throw new UnknownOption(`unknown flag: --${key}`);
  const before = definition.HostConfig ?? {};
  return { ...definition, HostConfig: { ...before, ...host(value, before) } };
}

type ContainerOption = (value: string, before: ContainerDefinition) => Partial<ContainerDefinition>;

const containerOptions: Readonly<Record<string, ContainerOption>> = {
  env: (value, { Env = [] }) => ({ Env: [...Env, value] }),
  label: (value, { Labels = {} }) => ({ Labels: { ...Labels, ...pair(value) } }),
  user: (value) => ({ User: value }),
  workdir: (value) => ({ WorkingDir: value }),
  hostname: (value) => ({ Hostname: value }),
  entrypoint: (value) => ({ Entrypoint: [value] }),
  'stop-signal': (value) => ({ StopSignal: value }),
};

type HostOption = (value: string, before: HostConfig) => HostConfig;

const hostOptions: Readonly<Record<string, HostOption>> = {
  volume: appendTo('Binds'),
  'add-host': appendTo('ExtraHosts'),
  'cap-add': appendTo('CapAdd'),
  'cap-drop': appendTo('CapDrop'),
  'security-opt': appendTo('SecurityOpt'),
  'group-add': appendTo('GroupAdd'),
  dns: appendTo('Dns'),
  network: (value) => ({ NetworkMode: value }),
  net: (value) => ({ NetworkMode: value }),
  pid: (value) => ({ PidMode: value }),
  ipc: (value) => ({ IpcMode: value }),
  'cgroup-parent': (value) => ({ CgroupParent: value }),
  privileged: (value) => ({ Privileged: value !== 'false' }),
  init: (value) => ({ Init: value !== 'false' }),
  'read-only': (value) => ({ ReadonlyRootfs: value !== 'false' }),
  memory: (value) => ({ Memory: bytes(value) }),
  'memory-swap': (value) => ({ MemorySwap: bytes(value) }),
  'shm-size': (value) => ({ ShmSize: bytes(value) }),
  cpus: (value) => ({ NanoCpus: Math.round(Number(value) * 1e9) }),
  'cpu-shares': (value) => ({ CpuShares: Number(value) }),
  'pids-limit': (value) => ({ PidsLimit: Number(value) }),
  ulimit: (value, before) => ({ Ulimits: [...listOf(before, 'Ulimits'), ulimit(value)] }),
  tmpfs: (value, before) => ({
    Tmpfs: { ...(before['Tmpfs'] as object | undefined), ...tmpfs(value) },
  }),
};

function appendTo(name: string): HostOption {
  return (value, before) => ({ [name]: [...listOf(before, name), value] });
}

function listOf(before: HostConfig, name: string): readonly unknown[] {
  return (before[name] as readonly unknown[] | undefined) ?? [];
}

function pair(text: string): Record<string, string> {
  const at = text.indexOf('=');
  return at === -1 ? { [text]: '' } : { [text.slice(0, at)]: text.slice(at + 1) };
}

/** `64m`, `2g`: powers of 1024, as the Docker command line reads them. */
function bytes(text: string): number {
  const match = /^(-?\d+(?:\.\d+)?)\s*([bkmg]?)b?$/i.exec(text);
  if (match === null) throw new UnknownOption(`invalid size: '${text}'`);
  const power = ['', 'k', 'm', 'g'].indexOf((match[2] ?? '').toLowerCase().replace('b', ''));
  return Number(match[1]) * 1024 ** power;
}

/** `nofile=1024:2048`. */
function ulimit(text: string): object {
  const [name = '', values = ''] = text.split('=');
  const [soft, hard = soft] = values.split(':').map(Number);
  return { Name: name, Soft: soft, Hard: hard };
}

/** `/run:size=64m`. */
function tmpfs(text: string): Record<string, string> {
  const at = text.indexOf(':');
  return at === -1 ? { [text]: '' } : { [text.slice(0, at)]: text.slice(at + 1) };
}
