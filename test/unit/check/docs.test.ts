import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue, groupOf } from '../../../src/check/catalogue.ts';
import type { Check } from '../../../src/check/check.ts';
import { checkNumbers } from '../../../src/config/check-names.ts';

const file = new URL('../../../docs/check.md', import.meta.url);
const begin =
  '<!-- From here to the end made by the tests: npx vitest run --project unit test/unit/check/docs.test.ts -u -->\n';

function rowOf({ name, title, why, severity, remedy, fixes }: Check): string {
  const repair = fixes === undefined ? '' : ` \`--fix\` ${fixes}.`;
  return `| ${checkNumbers[name]} | \`${name}\` | ${severity} | ${title}. ${why} | ${remedy}${repair} |`;
}

test('docs/check.md lists every check with number, name, severity, meaning and remedy', async () => {
  const text = readFileSync(file, 'utf8');
  const groups = [...new Set(catalogue.map(({ name }) => groupOf(name)))];
  const tables = groups.map((group) =>
    [
      `## ${group.charAt(0).toUpperCase()}${group.slice(1)}`,
      '',
      '| No. | Name | At most | What is true when it passes, and why it matters | Remedy |',
      '| --- | --- | --- | --- | --- |',
      ...catalogue.filter(({ name }) => groupOf(name) === group).map(rowOf),
      '',
    ].join('\n'),
  );
  const before = text.slice(0, text.indexOf(begin) + begin.length);
  expect(before).toContain('# ci-cluster check');
  await expect(`${before}\n${tables.join('\n')}`).toMatchFileSnapshot(file.pathname);
});
