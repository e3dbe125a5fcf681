import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { variousClusterFiles } from '../../support/cluster-file.ts';
import { outcome, valueOutcome } from '../../support/config-faults.ts';

const values = variousClusterFiles().map((text): unknown => parse(text));

/** fast-check's own unit `binary` takes two seconds to prepare. */
const character = fc.nat(0x10ffff).map((code) => String.fromCodePoint(code));

const junk = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(...[null, true, 0, -1, 1e999, 22, '', 'x', '-x', '~']),
  },
  fc.constantFrom<unknown>(
    '10s',
    '2GiB',
    '*a',
    '&a',
    '!t',
    '<<',
    '10.0.0.11',
    'm1',
    '/srv',
    [],
    {},
  ),
  fc.string({ unit: character, maxLength: 20 }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Places in a value, counted through; each mutation picks one by a number. */
const mutation = fc.record({
  kind: fc.constantFrom('replace', 'remove', 'rename', 'add', 'copy'),
  place: fc.nat(500),
  key: fc.oneof(fc.constantFrom('__proto__', 'constructor', 'adress', 'm2', '1'), fc.string()),
  value: junk,
});
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

type Bag = Record<string, unknown>;

function mutate(root: unknown, { kind, place, key, value }: Mutation): void {
  const bags: [Bag, string][] = [];
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    for (const name of Object.keys(value)) {
      bags.push([value as Bag, name]);
      walk((value as Bag)[name]);
    }
  };
  walk(root);
  const [bag, name] = bags[place % Math.max(bags.length, 1)] ?? [{}, ''];
  const set = (name: string, value: unknown) => {
    Object.defineProperty(bag, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  };
  if (kind === 'replace') set(name, value);
  if (kind === 'add') set(key, value);
  if (kind === 'copy') set(key, structuredClone(bag[name]));
  if (kind === 'rename') set(key, bag[name]);
  if (kind === 'rename' || kind === 'remove') Reflect.deleteProperty(bag, name);
}

const seen = { accepted: 0, refused: 0 };

test('8,000 cluster files with changed entries are each accepted or refused', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...values),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      (document, mutations) => {
        const value = structuredClone(document);
        for (const one of mutations) mutate(value, one);
        seen[valueOutcome(value)] += 1;
      },
    ),
    { numRuns: 8000, seed: 20_261_122 },
  );
  expect(seen.accepted).toBeGreaterThan(50);
  expect(seen.refused).toBeGreaterThan(2000);
}, 120_000);

/** Each took seconds, gigabytes or the whole process before the limits were there. */
test.each([
  ['flow sequences', '['.repeat(1_000_000)],
  ['flow mappings', '{a: '.repeat(250_000)],
  ['block sequences', '- '.repeat(500_000)],
  ['explicit keys', '? '.repeat(500_000)],
  ['indentation', Array.from({ length: 1400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ['keys', `{${Array.from({ length: 90_000 }, (_, index) => `k${String(index)}: 1`).join(', ')}}`],
  ['hosts', `hosts: {${Array.from({ length: 16_000 }, (_, i) => `h${String(i)}: {}`).join(', ')}}`],
  ['anchors', Array.from({ length: 12_000 }, (_, index) => `k${String(index)}: &a 1`).join('\n')],
  ['aliases', `a: &a 1\nb: [${'*a,'.repeat(30_000)}]`],
  ['one line', `name: ${'x'.repeat(1_000_000)}`],
  ['backslashes', `name: "${'\\'.repeat(1_000_000)}`],
  ['a URL', `jenkins: { a: { url: "http://${'a.'.repeat(200_000)}" } }`],
  ['an image', `images: { zookeeper: "${'a/'.repeat(200_000)}" }`],
  ['a folder', `folders: { data: "${'/a'.repeat(200_000)}" }`],
])(
  'a file of very many %s is refused in time',
  (_, text) => {
    expect(outcome(text)).toBe('refused');
  },
  10_000,
);
