import type { Skipped } from '../drill/drill-plan.ts';
import type { Verdict } from '../drill/judgement.ts';
import type { JudgedDrill, JudgedRun } from '../drill/record/judged.ts';
import { drillText } from './drill-text.ts';
import { drillName } from './drill-words.ts';
import { palette } from './palette.ts';
import { attributes, escaped, properties } from './xml.ts';

type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

/**
 * What JUnit calls a failure is a cluster that did not do as it should. An error is a drill that
 * proved nothing, for whatever reason: a pipeline that waits for proof must not go on after it, so a
 * refused drill is no skipped one. SKIPPED is a fault that this kernel or host cannot have.
 */
const outcomes: Readonly<Record<Verdict, Outcome>> = {
  PASS: 'passed',
  SLOW: 'failure',
  VIOLATION: 'failure',
  UNHEALED: 'failure',
  REFUSED: 'error',
  ABORTED: 'error',
  INCONCLUSIVE: 'error',
  SKIPPED: 'skipped',
};

/** One suite, and a test case for each drill. */
export function drillJunit(run: JudgedRun): string {
  const { id, began, cluster, notice } = run;
  const numbers = counts(run);
  const time = seconds(run.drills.reduce((sum, drill) => sum + lengthMs(drill), 0));
  const suite = {
    ...{ name: 'failover-drill', ...numbers, time },
    ...{ timestamp: began.replace(/\.\d+Z$|Z$/, ''), hostname: cluster },
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: `ci-cluster failover-drill ${cluster}`, ...numbers, time })}>`,
    `  <testsuite ${attributes(suite)}>`,
    properties({ run: id, ...(notice === undefined ? {} : { notice }) }),
    ...run.drills.map((drill) => testCase(drill, cluster)),
    ...run.skipped.map((skipped) => skippedCase(skipped, cluster)),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function counts({ drills, skipped }: JudgedRun) {
  const found = drills.map(({ judgement }) => outcomes[judgement.verdict]);
  const count = (outcome: Outcome) => found.filter((one) => one === outcome).length;
  return {
    tests: String(drills.length + skipped.length),
    failures: String(count('failure')),
    errors: String(count('error')),
    skipped: String(count('skipped') + skipped.length),
  };
}

function testCase(drill: JudgedDrill, cluster: string): string {
  const { recording, judgement } = drill;
  const { verdict, reason } = judgement;
  const name = `${drillName(recording.plan)}: ${recording.plan.title}`;
  const time = seconds(lengthMs(drill));
  const told = escaped(drillText(drill, { paint: palette(false), columns: 100 }));
  const outcome = outcomes[verdict];
  const inner = {
    passed: '',
    skipped: `      <skipped ${attributes({ message: reason })}/>\n`,
    failure: `      <failure ${attributes({ message: reason, type: verdict })}>${told}</failure>\n`,
    error: `      <error ${attributes({ message: reason, type: verdict })}>${told}</error>\n`,
  }[outcome];
  const output = outcome === 'passed' ? `      <system-out>${told}</system-out>\n` : '';
  return `    <testcase ${attributes({ classname: cluster, name, time })}>\n${inner}${output}    </testcase>`;
}

function skippedCase({ reason, title, ...drill }: Skipped, cluster: string): string {
  const name = `${drillName(drill)}: ${title}`;
  const skipped = `<skipped ${attributes({ message: reason })}/>`;
  return `    <testcase ${attributes({ classname: cluster, name, time: '0' })}>\n      ${skipped}\n    </testcase>`;
}

/** Until the last that is known of it. */
function lengthMs({ recording, judgement, phases }: JudgedDrill): number {
  const ends = [
    recording.healedAt ?? 0,
    ...judgement.timeline.map(({ at }) => at ?? 0),
    ...phases.map(({ ms }) => ms),
  ];
  return Math.max(...ends);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
