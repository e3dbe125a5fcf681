import type { Host } from '../../../config/cluster-spec.ts';
import type { RegisteredAgent } from '../../../plan/observed.ts';
import type { Run } from '../../run.ts';

/** How agents were registered before they were stopped, for each run. */
const before = new WeakMap<Run['undo'], Map<string, string>>();

function keyOf({ id, registeredNs }: RegisteredAgent): string {
  return `${id} ${registeredNs}`;
}

export function rememberRegistration({ undo }: Run, host: Host, agent: RegisteredAgent): void {
  const known = before.get(undo) ?? new Map<string, string>();
  before.set(undo, known.set(host.name, keyOf(agent)));
}

/**
 * Whether the agent has registered since then. Until it has, its master still shows the one that was
 * stopped, and would offer what nobody serves.
 */
export function hasRegisteredAnew({ undo }: Run, host: Host, agent: RegisteredAgent): boolean {
  const known = before.get(undo)?.get(host.name);
  return known === undefined || known !== keyOf(agent);
}
