import type { z } from 'zod';
import { clusterSchema, type ClusterFile } from './cluster-schema.ts';
import type { Path } from './fault.ts';

type Issue = z.core.$ZodIssue;
type Bag = Record<string, unknown>;

/**
 * The file with every entry at fault taken out or replaced, so that the rest can still be checked:
 * zod alone stops at the form, and the operator would learn of an even number of masters only after
 * the last typing mistake is gone. Several rounds: what is left may show the next fault.
 */
export function repaired(value: unknown, issues: readonly Issue[]): ClusterFile | undefined {
  if (!isBag(value)) return undefined;
  const copy = structuredClone(value);
  let open = issues;
  for (let round = 0; round < 5; round++) {
    for (const issue of open) repair(copy, issue);
    const result = clusterSchema.safeParse(copy);
    if (result.success) return result.data;
    open = result.error.issues;
  }
  return undefined;
}

function repair(root: Bag, issue: Issue): void {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) remove(root, [...path, key]);
    return;
  }
  const stand = standIns.find(({ at }) => isWithin(path, at));
  if (stand && issue.code !== 'invalid_key') put(root, path.slice(0, stand.at.length), stand.value);
  else remove(root, path);
}

/** For what is required and has no default. Nothing is concluded from them: their places are tainted. */
const standIns: readonly { readonly at: Path; readonly value: unknown }[] = [
  { at: ['name'], value: 'unnamed' },
  { at: ['hosts', '*', 'address'], value: '192.0.2.1' },
  { at: ['jenkins', '*', 'home'], value: { kind: 'shared', path: '/unknown/home' } },
  { at: ['jenkins', '*', 'admin'], value: { password: { env: 'UNKNOWN' } } },
  // An optional section with a required field of its own: without it there is no section.
  { at: ['ssh', 'bastion'], value: undefined },
  { at: ['hosts', '*', 'ssh', 'bastion'], value: undefined },
];

function isWithin(path: readonly string[], pattern: Path): boolean {
  return (
    path.length >= pattern.length &&
    pattern.every((name, index) => name === '*' || name === path[index])
  );
}

/** A list loses all its entries with one: what is left would be another list. */
function remove(root: Bag, path: readonly string[]): void {
  const [parent, name] = parentOf(root, path);
  if (parent === undefined || name === undefined) return;
  if (path.join('.') === 'hosts') parent[name] = {};
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a private copy of parsed YAML
  else delete parent[name];
}

function put(root: Bag, path: readonly string[], value: unknown): void {
  const [parent, name] = parentOf(root, path);
  if (parent !== undefined && name !== undefined) parent[name] = structuredClone(value);
}

/** The innermost mapping on the way, and the name in it: lists are taken as one. */
function parentOf(root: Bag, path: readonly string[]): [Bag?, string?] {
  let bag = root;
  for (const [index, name] of path.entries()) {
    const next = Object.hasOwn(bag, name) ? bag[name] : undefined;
    if (index === path.length - 1 || !isBag(next)) return [bag, name];
    bag = next;
  }
  return [];
}

function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
