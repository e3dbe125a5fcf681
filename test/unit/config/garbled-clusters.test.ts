import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { test } from 'vitest';
import { parseDocument } from 'yaml';
import { parseCluster } from '../../../src/config/parse-cluster.ts';
import { sampleFile } from '../../../src/config/sample.ts';
import { variousClusterFiles } from '../../support/cluster-file.ts';
import { outcome } from '../../support/config-faults.ts';

const documents = [...variousClusterFiles(), sampleFile()];

/** fast-check's own unit `binary` takes two seconds to prepare. */
const character = fc.nat(0x10ffff).map((code) => String.fromCodePoint(code));

const fragment = fc.oneof(
  fc.constantFrom(
    ...Array.from(':-?[]{},#&*!|>\'"%@`\t\n\r \\'),
    '- ',
    ': ',
    '\n  ',
    '---\n',
    '<<: *a\n',
    '&a ',
    '\u0000',
  ),
  fc.string({ unit: character, maxLength: 5 }),
);

test('2,000 cluster files with changed characters are each accepted, written back and read the same, or refused with places', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...documents),
      fc.array(fc.tuple(fc.nat(5000), fc.nat(30), fragment), { minLength: 1, maxLength: 5 }),
      (document, edits) => {
        let text = document;
        for (const [place, removed, inserted] of edits) {
          const at = place % (text.length + 1);
          text = text.slice(0, at) + inserted + text.slice(at + removed);
        }
        if (outcome(text) === 'accepted') expectSameMeaning(text, parseDocument(text).toString());
      },
    ),
    { numRuns: 2000, seed: 20_261_122 },
  );
}, 120_000);

/** Commands that write the file back must not change what it says. */
function expectSameMeaning(text: string, rewritten: string): void {
  const [one, other] = [text, rewritten].map((file) =>
    parseCluster(file, { path: 'cluster.yml', home: '/home/ops' }),
  );
  if (!isDeepStrictEqual(one, other)) throw new Error(`written back differently:\n${rewritten}`);
}
