import { parseDocument } from 'yaml';
import type { Role } from './cluster-spec.ts';

/** What a cluster file names, as far as it can be read: for completing words, never for decisions. */
export interface NamesInFile {
  readonly cluster: string | undefined;
  readonly hosts: readonly { readonly name: string; readonly roles: readonly string[] }[];
  readonly controllers: readonly string[];
  readonly labels: readonly string[];
}

const rolesOfGroup = {
  masters: ['zookeeper', 'mesos-master', 'marathon'],
  agents: ['mesos-agent'],
} as const satisfies Record<string, readonly Role[]>;

/** Half written files have names, too: what cannot be read is left out, nothing is thrown. */
export function namesInFile(text: string): NamesInFile {
  const file = mappingOf(valueOf(text));
  const jenkins = mappingOf(file['jenkins']);
  const labels = Object.values(jenkins).flatMap((controller) =>
    Object.keys(mappingOf(mappingOf(controller)['buildAgents'])),
  );
  return {
    cluster: typeof file['name'] === 'string' ? file['name'] : undefined,
    hosts: Object.entries(mappingOf(file['hosts'])).map(([name, host]) => ({
      name,
      roles: rolesOf(name, host, file),
    })),
    controllers: Object.keys(jenkins),
    labels: [...new Set(labels)],
  };
}

function valueOf(text: string): unknown {
  try {
    return parseDocument(text, { logLevel: 'silent' }).toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

type Mapping = Readonly<Record<string, unknown>>;

function mappingOf(value: unknown): Mapping {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMapping ? (value as Mapping) : {};
}

function rolesOf(name: string, host: unknown, file: Mapping): string[] {
  const groups = Object.entries(rolesOfGroup).flatMap(([group, roles]) =>
    listOf(file[group]).includes(name) ? roles : [],
  );
  return [...new Set<string>([...groups, ...listOf(mappingOf(host)['roles'])])];
}

function listOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is string => typeof item === 'string');
}
