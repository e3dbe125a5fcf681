import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';

/** What a host is like, a line for each file, folder, link and container; alike means equal. */
export type State = readonly string[];

/** What a run is allowed to change, and everything next to it. */
const roots = ['etc', 'home', 'opt', 'root', 'run', 'srv', 'tmp', 'usr/local', 'var'];

/** Of this machine, or of the stand-ins: no run changes them. */
const foreign = /^\/etc\/(alternatives|ld\.so\.cache)/;

/** Names one of two chains that take turns; what is in force is told by the rules themselves. */
const turns = /^\/run\/ci-cluster-builds$/;

/** What differs from run to run by its nature: who did what when. */
const records =
  /^\/(run\/ci-cluster\/(lock|work|token|token\.last)|var\/lib\/ci-cluster\/(journal\.ndjson|last-run))$/;

export function stateOf(machine: Machine): State {
  const files = roots.flatMap((root) => filesBelow(machine, `/${root}`));
  const containers = containersOf(machine).map(containerLine);
  return [...files, ...containers, ...rulesOf(machine)].map(chanceHidden(machine));
}

/** Lines that stand in one state only. */
export function difference(left: State, right: State): readonly string[] {
  const inLeft = new Set(left);
  const inRight = new Set(right);
  return [
    ...left.filter((line) => !inRight.has(line)).map((line) => `- ${line}`),
    ...right.filter((line) => !inLeft.has(line)).map((line) => `+ ${line}`),
  ];
}

function rulesOf(machine: Machine): string[] {
  const folder = machine.path('/fake/filter');
  const hidden = (text: string) => text.replaceAll(/(CI-CLUSTER-BUILDS)-[AB]/g, '$1');
  return namesIn(folder)
    .filter((name) => name !== 'own')
    .flatMap((chain) =>
      textOf(join(folder, chain))
        .split('\n')
        .map((rule) => `${chain} ${rule}`),
    )
    .map((rule) => `rule ${hidden(rule)}`);
}

function filesBelow(machine: Machine, path: string): string[] {
  const at = machine.path(path);
  if ([foreign, turns, records].some((pattern) => pattern.test(path))) return [];
  const stat = lstatOf(at);
  if (stat === undefined) return [];
  const who = `${(stat.mode & 0o7777).toString(8)} ${stat.uid} ${stat.gid}`;
  if (stat.isSymbolicLink()) return [`${path} link ${readlinkSync(at)}`];
  if (!stat.isDirectory())
    return [`${path} file ${who} ${sumOf(machine, readFileSync(at, 'utf8'))}`];
  const below = readdirSync(at).toSorted();
  return [
    `${path} folder ${who}`,
    ...below.flatMap((name) => filesBelow(machine, join(path, name))),
  ];
}

function lstatOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    // A process of the host removed it meanwhile.
    return undefined;
  }
}

function sumOf(machine: Machine, content: string): string {
  return createHash('sha256').update(chanceHidden(machine)(content)).digest('hex').slice(0, 12);
}

/** The id of the cluster is drawn anew for each, and so are the addresses of sshd. */
function chanceHidden(machine: Machine): (text: string) => string {
  const id = clusterIdOf(machine);
  return (text) =>
    (id === undefined ? text : text.replaceAll(id, '<cluster id>')).replaceAll(
      /127\.(?!0\.0\.1\b)\d+\.\d+\.\d+/g,
      '<address of sshd>',
    );
}

function clusterIdOf(machine: Machine): string | undefined {
  try {
    const text = readFileSync(machine.path('/etc/ci-cluster/cluster.json'), 'utf8');
    return /"id": "([^"]+)"/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}

export interface ContainerRecord {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly policy: string;
  /** Words after `docker run`. */
  readonly argv: readonly string[];
  readonly created: string;
  /** Files it read at its start, by their path inside. */
  readonly seen: ReadonlyMap<string, string>;
}

export function containersOf(machine: Machine): readonly ContainerRecord[] {
  const table = machine.path('/fake/containers');
  return namesIn(table).flatMap((name) => {
    const get = (field: string) => textOf(join(table, name, field));
    const argv = get('argv').split('\0').slice(0, -1);
    // It is being removed or renamed just now.
    if (argv.length === 0) return [];
    const seen = new Map(seenBelow(join(table, name, 'seen'), ''));
    const created = get('Created');
    return [
      { name, id: get('id'), status: get('status'), policy: get('policy'), argv, created, seen },
    ];
  });
}

export function imagesOf(machine: Machine): readonly string[] {
  return namesIn(machine.path('/fake/images')).map((name) => name.replaceAll('!', '/'));
}

function containerLine({ name, status, policy, argv, seen }: ContainerRecord): string {
  const read = [...seen].map(([path, content]) => [path, content]);
  return `container ${name} ${status} ${policy} ${JSON.stringify(argv)} ${JSON.stringify(read)}`;
}

function seenBelow(folder: string, path: string): [string, string][] {
  return namesIn(join(folder, path)).flatMap((name): [string, string][] => {
    const inner = `${path}/${name}`;
    const stat = lstatOf(join(folder, inner));
    if (stat?.isDirectory() === true) return seenBelow(folder, inner);
    return stat?.isFile() === true ? [[inner, textOf(join(folder, inner))]] : [];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
