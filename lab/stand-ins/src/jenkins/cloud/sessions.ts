import type { Nodes } from '../nodes.ts';
import type { MesosApi } from './mesos-api.ts';

/**
 * `MesosApi.sessions` of the plugin 2.0, a static map: a configuration that is loaded again finds the
 * connection of before under its framework id, with the master of before, dead if it was dead.
 */
const byJenkins = new WeakMap<Nodes, Map<string, Promise<MesosApi>>>();

export function sessionOf(
  nodes: Nodes,
  frameworkId: string,
  make: () => Promise<MesosApi>,
): Promise<MesosApi> {
  const sessions = byJenkins.get(nodes) ?? new Map<string, Promise<MesosApi>>();
  byJenkins.set(nodes, sessions);
  const known = sessions.get(frameworkId);
  if (known !== undefined) return known;
  const made = make();
  sessions.set(frameworkId, made);
  // Where the master could not even be looked up there is nothing to keep: the next one tries again.
  made.catch(() => sessions.delete(frameworkId));
  return made;
}

export function existingSession(nodes: Nodes, frameworkId: string): Promise<MesosApi> | undefined {
  return byJenkins.get(nodes)?.get(frameworkId);
}
