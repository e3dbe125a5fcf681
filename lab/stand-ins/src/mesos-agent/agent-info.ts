import { statfsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Address } from '../shared/address.ts';
import type { Flags } from '../shared/flags.ts';
import type { AgentInfo, Resource } from '../shared/mesos.ts';
import { parseAttributes, parseResources } from '../shared/resources.ts';

export interface Machine {
  readonly cpus: number;
  readonly memBytes: number;
  readonly diskBytes: number;
}

const megabyte = 1024 ** 2;
const gigabyte = 1024 ** 3;

/** What the agent offers: from `--resources`, and detected where that says nothing. */
export function agentInfo(flags: Flags, address: Address, machine: Machine): AgentInfo {
  const given = parseResources(flags.text('resources') ?? '');
  const detected = detect(machine).filter(
    ({ name }) => !given.some((resource) => resource.name === name),
  );
  const order = ['cpus', 'mem', 'disk', 'ports'];
  const resources = [...given, ...detected].sort(
    (a, b) => rank(order, a.name) - rank(order, b.name),
  );
  return {
    hostname: address.hostname,
    port: address.advertisedPort,
    resources,
    attributes: parseAttributes(flags.text('attributes') ?? ''),
  };
}

function rank(order: readonly string[], name: string): number {
  const at = order.indexOf(name);
  return at === -1 ? order.length : at;
}

/** Reserves and fall-backs of src/slave/containerizer/containerizer.cpp (1.11): 1 GB memory, 5 GB disk, or half. */
function detect(machine: Machine): Resource[] {
  return [
    scalar('cpus', machine.cpus),
    scalar('mem', toMegabytes(withReserve(machine.memBytes, gigabyte))),
    scalar('disk', toMegabytes(withReserve(machine.diskBytes, 5 * gigabyte))),
    { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31000, end: 32000 }] } },
  ];
}

function scalar(name: string, value: number): Resource {
  return { name, type: 'SCALAR', scalar: { value } };
}

function withReserve(bytes: number, reserve: number): number {
  return bytes > 2 * reserve ? bytes - reserve : bytes / 2;
}

function toMegabytes(bytes: number): number {
  return Math.floor(bytes / megabyte);
}

export function thisMachine(workDir: string): Machine {
  return { cpus: cpus().length, memBytes: totalmem(), diskBytes: diskBytes(workDir) };
}

function diskBytes(folder: string): number {
  try {
    const { blocks, bsize } = statfsSync(folder);
    return blocks * bsize;
  } catch {
    // DEFAULT_DISK of src/slave/constants.hpp (1.11).
    return 10 * gigabyte;
  }
}
