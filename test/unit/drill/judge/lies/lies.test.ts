import { afterAll, expect, test } from 'vitest';
import type { Recording } from '../../../../../src/drill/recording.ts';
import { judge } from '../../../../../src/drill/judge/judge.ts';
import { goodRecording, kept, type Scenario } from '../../../../support/drill/good-recording.ts';
import { lies } from './lies.ts';

const rows: string[] = [];

const truths: Readonly<Record<Scenario, Recording>> = {
  mesos: goodRecording('mesos'),
  zookeeper: goodRecording('zookeeper'),
};

test.each(['mesos', 'zookeeper'] as const)('without a lie a drill of %s passes', (scenario) => {
  const { verdict, reason } = judge(kept(truths[scenario]));
  expect({ verdict, reason }).toMatchObject({ verdict: 'PASS' });
  expect(reason).toMatch(/7 bounds and 13 invariants kept; closest: .* after \d+\.\d s of/);
});

test.each(lies)('$name: $verdict', ({ name, scenario, tell, verdict, reason }) => {
  const judged = judge(kept(tell(truths[scenario])));
  rows.push(`${judged.verdict.padEnd(13)}${name.padEnd(62)}${judged.reason.slice(0, 110)}`);
  expect(judged.verdict).toBe(verdict);
  expect(judged.reason).toMatch(reason);
});

test('a lie has a name of its own and none is expected to pass', () => {
  expect(new Set(lies.map(({ name }) => name)).size).toBe(lies.length);
  expect(lies.filter(({ verdict }) => verdict === 'PASS')).toEqual([]);
});

afterAll(() => {
  const head = `${'VERDICT'.padEnd(13)}${'SEEDED LIE'.padEnd(62)}REASON`;
  process.stdout.write(`\n${[head, ...rows].join('\n')}\n\n`);
});
