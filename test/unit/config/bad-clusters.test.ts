import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { faultsIn } from '../../support/config-faults.ts';

const folder = new URL('../../fixtures/clusters/bad/', import.meta.url);

describe('a cluster file is refused with every fault, its line and column', () => {
  test.each(readdirSync(folder).sort())('%s', (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const expected = text.split('\n').flatMap((line) => /^#! (.*)$/.exec(line)?.[1] ?? []);
    expect(expected.length).toBeGreaterThan(0);
    expect(faultsIn(text)).toEqual(expected);
  });
});

test('no message repeats what stands where a reference to a secret belongs', () => {
  const files = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const tempting = files.filter((text) => text.includes('s3cret'));
  expect(tempting.length).toBeGreaterThan(5);
  for (const text of tempting) expect(faultsIn(text).join('\n')).not.toContain('s3cret');
});
