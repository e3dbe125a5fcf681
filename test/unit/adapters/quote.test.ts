import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandLine, quote } from '../../../src/adapters/quote.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { loginShells, requireShell, type LoginShell } from '../../support/login-shells.ts';

/** Of nobody: a shell reads no start files there, and leaves its own. */
const home = tempFolder();

/** What a real shell makes of the text. */
function wordsFrom({ argv: [program, ...options] }: LoginShell, text: string): readonly string[] {
  const env = { PATH: process.env.PATH ?? '', HOME: home, LANG: 'C' };
  const output = execFileSync(program, [...options, '-c', text], {
    ...{ encoding: 'utf8', env, stdio: 'pipe' },
  });
  return output.split('\0').slice(0, -1);
}

function printing(words: readonly string[]): readonly [string, ...string[]] {
  return ['printf', String.raw`%s\0`, ...words];
}

const hostile = [
  "'; touch /tmp/canary; '",
  '$(touch /tmp/canary)',
  '(touch /tmp/canary)',
  '`touch /tmp/canary`',
  '$HOME ~ * ? [a-z] {a,b}',
  '~root',
  '-n',
  '--',
  '!!',
  'a!b',
  '^a^b^',
  '%self',
  '\\',
  '\\\\',
  '\\\\n',
  "\\'",
  "'\\",
  'ends with \\',
  '"',
  "'",
  "''",
  ' ',
  '',
  '# no comment',
  'a=b',
  '>/tmp/canary',
  '\r\t',
  '\u0001\u001b[31m\u007f',
  'ö \u{1f600} \uf600\ufdd0\ue000',
  'x'.repeat(900),
];

const withNewlines = [
  '\n',
  '\r\n\t',
  'two\nlines',
  "\n\n  it's \\n and \\ and !\n",
  '#!/bin/sh\nset -u\n',
];

describe.each(loginShells)('$name', (shell) => {
  test('gets hostile words back as they were', (context) => {
    requireShell(context, shell);
    expect(wordsFrom(shell, quote(printing(hostile)))).toEqual(hostile);
  });

  test('gets words with newlines back as they were', (context) => {
    requireShell(context, shell);
    const words = [...withNewlines, ...hostile];
    expect(wordsFrom(shell, commandLine(printing(words)))).toEqual(words);
  });

  test('gets any words back as they were', (context) => {
    requireShell(context, shell);
    const word = fc
      .string({ unit: 'binary', maxLength: 30 })
      .map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (words) => {
        expect(wordsFrom(shell, commandLine(printing(words)))).toEqual(words);
      }),
      { numRuns: 10 },
    );
  });

  test('starts the command in its own place, with its exit code', (context) => {
    requireShell(context, shell);
    const script = 'echo "$1" >&2\nexit 7';
    const run = () => wordsFrom(shell, commandLine(['sh', '-c', script, 'sh', 'said']));
    expect(run).toThrow(expect.objectContaining({ status: 7, stderr: 'said\n' }));
  });
});

test('a command without newlines travels as it is', () => {
  expect(commandLine(['sh', '-c', 'exit 0'])).toBe(`'sh' '-c' 'exit 0'`);
});

test('a NUL character is refused, since no shell can pass it on', () => {
  expect(() => quote(['echo', 'a\0b'])).toThrow('NUL');
});
