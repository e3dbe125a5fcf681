import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quote } from '../../../src/adapters/quote.ts';
import type { HostStep } from '../../../src/plan/step.ts';
import { compileScript } from '../../../src/run/script.ts';
import { parseStepLine } from '../../../src/run/step-lines.ts';
import { Secret } from '../../../src/secret.ts';
import { shellCommands } from '../../support/fake-shell.ts';

const owner = { uid: 0, gid: 0 };

function write(path: string, content: string | Secret): HostStep {
  return { kind: 'write-file', file: { path, content, mode: '0644', owner } };
}

test('the command holds nothing but the size of the script; the script holds no content', () => {
  const steps = [write('/a', 'content of a'), write('/b', new Secret('pass', 'a test'))];
  const { argv, input } = compileScript(steps, '# library', quote);
  expect(argv.slice(0, 2)).toEqual(['sh', '-c']);
  expect(argv.at(-1)).toBe(String(Buffer.byteLength(String(input[0]))));
  expect(String(input[0])).not.toContain('content of a');
  expect(input.slice(1)).toEqual(['content of a', expect.any(Secret)]);
});

test('the size counts bytes, not characters', () => {
  const { argv, input } = compileScript([write('/é☃', 'x')], '# Bücher', quote);
  expect(Number(argv.at(-1))).toBe(Buffer.byteLength(String(input[0])));
  expect(Number(argv.at(-1))).toBeGreaterThan(String(input[0]).length);
});

test('contents are read before the first step, steps end in an explicit exit', () => {
  const { input } = compileScript([write('/a', 'four'), write('/b', '☃')], '# library', quote);
  const commands = shellCommands(String(input[0]).slice('# library\n'.length));
  expect(commands).toEqual([
    ['blob', '0', '4'],
    ['blob', '1', '3'],
    ['watch_input'],
    ['step', '0', 'write_file', '0', '/a', '0644', '0', '0'],
    ['step', '1', 'write_file', '1', '/b', '0644', '0', '0'],
    ['exit', '0'],
  ]);
});

test('any text as argument comes out of the script as it went in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!text.includes('\0'));
      const { input } = compileScript([{ kind: 'pull-image', image: text }], '#', quote);
      const commands = shellCommands(String(input[0]).slice('#\n'.length));
      expect(commands[1]).toEqual(['step', '0', 'pull_image', text]);
    }),
  );
});

test('a line of a step is read; anything else between is no such line', () => {
  const evidence = Buffer.from('no space\u001b[31m left\n\n  indented  \n').toString('base64');
  const line = `{"step":3,"result":"failed","code":"DISK_FULL","evidence":"${evidence}"}`;
  expect(parseStepLine(line)).toEqual({
    ...{ step: 3, result: 'failed', code: 'DISK_FULL' },
    evidence: ['no space [31m left', '  indented'],
  });
  for (const other of ['', 'Welcome!', '{"step":', '{"step":"x"}', line.replace('failed', 'x')]) {
    expect(parseStepLine(other)).toBeUndefined();
  }
});

test('a code that this version does not know is no code', () => {
  const line = '{"step":0,"result":"failed","code":"toString","evidence":""}';
  expect(parseStepLine(line)?.code).toBeUndefined();
});
