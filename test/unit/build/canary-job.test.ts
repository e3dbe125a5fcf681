import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { quote } from '../../../src/adapters/quote.ts';
import { canaryJob, isSameJob } from '../../../src/build/canary-job.ts';

const bare = { label: 'build', repository: undefined, run: 'uname -a', artifacts: undefined };

function xmlOf(canary: object): string {
  return canaryJob({ ...bare, ...canary }, 'build', quote).xml;
}

test('the job is this freestyle job', () => {
  const golden = new URL('../../fixtures/rendered/canary-job.xml', import.meta.url);
  const canary = {
    repository: 'git://10.0.0.2/sample.git',
    run: 'make test && echo "done" > out/log',
    artifacts: 'out/**, *.log',
  };
  expect(xmlOf(canary)).toBe(readFileSync(golden, 'utf8'));
});

test('each label has a job of its own', () => {
  expect(canaryJob(bare, 'jdk-21', quote).name).toBe('ci-cluster-canary-jdk-21');
  expect(canaryJob(bare, 'jdk-21', quote).xml).toContain('<assignedNode>jdk-21</assignedNode>');
});

test('without a repository nothing is cloned, without artefacts nothing is archived', () => {
  expect(xmlOf({})).not.toMatch(/git|Archiver/);
});

test.each([
  ['signs of XML', 'a < b && c > "d"', 'a &lt; b &amp;&amp; c &gt; &quot;d&quot;'],
  ['an end of the element', '</command>', '&lt;/command&gt;'],
  ['control characters', 'a\u0001\u001Bb', 'a&#1;&#27;b'],
  ['lines and letters', 'ä\n\tö', 'ä\n\tö'],
])('%s in the script stay text', (_what, run, written) => {
  expect(xmlOf({ run })).toContain(`${written}\n</command>`);
});

test('the script stops at the first command that fails', () => {
  expect(xmlOf({})).toContain('<command>#!/bin/sh\nset -eu\n');
});

test('what Jenkins makes of the text when it saves is the same job', () => {
  const xml = xmlOf({ run: 'echo "it\'s"', artifacts: 'out/**' });
  const saved = xml
    .replace("<?xml version='1.1' encoding='UTF-8'?>", '<?xml version="1.1" encoding="UTF-8" ?>')
    .replace('<hudson.tasks.LogRotator>', '<hudson.tasks.LogRotator plugin="core@2.568">')
    .replace('<triggers/>', '<triggers></triggers>')
    .replaceAll('&quot;', '"')
    .replaceAll(/\n {4,}</g, '\n<');
  expect(saved).not.toBe(xml);
  expect(isSameJob(saved, xml)).toBe(true);
});

test('another command, label or number of kept builds is another job', () => {
  const xml = xmlOf({});
  expect(isSameJob(xmlOf({ run: 'uname' }), xml)).toBe(false);
  expect(isSameJob(xml.replace('>build<', '>other<'), xml)).toBe(false);
  expect(isSameJob(xml.replace('>5<', '>50<'), xml)).toBe(false);
});
