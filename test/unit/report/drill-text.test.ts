import { expect, test } from 'vitest';
import { historyText } from '../../../src/report/drill-history-text.ts';
import { drillRunText } from '../../../src/report/drill-text.ts';
import { palette } from '../../../src/report/palette.ts';
import { verdicts } from '../../../src/drill/judgement.ts';
import type { PastDrill } from '../../../src/drill/record/drill-history.ts';
import type { JudgedDrill } from '../../../src/drill/record/judged.ts';
import {
  drillBounds,
  drillInvariants,
  drillJudgement,
  drillPlan,
  drillRecording,
  drillTimeline,
  judgedDrill,
  judgedRun,
} from '../../support/drill-recording.ts';

const plain = { paint: palette(false), columns: 80 };

function textOf(...drills: JudgedDrill[]): string {
  return drillRunText(judgedRun({ drills }), plain);
}

const changedId = judgedDrill({
  judgement: drillJudgement({
    verdict: 'VIOLATION',
    reason: 'the framework id of marathon changed',
    invariants: drillInvariants.map((one, index) =>
      index === 4
        ? { ...one, holds: false, detail: 'marathon was F-marathon, is F-other' }
        : index === 7
          ? { ...one, holds: undefined, detail: 'main did not answer' }
          : one,
    ),
  }),
});

test('the verdict comes first, then the reason with its number', () => {
  const [title, reason] = textOf(judgedDrill()).split('\n');
  expect(title).toBe('✔ PASS  D02 zk-leader-kill: the ZooKeeper leader is killed');
  expect(reason).toBe('  every moment came in its time; a new build ended 26.4 s after the fault');
});

test('the timeline tells each moment, how exact it is and what it was allowed', () => {
  const text = textOf(judgedDrill());
  expect(text).toContain('✔  ZooKeeper leader        1.7 s  ± 0.1 s    5 s   30 s  in time\n');
  expect(text).toContain(
    '     Mesos leader                –                         m3 led all the',
  );
  expect(text).toContain('✔  new build ended        26.4 s  ± 0.1 s   60 s  240 s  in time\n');
});

test('a moment that came late, too late or never says so', () => {
  const kept = { 'zookeeper-leader': 6200, 'marathon-leader': 200_000 };
  const bounds = drillBounds.map((bound) => {
    const tookMs = kept[bound.moment as keyof typeof kept] as number | undefined;
    if (tookMs === undefined) return { ...bound, tookMs, kept: 'no' as const };
    return { ...bound, tookMs, kept: tookMs > bound.hardMs ? ('no' as const) : ('slow' as const) };
  });
  const text = textOf(judgedDrill({ judgement: drillJudgement({ verdict: 'SLOW', bounds }) }));
  expect(text).toMatch(/! {2}ZooKeeper leader .* slow by 1\.2 s\n/);
  expect(text).toMatch(/✘ {2}Marathon leader .* late by 8\.0 s\n/);
  expect(text).toMatch(/✘ {2}new build ended .* not seen\n/);
});

test('a bound that counts from the healing says how long after that', () => {
  const bounds = [
    { ...drillBounds[0]!, from: 'healed' as const, tookMs: 1200, kept: 'yes' as const },
  ];
  const text = textOf(judgedDrill({ judgement: drillJudgement({ bounds }) }));
  expect(text).toMatch(/in time, 1\.2 s after\n +healing\n/);
});

test('of the invariants only those are listed that do not hold or that nobody saw', () => {
  expect(textOf(judgedDrill())).toContain('  Invariants: all 9 hold\n');
  const text = textOf(changedId);
  expect(text).toContain('  Invariants: 7 of 9 hold\n');
  expect(text).toContain('  ✘  framework ids stay           marathon was F-marathon, is F-other\n');
  expect(text).toContain('  ?  jobs and build numbers stay  main did not answer\n');
  expect(text).not.toContain('acknowledged writes are kept');
});

test('builds, the observers, clocks and the undo stand below', () => {
  const text = textOf(judgedDrill());
  expect(text).toContain('  in flight  main 41  SUCCESS  from -4.0 s to 14.5 s\n');
  expect(text).toContain('  new        main 42  SUCCESS  from 10.4 s to 26.4 s\n');
  expect(text).toContain('looked 10.1 times a second or more; longest gap 0.1 s\n');
  expect(text).toContain('m1 ± 1 ms, m2 ± 1');
  expect(text).toContain('  Undo  healed 27.5 s after the fault\n');
  expect(text).toContain('        nothing of it is left on the hosts\n');
});

test('whoever may have a fault left is told how to undo it', () => {
  const heal = 'ci-cluster failover-drill heal --all';
  expect(textOf(judgedDrill())).not.toContain(heal);
  const died = drillRecording({ healedAt: undefined, aftermath: undefined });
  expect(textOf(judgedDrill({ recording: died, diedIn: 'observe' }))).toContain(heal);
  const residue = ['m2: chain CICD-4f2a in iptables'];
  const left = drillRecording({ aftermath: { ...died.aftermath!, ...clean, residue } });
  const text = textOf(judgedDrill({ recording: left }));
  expect(text).toContain(heal);
  expect(text).toContain('left: m2: chain CICD-4f2a in iptables');
  const blind = drillRecording({ aftermath: { ...clean, residue: undefined } });
  expect(textOf(judgedDrill({ recording: blind }))).toContain(heal);
});

const clean = { lostWrites: [], jobs: [], residue: [], steady: true, unsteady: '' };

test('the program that ended is named with its phase', () => {
  expect(textOf(judgedDrill({ diedIn: 'observe' }))).toContain(
    'Its program ended in phase observe.',
  );
});

test('a refused drill names the gates with their numbers, and nothing was done', () => {
  const gates = [
    { name: 'ZooKeeper quorum', holds: false, detail: '2 in step, 1 after the fault, 2 needed' },
    { name: 'no deployment', holds: undefined, detail: 'Marathon did not answer' },
    { name: 'Mesos masters', holds: true, detail: '3 answer' },
  ];
  const recording = drillRecording({
    ...{ plan: drillPlan({ gates }), baseline: undefined, injectedAt: undefined },
    ...{ confirmedAt: undefined, healedAt: undefined, samples: [], builds: [], clocks: [] },
    ...{ confirmations: [], aftermath: undefined },
  });
  const judgement = drillJudgement({
    ...{ verdict: 'REFUSED', reason: 'ZooKeeper quorum: 2 in step, 1 after the fault, 2 needed' },
    ...{ timeline: [], bounds: [], invariants: [], coverage: [] },
  });
  const text = textOf(judgedDrill({ recording, judgement }));
  expect(text).toContain('– REFUSED  D02 zk-leader-kill');
  expect(text).toContain('Gates: 1 of 3 hold\n');
  expect(text).toContain('✘  ZooKeeper quorum  2 in step, 1 after the fault, 2 needed\n');
  expect(text).toContain('?  no deployment     Marathon did not answer\n');
  expect(text).toContain('nothing was done to any host');
  expect(text).toContain('→  ci-cluster status');
});

test('several drills end in a table with every verdict, skipped ones with their reason', () => {
  const skipped = {
    id: 'D24',
    name: 'clock-step',
    title: 'the clock jumps',
    class: 'ask' as const,
  };
  const reason = 'the hosts share the clock of this machine';
  const run = judgedRun({ drills: [judgedDrill(), changedId], skipped: [{ ...skipped, reason }] });
  const text = drillRunText(run, plain);
  expect(text).toContain('3 drills: 1 PASS, 1 VIOLATION, 1 SKIPPED\n');
  expect(text).toContain('–  SKIPPED    D24 clock-step      the hosts share the clock');
  expect(text.trimEnd().split('\n').at(-1)).toBe(
    '→  ci-cluster failover-drill report 20260302T220000Z-4f2a  JSON, JUnit, HTML',
  );
});

test('no line is longer than the screen, with or without colour', () => {
  const run = judgedRun({ drills: [judgedDrill(), changedId] });
  for (const colour of [false, true]) {
    for (const line of drillRunText(run, { paint: palette(colour), columns: 80 }).split('\n')) {
      expect(line.replace(/\u001B\[\d+m/g, '').length, line).toBeLessThanOrEqual(80);
    }
  }
});

test('every verdict can be told without colour', () => {
  for (const verdict of verdicts) {
    const text = textOf(judgedDrill({ judgement: drillJudgement({ verdict }) }));
    expect(text.split('\n')[0]).toMatch(new RegExp(`^[✔✘!?–] ${verdict}  `));
  }
});

test('text from hosts cannot steer the terminal', () => {
  const reason = 'm2 said \u001b[2Jhello\u0007';
  const confirmations = [{ confirmed: true, evidence: '\u001b]0;title\u0007gone' }];
  const timeline = drillTimeline.map((moment) => ({ ...moment, detail: '\u001b[31mred' }));
  const text = textOf(
    judgedDrill({
      recording: drillRecording({ confirmations }),
      judgement: drillJudgement({ reason, timeline }),
    }),
  );
  expect(text).not.toMatch(/[\u001b\u0007]/);
  expect(text).toContain('m2 said hello');
});

const past: PastDrill = {
  ...{ run: '20260302T220000Z-4f2a', began: '2026-03-02T22:00:00.000Z', name: 'zk-leader-kill' },
  ...{ verdict: 'PASS', reason: 'in time' },
  moments: { 'zookeeper-leader': 1740, 'new-build': 26_400 },
};

test('the history has a line for each drill, and what has changed since', () => {
  const before: PastDrill = {
    ...{ ...past, run: '20260301T220000Z-0b11', verdict: 'INCONCLUSIVE' },
    ...{ reason: 'nobody saw m2 for 4.2 s', moments: { 'zookeeper-leader': 1240 } },
  };
  const text = historyText(
    [
      {
        ...{ name: 'zk-leader-kill', drills: [past, before] },
        trend: [
          { moment: 'injected', latestMs: 0, medianMs: 0 },
          { moment: 'zookeeper-leader', latestMs: 1740, medianMs: 1240 },
          { moment: 'first-write', latestMs: 2010, medianMs: 1990 },
          { moment: 'new-build', latestMs: 26_400, medianMs: undefined },
        ],
      },
    ],
    plain,
  );
  expect(text).toBe(
    [
      'zk-leader-kill',
      '     verdict       ZooKeeper    Mesos  Marathon    build  run',
      '  ✔  PASS              1.7 s        –         –   26.4 s  20260302T220000Z-4f2a',
      '  ?  INCONCLUSIVE      1.2 s        –         –        –  20260301T220000Z-0b11',
      '  Newest against the median before: ZooKeeper leader +0.5 s, first write same',
      '  20260301T220000Z-0b11: nobody saw m2 for 4.2 s',
    ].join('\n'),
  );
  expect(historyText([], plain)).toBe('No drill is on record on this machine.');
});
