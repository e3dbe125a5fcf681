import { containerStates } from './containers.ts';
import { findEngine } from './engine.ts';
import { registryContainer, registryEndpoint, type Lab } from './lab.ts';
import { clusterFilePath, labFolder } from './state.ts';
import type { Tools } from './tools.ts';

export interface LabStatus {
  readonly name: string;
  readonly up: boolean;
  readonly folder: string;
  readonly clusterFile: string;
  readonly subnet: string;
  readonly registry: { readonly endpoint: string; readonly state: string };
  readonly hosts: readonly HostStatus[];
  readonly seconds: Lab['seconds'];
}

interface HostStatus {
  readonly name: string;
  readonly address: string;
  readonly container: string;
  /** As Docker says it, or `missing`. */
  readonly state: string;
}

export async function labStatus(tools: Tools, lab: Lab): Promise<LabStatus> {
  const stateOf = await statesOf(tools, lab);
  const hosts = lab.hosts.map(({ name, address, container }) => ({
    name,
    address,
    container,
    state: stateOf(container),
  }));
  const registry = { endpoint: registryEndpoint(lab), state: stateOf(registryContainer(lab)) };
  return {
    name: lab.name,
    up: [registry, ...hosts].every(({ state }) => state === 'running'),
    folder: labFolder(tools.root, lab.name),
    clusterFile: clusterFilePath(tools.root, lab.name),
    subnet: lab.subnet,
    registry,
    hosts,
    seconds: lab.seconds,
  };
}

async function statesOf(tools: Tools, lab: Lab): Promise<(container: string) => string> {
  const engine = await findEngine({ ...tools, dockerHost: lab.ownEngine });
  if (engine === undefined) return () => 'engine down';
  const states = await containerStates({ ...tools, dockerHost: lab.ownEngine }, lab.name);
  return (container) => states.get(container) ?? 'missing';
}

export function renderLabStatus(status: LabStatus): string {
  const rows = [
    ...status.hosts.map(({ name, address, state }) => [name, address, state]),
    ['registry', status.registry.endpoint, status.registry.state],
  ];
  const widths = [0, 1].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  return [
    `lab ${status.name}: ${status.up ? 'up' : 'not up'}`,
    ...lines.map((line) => `  ${line.trimEnd()}`),
    `cluster file: ${status.clusterFile}`,
  ].join('\n');
}
