import { type Path, pathText } from './fault.ts';
import { isTree, type Fragment, type FragmentFault, type Tree } from './fragment.ts';
import { nodeNames } from './node-names.ts';
import type { ParsedController } from './parsed-cluster.ts';

interface Owned {
  readonly path: Path;
  /** Where the cluster file says it. */
  readonly instead: string;
}

/** What the rendered jenkins.yaml sets. A second file that sets it keeps Jenkins from starting. */
export const ownedSettings: readonly Owned[] = [
  { path: ['jenkins', 'systemMessage'], instead: 'it names cluster and controller' },
  { path: ['jenkins', 'numExecutors'], instead: 'it is 0, builds run on build agents' },
  { path: ['jenkins', 'slaveAgentPort'], instead: 'write agentPort in the cluster file' },
  { path: ['jenkins', 'crumbIssuer'], instead: 'it is the standard one' },
  { path: ['jenkins', 'securityRealm'], instead: 'write admin in the cluster file' },
  { path: ['jenkins', 'authorizationStrategy'], instead: 'write admin in the cluster file' },
  { path: ['unclassified', 'location', 'url'], instead: 'write url in the cluster file' },
  { path: ['unclassified', 'buildDiscarders'], instead: 'write keepBuilds in the cluster file' },
];

/** Settings of a fragment that are ci-cluster's. */
export function ownedFaults(fragment: Fragment, controller: ParsedController): FragmentFault[] {
  const { value } = fragment;
  const named = new Set(controller.buildAgents.flatMap(nodeNames));
  const taken = ownedSettings.filter(({ path }) => isWritten(value, path));
  const clouds = entriesAt(value, ['jenkins', 'clouds'])
    .filter(({ entry }) => isTree(entry) && 'mesos' in entry)
    .map(({ path }) => ({ path: [...path, 'mesos'], instead: inBuildAgents }));
  const nodes = entriesAt(value, ['jenkins', 'nodes'])
    .filter(({ entry }) => named.has(nameOfNode(entry)))
    .map(({ path }) => ({ path, instead: inBuildAgents }));
  return [
    ...shared
      .filter((path) => isWritten(value, path) && !isTree(valueAt(value, path)))
      .map((path) => ({ path, message: 'must be a mapping' })),
    ...[...taken, ...clouds, ...nodes].map(({ path, instead }) => {
      return { path, message: `${twice}: ${instead}` };
    }),
  ].map(({ path, message }) => ({
    message: `${pathText(path)}: ${message}`,
    position: fragment.locate(path),
  }));
}

const twice = 'is set by ci-cluster, and Jenkins does not start with two of them';

/** Mappings that jenkins.yaml has as well; JCasC cannot merge anything else with them. */
const shared: readonly Path[] = [['jenkins'], ['unclassified'], ['unclassified', 'location']];

const inBuildAgents = 'write buildAgents in the cluster file';

function isWritten(value: unknown, [name, ...rest]: Path): boolean {
  if (name === undefined) return true;
  return isTree(value) && Object.hasOwn(value, name) && isWritten(value[name], rest);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, name) => (isTree(inner) ? inner[name] : undefined), value);
}

interface Entry {
  readonly path: Path;
  readonly entry: unknown;
}

function entriesAt(value: Tree, path: Path): Entry[] {
  const list = valueAt(value, path);
  if (!Array.isArray(list)) return [];
  return list.map((entry: unknown, index) => ({ path: [...path, index], entry }));
}

function nameOfNode(entry: unknown): string {
  const node = isTree(entry) ? entry['permanent'] : undefined;
  return isTree(node) && typeof node['name'] === 'string' ? node['name'] : '';
}

/** JCasC merges mappings and joins lists; anything else may be said once (errorOnConflict). */
export function conflicts(earlier: Tree, later: Tree, path: Path = []): Path[] {
  return Object.entries(later).flatMap(([name, value]) => {
    const before = Object.hasOwn(earlier, name) ? earlier[name] : undefined;
    const here = [...path, name];
    if (before === undefined) return [];
    if (isTree(before) && isTree(value)) return conflicts(before, value, here);
    return Array.isArray(before) && Array.isArray(value) ? [] : [here];
  });
}
