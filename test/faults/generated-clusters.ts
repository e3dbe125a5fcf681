import { parse, stringify } from 'yaml';
import { clusterSchema } from '../../src/config/cluster-schema.ts';
import { sampleFile } from '../../src/config/sample.ts';
import { variousClusterFiles } from '../support/cluster-file.ts';
import { leavesOf } from '../support/schema-leaves.ts';

/** Text of cluster files that somebody could have meant, drawn from the schema and then damaged. */
export function* generatedClusters(count: number, random: () => number): Generator<string> {
  for (let number = 0; number < count; number += 1) yield generatedCluster(dice(random));
}

const good = [...variousClusterFiles(), sampleFile()];
const places = leavesOf(clusterSchema).map(({ path }) => path);

/** Values of every kind, right at one place and wrong at another. */
const values: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 2.5, 22, 8080, 31_080, 70_000, 1e30, Number.NaN, Infinity],
  ...['', ' ', '-x', '~', '*', '&a', '!t', '<<', '%', '@', '`', '"', "'", '\\', '{{ x }}', '$(id)'],
  ...['ci', 'm1', 'a1', 'main', 'A1', 'bär', 'x'.repeat(300), 'a\nb', 'a\tb', '\u202e', '\0'],
  ...['10.0.0.11', '10.0.0.300', '::1', 'm1.example.com', '127.0.0.1', 'ops@m1', '0.0.0.0'],
  ...['10s', '500ms', '2GiB', '512m', '10 s', '1h', '10%', '150%', '31000-32000', '9-1'],
  ...['/srv/ci', '/etc', '/tmp/x', '/../x', '~/x', 'keys/a', '/mesos', '/zookeeper/x', '/'],
  ...['zookeeper:3.9.5', 'zookeeper', 'a/b:latest', 'HAProxy:1', 'r.example.com:5000/a@sha256:ab'],
  ...['http://ci.example.com/', 'https://m', 'ftp://x/', 'javascript:1', 'SHA256:abc', 'latest'],
  ...['pinned', 'shared', 'vip', 'dns', 'lab', 'mesos', 'marathon', 'gateway', 'mesos-agent'],
  ...[[], [[]], ['m1'], ['m1', 'm1'], [1], [null], {}, { a: 1 }, { env: 'X' }, { file: 'x' }],
  ...[
    { command: ['pass', 'x'] },
    { kind: 'pinned', host: 'a1' },
    { kind: 'shared', path: '/srv/x' },
  ],
  ...[{ kind: 'shared' }, { __proto__x: 1 }, { address: '10.0.0.99' }, 's3cret'],
];

interface Dice {
  below(limit: number): number;
  one<T>(of: readonly T[]): T;
  sometimes(percent: number): boolean;
}

function dice(random: () => number): Dice {
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    below,
    one: (of) => of[below(of.length)]!,
    sometimes: (percent) => below(100) < percent,
  };
}

function generatedCluster(roll: Dice): string {
  const value = parse(roll.one(good)) as Bag;
  for (let edits = roll.below(4); edits > 0; edits -= 1) damage(value, roll);
  const text = written(value, roll);
  return roll.sometimes(25) ? garbled(text, roll) : text;
}

type Bag = Record<string, unknown>;

function damage(root: Bag, roll: Dice): void {
  const path = roll.one(places).map((name) => nameFor(name, roll));
  const names = roll.sometimes(20) ? path.slice(0, 1 + roll.below(path.length)) : path;
  let bag = root;
  for (const name of names.slice(0, -1)) {
    const inner = own(bag, name);
    const isBag = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    if (!isBag) define(bag, name, {});
    bag = own(bag, name) as Bag;
  }
  const last = names.at(-1) ?? '';
  if (roll.sometimes(10)) Reflect.deleteProperty(bag, last);
  else if (roll.sometimes(10)) define(bag, misspelt(last, roll), own(bag, last) ?? 1);
  else define(bag, last, structuredClone(roll.one(values)));
}

function own(bag: Bag, name: string): unknown {
  return Object.getOwnPropertyDescriptor(bag, name)?.value;
}

/** Also where a setter of the prototype would take it. */
function define(bag: Bag, name: string, value: unknown): void {
  const open = { configurable: true, enumerable: true, writable: true };
  Object.defineProperty(bag, name, { value, ...open });
}

const names = [
  'm1',
  'm2',
  'a1',
  'a2',
  'main',
  'tools',
  'linux',
  'mesos',
  '__proto__',
  'constructor',
  'x y',
  '5',
];

function nameFor(name: string, roll: Dice): string {
  return name === '*' || name === '(name)' ? roll.one(names) : name;
}

function misspelt(name: string, roll: Dice): string {
  const at = roll.below(name.length + 1);
  const letter = roll.one(['', 'x', '-', ' ', name[at] ?? 'e']);
  return `${name.slice(0, at)}${letter}${name.slice(at + 1)}`;
}

function written(value: Bag, roll: Dice): string {
  const collectionStyle = roll.one(['any', 'block', 'flow'] as const);
  return stringify(value, { collectionStyle, lineWidth: roll.one([0, 40, 80]) });
}

const fragments = [
  ...Array.from(':-?[]{},#&*!|>\'"%@`\t\n\r \\\0'),
  ...[
    '- ',
    ': ',
    '\n  ',
    '---\n',
    '...\n',
    '<<: *a\n',
    '&a ',
    '\ufeff',
    '\u2028',
    '\ud800',
    '🙂',
    'é',
  ],
];

function garbled(text: string, roll: Dice): string {
  let result = text;
  for (let edits = 1 + roll.below(4); edits > 0; edits -= 1) {
    const at = roll.below(result.length + 1);
    result = result.slice(0, at) + roll.one(fragments) + result.slice(at + roll.below(20));
  }
  return result;
}
