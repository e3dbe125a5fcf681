import { isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { ClusterError } from '../errors.ts';
import {
  draftOf,
  endOf,
  entriesOf,
  entryOf,
  indentAt,
  insertInFlow,
  insertLines,
  lineStart,
  listAt,
  mapAt,
  nextLine,
  scalarText,
  splice,
  startOf,
  type Draft,
} from './edit-text.ts';

/** What is written of a new Mesos agent; values as they stand in a cluster file. */
export interface NewHost {
  readonly name: string;
  readonly address: string;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly resources?: Readonly<Record<string, string | number>> | undefined;
  readonly ssh?: Readonly<Record<string, string | number>> | undefined;
}

/** The text with one more host that is a Mesos agent; every other byte stays. */
export function addAgentHost(text: string, host: NewHost): string {
  const draft = draftOf(text);
  const hosts = mapAt(draft, ['hosts']);
  if (hosts === undefined || entryOf(hosts, host.name) !== undefined) throw byHand(host.name);
  const grouped = usesGroup(draft, hosts);
  const withHost = addEntry(draft, hosts, {
    key: host.name,
    fields: fieldsOf(host, grouped ? [] : ['mesos-agent']),
  });
  return proved(text, grouped ? addToAgents(withHost, host.name) : withHost, (file) => {
    const entry = valuesOf(host, grouped ? [] : ['mesos-agent']);
    const agents = grouped ? { agents: [...(file.agents ?? []), host.name] } : {};
    return { ...file, ...agents, hosts: { ...file.hosts, [host.name]: entry } };
  });
}

/** The text with the role of a Mesos agent for a host that it has. */
export function makeAgent(text: string, name: string): string {
  return proved(text, addToAgents(draftOf(text), name), (file) => ({
    ...file,
    agents: [...(file.agents ?? []), name],
  }));
}

/** The text without the host: its entry, and its name in the group of the Mesos agents. */
export function removeAgentHost(text: string, name: string): string {
  const draft = draftOf(text);
  const hosts = mapAt(draft, ['hosts']);
  const entry = entryOf(hosts, name);
  if (hosts === undefined || entry === undefined) throw byHand(name);
  const without = removeItem(draft, hosts, entry);
  return proved(text, removeFromAgents(without, name), (file) => {
    const others = Object.entries(file.hosts ?? {}).filter(([key]) => key !== name);
    const agents = file.agents?.filter((agent) => String(agent) !== name);
    return { ...file, ...(agents && { agents }), hosts: Object.fromEntries(others) };
  });
}

/** The text with another image: `['images', 'marathon']`, or `['jenkins', NAME, 'image']`. */
export function setImage(
  text: string,
  path: readonly [string, ...string[]],
  image: string,
): string {
  const draft = draftOf(text);
  const above = path.slice(0, -1);
  const key = path.at(-1) ?? '';
  const map = mapAt(draft, above);
  const present = entryOf(map, key)?.value;
  const edited =
    isScalar(present) && present.range
      ? splice(draft, [present.range[0], present.range[1]], scalarText(image))
      : map !== undefined && entryOf(map, key) === undefined
        ? addEntry(draft, map, { key, fields: scalarText(image) })
        : newSection(draft, path, image);
  return proved(text, edited, (file) => withValue(file, path, image));
}

interface FileValue {
  readonly agents?: readonly unknown[];
  readonly hosts?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** An edit that means anything but what it should is not handed out. */
function proved(
  before: string,
  { text, document }: Draft,
  change: (file: FileValue) => object,
): string {
  const wanted = change(draftOf(before).document.toJS() as FileValue);
  const isFine = document.errors.length === 0 && canonical(document.toJS()) === canonical(wanted);
  if (isFine) return text;
  throw byHand('the entry');
}

function byHand(what: string): ClusterError {
  return new ClusterError(
    'FILE_NOT_WRITTEN',
    `the cluster file is written in a way in which ${what} cannot be changed without touching the rest`,
    {
      remedy: 'Change it by hand, then run ci-cluster init.',
    },
  );
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

function withValue(value: unknown, [key = '', ...rest]: readonly string[], image: string): object {
  const map = (value ?? {}) as Readonly<Record<string, unknown>>;
  return { ...map, [key]: rest.length === 0 ? image : withValue(map[key], rest, image) };
}

/** The group, unless the file gives the role host by host. */
function usesGroup(draft: Draft, hosts: YAMLMap): boolean {
  if ((listAt(draft, 'agents')?.items.length ?? 0) > 0) return true;
  return !entriesOf(hosts).some(({ value }) => {
    const roles = isMap(value) ? entryOf(value, 'roles')?.value : undefined;
    return (
      isSeq(roles) && roles.items.some((role) => isScalar(role) && role.value === 'mesos-agent')
    );
  });
}

type Field = readonly [string, string];

function valuesOf(host: NewHost, roles: readonly string[]): Record<string, unknown> {
  const { address, attributes, resources, ssh } = host;
  const some = (name: string, value: object | undefined) =>
    value === undefined || Object.keys(value).length === 0 ? {} : { [name]: value };
  return {
    address,
    ...(roles.length === 0 ? {} : { roles }),
    ...{ ...some('ssh', ssh), ...some('attributes', attributes), ...some('resources', resources) },
  };
}

function fieldsOf(host: NewHost, roles: readonly string[]): readonly Field[] {
  return Object.entries(valuesOf(host, roles)).map(([key, value]) => [key, flowText(value)]);
}

function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(
      ([key, part]) => `${scalarText(key)}: ${flowText(part)}`,
    );
    return `{ ${parts.join(', ')} }`;
  }
  return typeof value === 'number' ? String(value) : scalarText(String(value));
}

interface NewEntry {
  readonly key: string;
  readonly fields: readonly Field[] | string;
}

/** In the form of the entry before it: in one line, or a line for each field. */
function addEntry(draft: Draft, map: YAMLMap, { key, fields }: NewEntry): Draft {
  const name = scalarText(key);
  const inOneLine =
    typeof fields === 'string'
      ? `${name}: ${fields}`
      : `${name}: { ${fields.map(([field, value]) => `${field}: ${value}`).join(', ')} }`;
  if (map.flow === true) return insertInFlow(draft, map, inOneLine);
  const last = entriesOf(map).at(-1);
  if (last === undefined) throw byHand(key);
  const indent = indentAt(draft, startOf(last));
  const { value } = last;
  const isFlat = typeof fields === 'string' || !isMap(value) || value.flow === true;
  if (isFlat) return insertLines(draft, endOf(last), [`${indent}${inOneLine}`]);
  const [first] = entriesOf(value);
  const inner = first === undefined ? `${indent}  ` : indentAt(draft, startOf(first));
  const lines = fields.map(([field, text]) => `${inner}${field}: ${text}`);
  return insertLines(draft, endOf(last), [`${indent}${name}:`, ...lines]);
}

function addToAgents(draft: Draft, name: string): Draft {
  const agents = listAt(draft, 'agents');
  if (agents === undefined) {
    const root = mapAt(draft, []);
    const place = entryOf(root, 'masters') ?? (root && entriesOf(root)[0]);
    if (place === undefined || root?.flow === true) throw byHand(name);
    return insertLines(draft, endOf(place), [`agents: [${scalarText(name)}]`]);
  }
  const last = agents.items.at(-1);
  if (agents.flow === true || last === undefined) {
    return insertInFlow(draft, agents, scalarText(name));
  }
  const start = startOf(last);
  const dash = draft.text.slice(lineStart(draft, start), start);
  return insertLines(draft, endOf(last), [`${dash}${scalarText(name)}`]);
}

function removeFromAgents(draft: Draft, name: string): Draft {
  const agents = listAt(draft, 'agents');
  const item = agents?.items.find((one) => isScalar(one) && String(one.value) === name);
  if (agents === undefined || item === undefined) return draft;
  const without = removeItem(draft, agents, item);
  if (agents.flow === true || agents.items.length > 1) return without;
  const key = entryOf(mapAt(draft, []), 'agents')?.key;
  const colon = draft.text.indexOf(':', key?.range?.[1] ?? 0) + 1;
  return splice(without, [colon, colon], ' []');
}

type Item = Node | ReturnType<typeof entriesOf>[number];

function removeItem(draft: Draft, collection: YAMLMap | YAMLSeq, item: Item): Draft {
  if (collection.flow === true) return removeFromFlow(draft, collection.items as Item[], item);
  return splice(draft, [lineStart(draft, startOf(item)), nextLine(draft, endOf(item))], '');
}

function removeFromFlow(draft: Draft, items: readonly Item[], item: Item): Draft {
  const index = items.indexOf(item);
  const next = items[index + 1];
  const before = items[index - 1];
  if (next !== undefined) return splice(draft, [startOf(item), startOf(next)], '');
  return splice(draft, [before === undefined ? startOf(item) : endOf(before), endOf(item)], '');
}

/** At the end of the file, where nothing of the kind is written yet. */
function newSection(draft: Draft, path: readonly [string, ...string[]], image: string): Draft {
  const root = mapAt(draft, []);
  const last = root && entriesOf(root).at(-1);
  if (last === undefined || root?.flow === true || path.length !== 2) throw byHand(path.join('.'));
  if (entryOf(root, path[0]) !== undefined) throw byHand(path.join('.'));
  const lines = [`${path[0]}:`, `  ${path[1] ?? ''}: ${scalarText(image)}`];
  return insertLines(draft, draft.text.length, lines);
}
