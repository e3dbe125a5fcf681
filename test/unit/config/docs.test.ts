import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clusterFileDocs, fieldRows } from '../../support/cluster-file-docs.ts';

const file = new URL('../../../docs/cluster-file.md', import.meta.url);
const begin = /^<!-- From here .*-->$/m;
const end = /^## Between the entries$/m;

test('the tables of docs/cluster-file.md say what the schema says', async () => {
  const text = readFileSync(file, 'utf8');
  const before = text.slice(0, begin.exec(text)!.index) + begin.exec(text)![0] + '\n';
  const after = text.slice(end.exec(text)!.index);
  await expect(clusterFileDocs({ before, after })).toMatchFileSnapshot(file.pathname);
});

test('every field has a meaning', () => {
  expect(fieldRows().length).toBeGreaterThan(70);
  expect(fieldRows().filter(({ meaning }) => meaning === '')).toEqual([]);
});
