import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { verdicts } from '../../../src/drill/judgement.ts';
import {
  drillDocument,
  drillRunDocument,
  historyDocument,
} from '../../../src/report/drill-document.ts';
import { drillJunit } from '../../../src/report/drill-junit.ts';
import {
  drillJudgement,
  drillRecording,
  injectedAt,
  judgedDrill,
  judgedRun,
} from '../../support/drill-recording.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

function elementsOf(xml: string): readonly Element[] {
  const found: Element[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => found.push({ name, attributes }));
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(xml).close();
  return found;
}

test('JUnit: a cluster that failed is a failure, a drill that proved nothing an error', () => {
  const told = Object.fromEntries(
    verdicts.map((verdict) => {
      const run = judgedRun({ drills: [judgedDrill({ judgement: drillJudgement({ verdict }) })] });
      const names = elementsOf(drillJunit(run)).map(({ name }) => name);
      return [verdict, ['failure', 'error', 'skipped'].filter((name) => names.includes(name))];
    }),
  );
  expect(told).toEqual({
    PASS: [],
    SLOW: ['failure'],
    VIOLATION: ['failure'],
    UNHEALED: ['failure'],
    REFUSED: ['error'],
    ABORTED: ['error'],
    INCONCLUSIVE: ['error'],
    SKIPPED: ['skipped'],
  });
});

test('JUnit: counts, times and the notice of the cluster file', () => {
  const skipped = {
    id: 'D24',
    name: 'clock-step',
    title: 'clock',
    class: 'ask',
    reason: 'lab',
  } as const;
  const slow = judgedDrill({ judgement: drillJudgement({ verdict: 'SLOW' }) });
  const elements = elementsOf(
    drillJunit(judgedRun({ drills: [judgedDrill(), slow], skipped: [skipped] })),
  );
  expect(elements.find(({ name }) => name === 'testsuite')?.attributes).toMatchObject({
    ...{ tests: '3', failures: '1', errors: '0', skipped: '1', time: '65.000' },
    timestamp: '2026-03-02T22:00:00',
  });
  const cases = elements.filter(({ name }) => name === 'testcase');
  expect(cases.map(({ attributes }) => attributes.name)).toEqual([
    'D02 zk-leader-kill: the ZooKeeper leader is killed',
    'D02 zk-leader-kill: the ZooKeeper leader is killed',
    'D24 clock-step: clock',
  ]);
  const notice = elements.find(({ attributes }) => attributes.name === 'notice');
  expect(notice?.attributes.value).toContain('stand-ins');
});

test('JUnit: text from hosts stays text', () => {
  const reason = '"><script>\u0000&';
  const drill = judgedDrill({ judgement: drillJudgement({ verdict: 'SLOW', reason }) });
  const elements = elementsOf(drillJunit(judgedRun({ drills: [drill] })));
  expect(elements.find(({ name }) => name === 'failure')?.attributes.message).toContain(
    '"><script>',
  );
});

test('JSON: the whole judgement, with null for what was not seen, and without samples', () => {
  const document = JSON.parse(JSON.stringify(drillDocument(judgedDrill()))) as Record<
    string,
    unknown
  >;
  expect(document).toMatchObject({
    ...{ id: 'D02', name: 'zk-leader-kill', verdict: 'PASS', diedIn: null, injectedAt },
    ...{ plan: { class: 'safe' }, samples: drillRecording().samples.length, aborted: null },
  });
  expect(document.timeline).toContainEqual({
    ...{ name: 'zookeeper-leader', at: injectedAt + 1740, errorMs: 104, afterFaultMs: 1740 },
    detail: 'm3, seen by m1 and m3',
  });
  expect(document.timeline).toContainEqual({
    ...{ name: 'mesos-leader', at: null, errorMs: null, afterFaultMs: null },
    detail: 'm3 led all the time',
  });
});

test('JSON: a run and a history', () => {
  expect(drillRunDocument(judgedRun({ ended: undefined }))).toMatchObject({
    ...{ run: '20260302T220000Z-4f2a', ended: null, owner: 'ops@desk', skipped: [] },
    typed: ['failover-drill', 'zk-leader-kill'],
    drills: [{ id: 'D02' }],
  });
  const trend = [{ moment: 'new-build' as const, latestMs: 1, medianMs: undefined }];
  expect(historyDocument([{ name: 'x', drills: [], trend }])).toEqual({
    drills: [
      { name: 'x', drills: [], trend: [{ moment: 'new-build', latestMs: 1, medianMs: null }] },
    ],
  });
});
