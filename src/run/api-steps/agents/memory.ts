import type { Host } from '../../../config/cluster-spec.ts';
import type { RegisteredAgent } from '../../../plan/observed.ts';
import type { Run } from '../../run.ts';

/** What a run has to know at the return of what it took from a host. */
interface Memory {
  /** How the agent was registered before it was stopped. */
  registration?: string;
  /** Names of the controllers whose nodes were taken out. */
  readonly controllers: Set<string>;
}

const memories = new WeakMap<Run['undo'], Map<string, Memory>>();

function memoryOf({ undo }: Pick<Run, 'undo'>, host: string): Memory {
  const hosts = memories.get(undo) ?? new Map<string, Memory>();
  memories.set(undo, hosts);
  const memory = hosts.get(host) ?? { controllers: new Set() };
  hosts.set(host, memory);
  return memory;
}

export function rememberTaken(run: Pick<Run, 'undo'>, host: string, controller: string): void {
  memoryOf(run, host).controllers.add(controller);
}

/** True as well of a host that another run emptied: nobody knows what that one took. */
export function mayHaveTaken(run: Pick<Run, 'undo'>, host: string, controller: string): boolean {
  const memory = memories.get(run.undo)?.get(host);
  return memory === undefined || memory.controllers.has(controller);
}

export function rememberRegistration(run: Run, host: Host, agent: RegisteredAgent): void {
  memoryOf(run, host.name).registration = keyOf(agent);
}

/**
 * Whether the agent has registered since then. Until it has, its master still shows the one that was
 * stopped, and would offer what nobody serves.
 */
export function hasRegisteredAnew(run: Run, host: Host, agent: RegisteredAgent): boolean {
  const registration = memories.get(run.undo)?.get(host.name)?.registration;
  return registration === undefined || registration !== keyOf(agent);
}

function keyOf({ id, registeredNs }: RegisteredAgent): string {
  return `${id} ${registeredNs}`;
}
