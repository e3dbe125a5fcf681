import { roles, type ClusterSpec, type Host, type Role } from '../config/cluster-spec.ts';
import { unknownName } from './unknown-name.ts';

export interface HostChoice {
  readonly names: readonly string[];
  readonly roles: readonly string[];
  readonly all: boolean;
}

/** Hosts that are named, or have one of the roles, in the order of the cluster file. */
export function chosenHosts({ hosts }: ClusterSpec, choice: HostChoice): readonly Host[] {
  const known = hosts.map(({ name }) => name);
  const stranger = choice.names.find((name) => !known.includes(name));
  if (stranger !== undefined) throw unknownName('host', stranger, known);
  const wanted = choice.roles.map(roleOf);
  return hosts.filter(
    (host) =>
      choice.all ||
      choice.names.includes(host.name) ||
      wanted.some((role) => host.roles.includes(role)),
  );
}

function roleOf(name: string): Role {
  const role = roles.find((candidate) => candidate === name);
  if (role === undefined) throw unknownName('role', name, roles);
  return role;
}
