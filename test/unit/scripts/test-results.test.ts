import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

interface Counted {
  readonly passed: number;
  readonly failed: number;
}

const script = new URL('../../../scripts/lib/test-results.mjs', import.meta.url).href;
const { countTests } = (await import(script)) as {
  countTests: (file: string, exitCode: number) => Counted;
};
const folder = mkdtempSync(join(tmpdir(), 'ci-cluster-results-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A report of vitest with one file per list of states. */
function report(...files: readonly (readonly string[])[]): string {
  const path = join(folder, 'report.json');
  const testResults = files.map((states) => ({
    status: states.length === 0 || states.includes('failed') ? 'failed' : 'passed',
    assertionResults: states.map((status) => ({ status })),
  }));
  writeFileSync(path, JSON.stringify({ testResults }));
  return path;
}

test('passed and failed tests are counted, skipped ones are neither', () => {
  const path = report(['passed', 'failed'], ['passed', 'skipped']);
  expect(countTests(path, 1)).toEqual({ passed: 2, failed: 1 });
});

test('a file that could not be loaded counts as a failure', () => {
  expect(countTests(report(['passed'], []), 1)).toEqual({ passed: 1, failed: 1 });
});

test('an error outside of all tests counts as a failure', () => {
  expect(countTests(report(['passed']), 1)).toEqual({ passed: 1, failed: 1 });
});

test('a run without tests, or without a report, has failed', () => {
  expect(countTests(report(), 0)).toEqual({ passed: 0, failed: 1 });
  expect(countTests(join(folder, 'missing.json'), 0)).toEqual({ passed: 0, failed: 1 });
});
