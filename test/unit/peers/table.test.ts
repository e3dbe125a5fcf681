import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { othersBugs } from './table.ts';

const tests = new URL('../../', import.meta.url);

test('every bug of others has tests against it, and all of them exist', () => {
  expect(othersBugs.map(({ number }) => number)).toEqual(
    Array.from({ length: 30 }, (_, index) => index + 1),
  );
  const missing = othersBugs.flatMap((bug) => {
    expect(bug.tests.length, bug.prevents).toBeGreaterThan(0);
    return bug.tests.filter(({ file, test }) => !hasTest(file, test));
  });
  expect(missing).toEqual([]);
});

/** A title as it is written there, in single quotes or with escapes in them. */
function hasTest(file: string, title: string): boolean {
  const source = readFileSync(new URL(file, tests), 'utf8').replaceAll(String.raw`\'`, "'");
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
}

test('the documentation has the same table', () => {
  const docs = readFileSync(new URL('../docs/faults.md', tests), 'utf8');
  const rows = othersBugs.map(
    ({ number, prevents, seenIn }) => `| ${number} | ${prevents} | ${seenIn} |`,
  );
  for (const row of rows) expect(docs).toContain(row);
});
