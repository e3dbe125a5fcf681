import type { NumberedResult } from '../check/run-checks.ts';
import { attributes, escaped, properties } from './xml.ts';

export interface JunitRun {
  readonly cluster: string;
  readonly notice: string | undefined;
  /** ISO 8601. */
  readonly date: string;
  readonly elapsedMs: number;
  readonly results: readonly NumberedResult[];
}

/**
 * JUnit's form as CI systems read it: a suite for each group of checks, a test case for each check and
 * host. A warning is a pass with words, for there is no third verdict.
 */
export function checkJunit({ cluster, notice, date, elapsedMs, results }: JunitRun): string {
  const groups = [...new Set(results.map(({ group }) => group))];
  const suites = groups.flatMap((group) => {
    const own = results.filter((result) => result.group === group);
    return [
      `  <testsuite ${attributes({ name: `check: ${group}`, ...counts(own), timestamp: date.replace(/\.\d+Z$|Z$/, ''), time: '0', hostname: cluster })}>`,
      ...(notice === undefined ? [] : [properties({ notice })]),
      ...own.map((result) => testCase(result, cluster)),
      '  </testsuite>',
    ];
  });
  const total = { name: `ci-cluster check ${cluster}`, ...counts(results) };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ ...total, time: (elapsedMs / 1000).toFixed(3) })}>`,
    ...suites,
    '</testsuites>',
  ].join('\n');
}

function counts(results: readonly NumberedResult[]) {
  const count = (verdict: string) => results.filter((one) => one.verdict === verdict).length;
  const numbers = {
    tests: results.length,
    failures: count('fail'),
    errors: 0,
    skipped: count('skip'),
  };
  return Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, String(value)]));
}

function testCase(result: NumberedResult, cluster: string): string {
  const { number, id, title, host, verdict, detail, remedy } = result;
  const name = `${number} ${id}: ${title}`;
  const open = `    <testcase ${attributes({ classname: host ?? cluster, name, time: '0' })}`;
  const told = remedy === undefined ? detail : `${detail}\n→ ${remedy}`;
  switch (verdict) {
    case 'pass':
      return `${open}/>`;
    case 'skip':
      return `${open}>\n      <skipped ${attributes({ message: detail })}/>\n    </testcase>`;
    case 'warn':
      return `${open}>\n      <system-out>${escaped(`warning: ${told}`)}</system-out>\n    </testcase>`;
    case 'fail': {
      const failure = attributes({ message: detail, type: id });
      return `${open}>\n      <failure ${failure}>${escaped(told)}</failure>\n    </testcase>`;
    }
  }
}
