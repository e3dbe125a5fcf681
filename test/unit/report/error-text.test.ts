import { expect, test } from 'vitest';
import { ClusterError } from '../../../src/errors.ts';
import { errorDocument, errorText } from '../../../src/report/error-text.ts';
import { palette } from '../../../src/report/palette.ts';

const pull = new ClusterError('IMAGE_MISSING', 'm1: cannot pull x', {
  ...{ host: 'm1', evidence: ['manifest unknown'], remedy: 'Check the name.' },
});
const sum = new ClusterError('HOSTS_FAILED', 'failed on 2 of 5 hosts', {
  ...{ parts: [pull, pull], remedy: 'Run again.' },
});

test('a fault is told with its code, its evidence and what to do', () => {
  expect(errorText(pull, palette(false)).split('\n')).toEqual([
    '✘ m1: cannot pull x [IMAGE_MISSING]',
    '    │ manifest unknown',
    '  → Check the name.',
  ]);
});

test('faults of several hosts stand below their sum', () => {
  const lines = errorText(sum, palette(false)).split('\n');
  expect(lines[0]).toBe('✘ failed on 2 of 5 hosts [HOSTS_FAILED]');
  expect(lines.filter((line) => line === '  ✘ m1: cannot pull x [IMAGE_MISSING]')).toHaveLength(2);
  expect(lines.at(-1)).toBe('→ Run again.');
});

test('colours change nothing but colours', () => {
  const coloured = errorText(sum, palette(true));
  expect(coloured).not.toBe(errorText(sum, palette(false)));
  expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(errorText(sum, palette(false)));
});

test('the document of a fault has every field', () => {
  expect(errorDocument(sum)).toEqual({
    ...{ code: 'HOSTS_FAILED', message: 'failed on 2 of 5 hosts', host: null },
    ...{ remedy: 'Run again.', evidence: [] },
    parts: [errorDocument(pull), errorDocument(pull)],
  });
});
