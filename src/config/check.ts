import type { ClusterFile } from './cluster-schema.ts';
import type { Host, Role } from './cluster-spec.ts';
import type { Fault, Path } from './fault.ts';
import type { ParsedCluster } from './parsed-cluster.ts';

/** The file as written, for positions, and what it means. */
export interface Checked {
  readonly file: ClusterFile;
  readonly spec: ParsedCluster;
  /** False where only a default stands: the fault is then better shown elsewhere. */
  readonly isWritten: (path: Path) => boolean;
}

/** Looks at entries that are well-formed, and asks whether they fit together. */
export type Check = (checked: Checked) => readonly Fault[];

export function hostsWith({ spec }: Checked, role: Role): readonly Host[] {
  return spec.hosts.filter(({ roles }) => roles.includes(role));
}

/** The entries from which the roles of the hosts are read. */
export const roleSources = [['masters'], ['agents'], ['hosts', '*', 'roles']] as const;

/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[]): string {
  const [first = '', second = ''] = names;
  if (names.length <= 1) return first;
  if (names.length === 2) return `${first} and ${second}`;
  if (names.length === 3) return `${first}, ${second} and ${names[2] ?? ''}`;
  return `${first}, ${second} and ${String(names.length - 2)} more`;
}
