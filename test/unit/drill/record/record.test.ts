import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClusterError } from '../../../../src/errors.ts';
import type { Ports } from '../../../../src/ports.ts';
import { openRecord, type DrillLog } from '../../../../src/drill/record/drill-record.ts';
import { findRun } from '../../../../src/drill/record/drill-history.ts';
import { judged } from '../../../../src/drill/record/judged.ts';
import { readRecord } from '../../../../src/drill/record/read-record.ts';
import type { Sample } from '../../../../src/drill/sample.ts';
import type { Recording } from '../../../../src/drill/recording.ts';
import { drillJudgement, drillPlan, drillRecording } from '../../../support/drill-recording.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { fakeJournal } from '../../../support/fake-journal.ts';

const begin = {
  cluster: 'ci',
  command: ['failover-drill'],
  notice: 'stand-ins',
  owner: 'ops@desk',
  process: 'desk:1:1',
  version: '1.2.3',
};

const skipped = {
  id: 'D24',
  name: 'clock-step',
  title: 'the clock jumps',
  class: 'ask',
  reason: 'm2 shares the clock of this machine',
} as const;

function world(journal = fakeJournal(new Map())) {
  return { journal, clock: fakeClock() } as unknown as Ports;
}

/** As the life cycle writes it. */
async function write(log: DrillLog, recording: Recording): Promise<void> {
  log.phase('plan', 0);
  log.phase('baseline', 100);
  log.baseline(recording.baseline!, recording.clocks);
  log.phase('arm', 4000);
  await log.armed('m2', 'until 22:02:15');
  await log.intent('SIGKILL to ci-zookeeper on m2');
  log.phase('inject', 4900);
  log.injected(recording.injectedAt!);
  for (const build of recording.builds)
    log.build({ ...build, endedAt: undefined, result: undefined });
  for (const sample of recording.samples) log.sample(sample);
  for (const one of recording.confirmations) log.confirmation(one, recording.confirmedAt);
  log.phase('observe', 5300);
  for (const build of recording.builds) log.build(build);
  log.phase('heal', 32_000);
  log.healed(recording.healedAt!);
  log.aftermath(recording.aftermath!);
}

const recording = drillRecording();

async function wholeRecord(recording: Recording) {
  const records = new Map<string, string[]>();
  const record = openRecord(world(fakeJournal(records)), 'ci-9f3a', 'R1');
  await record.begin(begin);
  record.skipped(skipped);
  const log = await record.drill(recording.plan);
  await write(log, recording);
  await log.judgement(drillJudgement());
  const second = await record.drill(drillPlan({ id: 'D08', name: 'mesos-leader-kill' }));
  second.aborted('m3 stopped answering');
  await record.end({ exitCode: 6, code: 'DRILL_FAILED', message: 'drill aborted' });
  return records;
}

const [[path, whole]] = [...(await wholeRecord(recording))] as [[string, string[]]];
const [[, brief]] = [
  ...(await wholeRecord({ ...recording, samples: recording.samples.slice(0, 900) })),
] as [[string, string[]]];

test('a record holds everything that the judge needs', () => {
  const run = readRecord(whole)!;
  const [first, second] = run.drills;
  expect(first!.recording).toEqual(recording);
  expect(first!.judgement).toEqual(drillJudgement());
  expect(first!.intents).toEqual(['SIGKILL to ci-zookeeper on m2']);
  expect(first!.armed).toEqual([{ host: 'm2', detail: 'until 22:02:15' }]);
  expect(first!.phases.map(({ phase }) => phase)).toEqual([
    ...['plan', 'baseline', 'arm', 'inject', 'observe', 'heal'],
  ]);
  expect(second!.recording).toMatchObject({ aborted: 'm3 stopped answering', samples: [] });
  expect(run).toMatchObject({ ...begin, id: 'R1', skipped: [skipped], end: { exitCode: 6 } });
});

test('records of drills do not stand among those of runs, which many commands read whole', async () => {
  expect(path).toContain('/ci-9f3a.drills/runs/R1.ndjson');
  const journal = fakeJournal(new Map([[path, whole]]));
  expect(await findRun({ journal }, 'ci-9f3a', 'R1')).toMatchObject({ id: 'R1' });
  expect(await findRun({ journal }, 'ci-9f3a', 'R2')).toBeUndefined();
});

test('each line has the version of its form, a time and its run; a sample takes few bytes', () => {
  for (const line of whole.map((text) => JSON.parse(text) as object)) {
    expect(line).toMatchObject({
      schemaVersion: 1,
      run: 'R1',
      at: '2026-03-02T22:00:00.000Z',
    });
  }
  const bytes = whole.filter((line) => line.includes('"event":"samples"')).join('\n').length;
  expect(bytes / recording.samples.length).toBeLessThan(25);
});

test('runs of equal samples, and fields that need not be there, are kept', async () => {
  const records = new Map<string, string[]>();
  const record = openRecord(world(fakeJournal(records)), 'ci-9f3a', 'R1');
  await record.begin(begin);
  const { expects } = drillPlan();
  const plan = drillPlan({
    attack: { kind: 'hosts', strikes: [], holdMs: 1, until: 'recovered' },
    expects: { ...expects, mayLoseTasksOf: ['ci-jenkins-main'] },
  });
  const log = await record.drill(plan);
  const samples: Sample[] = [
    {
      ...{ at: 10, tookMs: 2.5, from: 'm1' },
      seen: { probe: 'apps', host: 'm1', tasks: [], error: 'not-connected' },
      same: { count: 7, until: 640, longestGapMs: 101.5 },
    },
    { at: 20, tookMs: 2, from: 'm1', seen: { probe: 'gateway', host: 'm1', open: true } },
  ];
  samples.forEach(log.sample);
  await log.judgement(drillJudgement());
  const read = readRecord([...records.values()][0]!)!.drills[0]!.recording;
  expect(read.plan).toEqual(plan);
  expect(read.samples).toEqual(samples);
});

test('a record that was cut at any line is read, and keeps what was before the cut', () => {
  for (let count = 1; count <= whole.length; count += 1) {
    const run = readRecord(whole.slice(0, count))!;
    expect(run.id).toBe('R1');
    expect(run.drills.length).toBeLessThanOrEqual(2);
    for (const { judgement } of judged(run).drills)
      expect(judgement.verdict).toMatch(/PASS|ABORTED/);
  }
  expect(readRecord([])).toBeUndefined();
});

test('a record that was cut inside a line is read as if the line were not there', () => {
  const cut = fc.record({
    line: fc.nat(brief.length - 1),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });
  fc.assert(
    fc.property(cut, ({ line, at }) => {
      const text = brief[line]!;
      const torn = [...brief.slice(0, line), text.slice(0, Math.floor(text.length * at))];
      expect(readRecord(torn)).toEqual(readRecord(brief.slice(0, line)));
    }),
    { numRuns: 300 },
  );
});

test('lines that were lost in the middle take with them what only they knew', () => {
  const chunks = whole.flatMap((line, index) =>
    line.includes('"event":"samples"') ? [index] : [],
  );
  const without = whole.filter((_, index) => index !== chunks[0]);
  const kept = readRecord(without)!.drills[0]!.recording.samples;
  const all = new Set(recording.samples.map((sample) => JSON.stringify(sample)));
  expect(kept.length).toBeLessThan(recording.samples.length);
  for (const sample of kept) expect(all).toContain(JSON.stringify(sample));
});

test('a drill whose program was ended is judged from what is on record', () => {
  const until = whole.findIndex((line) => line.includes('"phase":"heal"'));
  const run = readRecord(whole.slice(0, until))!;
  const [shown] = judged(run).drills;
  expect(shown).toMatchObject({ diedIn: 'observe', isJudged: false });
  expect(shown!.judgement).toMatchObject({
    verdict: 'ABORTED',
    reason: 'the program ended in phase observe',
  });
  const seen: Recording[] = [];
  const judge = (one: Recording) => {
    seen.push(one);
    return drillJudgement({ verdict: 'UNHEALED', reason: 'nobody has healed m2' });
  };
  expect(judged(run, { judge }).drills[0]!.judgement.verdict).toBe('UNHEALED');
  expect(seen[0]).toMatchObject({ aborted: 'the program ended in phase observe' });
  expect(seen[0]!.samples.length).toBeGreaterThan(4000);
});

test('a drill that had seen everything was not aborted by the end of its program', () => {
  const until = whole.findIndex((line) => line.includes('"event":"judgement"'));
  const [drill] = judged(readRecord(whole.slice(0, until))!, {
    judge: () => drillJudgement(),
  }).drills;
  expect(drill!.recording.aborted).toBeUndefined();
  expect(drill!.judgement.verdict).toBe('PASS');
});

test('a drill that still runs is not judged', () => {
  const until = whole.findIndex((line) => line.includes('"phase":"heal"'));
  const run = readRecord(whole.slice(0, until))!;
  const judge = () => drillJudgement();
  const [drill] = judged(run, { judge, isRunning: (mark) => mark === 'desk:1:1' }).drills;
  expect(drill!.judgement.reason).toBe('not over yet: it is in phase observe');
});

test('nothing is injected without its intent on the disk', async () => {
  const full = new ClusterError('FILE_NOT_WRITTEN', 'no space left', { remedy: 'df -h' });
  const journal = { ...fakeJournal(new Map()), append: () => Promise.reject(full) };
  const record = openRecord(world(journal), 'ci-9f3a', 'R1');
  await expect(record.begin(begin)).rejects.toThrow('no space left');
  await expect(record.drill(drillPlan())).rejects.toThrow('no space left');
});

test('a disk that is full for a while stops no drill, and nothing is lost or read twice', async () => {
  const records = new Map<string, string[]>();
  const good = fakeJournal(records);
  let isFull = false;
  const journal: typeof good = {
    ...good,
    append: async (record, lines) => {
      // Half of it gets through before the disk is full.
      await good.append(record, isFull ? lines.slice(0, lines.length / 2) : lines);
      if (isFull) throw new ClusterError('FILE_NOT_WRITTEN', 'no space left', { remedy: 'df -h' });
    },
  };
  const record = openRecord(world(journal), 'ci-9f3a', 'R1');
  await record.begin(begin);
  const log = await record.drill(recording.plan);
  isFull = true;
  log.baseline(recording.baseline!, recording.clocks);
  for (const sample of recording.samples) log.sample(sample);
  log.phase('heal', 30_000);
  await expect(log.intent('more')).rejects.toThrow('no space left');
  isFull = false;
  await record.end({ exitCode: 0, code: undefined, message: undefined });
  const [drill] = readRecord([...records.values()][0]!)!.drills;
  expect(drill!.recording.samples).toEqual(recording.samples);
  expect(drill!.phases).toEqual([{ phase: 'heal', ms: 30_000 }]);
});
