import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { clusterSchema } from '../../../src/config/cluster-schema.ts';
import { type Leaf, leavesOf } from '../../support/schema-leaves.ts';

/** What would be a command, an option, another file, another line or another template somewhere. */
const payloads = [
  ...[
    '$(touch canary)',
    '`touch canary`',
    '${IFS}',
    '$HOME',
    ';touch canary',
    '|touch canary',
    '&',
  ],
  ...['&& touch canary', '> canary', '< canary', '*', '?', '[a-z]', '{a,b}', '~', '!!', '#', '\\'],
  ...["'", '"', '\\"', "'\\''", '%s%n', '%00', '\n', '\r', '\t', '\0', '\u001b[31m', '\u007f'],
  ...['\u0085', '\u009b', '\u2028', '\u202e', '\u200f', '\ufeff', '\ud800', 'é', 'ｍ', '😀', 'ſ'],
  ...['{{ secret }}', '{% include "x" %}', '<%= 1 %>', '#{1}', '<script>', '/../', '/./', '//'],
  ...['..', ' ', '  ', '\u00a0', ',', '=', '@', ':x:y', ';x', '^', '(', ')', '--help', '-rf /'],
  ...['-oProxyCommand=touch canary', '\n- injected', '\nserver evil 10.0.0.1', '"; DROP TABLE x'],
];

const frames = [
  (payload: string) => payload,
  (payload: string) => `a${payload}`,
  (payload: string) => `${payload}a`,
  (payload: string) => `/srv/a${payload}b`,
  (payload: string) => `10.0.0.1${payload}`,
  (payload: string) => `http://a${payload}/`,
  (payload: string) => `a/b:1${payload}`,
  (payload: string) => `10s${payload}`,
  (payload: string) => 'a'.repeat(3000) + payload,
];
const hostile = payloads.flatMap((payload) => frames.map((frame) => frame(payload)));

/** Read on the operator's machine only, never part of a command, a file or a URL on a host. */
const freeText = [/^notice$/, /[fF]ile$/, /password\.command$/, /\.casc$/];

/** Run by a build on purpose; they travel in XML of ours, escaped there. */
const scripts = [/canary\.run$/, /canary\.artifacts$/];

const texts = leavesOf(clusterSchema).filter(({ schema }) => accepts(schema, 'string'));

function accepts(schema: z.core.$ZodType, type: string): boolean {
  const json: { readonly type?: unknown } = z.toJSONSchema(schema, { io: 'input' });
  return json.type === type;
}

test('there are at least 500 hostile strings and every text field is tried', () => {
  expect(new Set(hostile).size).toBeGreaterThanOrEqual(500);
  expect(texts.length).toBeGreaterThan(40);
});

describe('a hostile string is refused, or has nothing in it that any program takes as special', () => {
  test.each(
    texts
      .filter(({ path }) => !scripts.some((pattern) => pattern.test(path.join('.'))))
      .map((leaf) => [leaf.path.join('.'), leaf] as const),
  )('%s', (name, leaf) => {
    const accepted = hostile.filter((text) => z.safeParse(leaf.schema, text).success);
    const plain = freeText.some((pattern) => pattern.test(name))
      ? /^[^-\s][^\r\n]*$/
      : /^[A-Za-z0-9_/.~][A-Za-z0-9._/:@~-]*$/;
    expect(accepted.filter((text) => !plain.test(text) && !isOperand(leaf, text))).toEqual([]);
    const paths = /folders|path$|image|url$/i.test(name) ? accepted : [];
    expect(paths.filter((text) => text.includes('/..'))).toEqual([]);
  });
});

/** The words after the program may be options. */
function isOperand({ path }: Leaf, text: string): boolean {
  return path.includes('command') && !/[\r\n]/.test(text);
}
