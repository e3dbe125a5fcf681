import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge } from '../../../../src/drill/judge/judge.ts';
import type { DrillPlan } from '../../../../src/drill/drill-plan.ts';
import type { Judgement } from '../../../../src/drill/judgement.ts';
import type { Recording } from '../../../../src/drill/recording.ts';
import type { Sample } from '../../../../src/drill/sample.ts';
import { goodRecording, kept, times } from '../../../support/drill/good-recording.ts';

const truth = goodRecording('mesos');
const small = kept(truth);

function momentsOf({ timeline }: Judgement) {
  return Object.fromEntries(timeline.map(({ name, at }) => [name, at]));
}

function expecting(recording: Recording, expects: Partial<DrillPlan['expects']>): Recording {
  const { plan } = recording;
  return { ...recording, plan: { ...plan, expects: { ...plan.expects, ...expects } } };
}

test('the timeline of a killed Mesos leader, each moment with what it may be wrong by', () => {
  const judged = judge(small);
  expect(momentsOf(judged)).toMatchObject({
    injected: 10_000,
    confirmed: 10_300,
    noticed: 10_107,
    'mesos-leader': 14_041,
    'agents-back': 14_505,
    'frameworks-back': 15_006,
    'new-build': 22_000,
    healed: 26_000,
  });
  const errors = Object.fromEntries(judged.timeline.map(({ name, errorMs }) => [name, errorMs]));
  // 104 ms since the probe before it, 2 ms of the clock of a1.
  expect(errors).toMatchObject({ injected: 0, 'mesos-leader': 106, 'agents-back': 505 });
});

test('writing stops with the ZooKeeper leader and the first later write is found', () => {
  const moments = momentsOf(judge(kept(goodRecording('zookeeper'))));
  expect(moments['zookeeper-leader']).toBe(10_642);
  expect(moments['first-write']).toBe(10_706);
  expect(moments['marathon-leader']).toBe(12_547);
  expect(moments['all-synced']).toBe(12_547);
});

test.each(['mesos', 'zookeeper'] as const)(
  'what is kept of a drill of %s is judged as all its samples are',
  (scenario) => {
    const all = goodRecording(scenario);
    const [whole, short] = [judge(all), judge(kept(all))];
    const moments = momentsOf(short);
    for (const [name, at] of Object.entries(momentsOf(whole))) {
      // Which of equal samples was the first after the fault is not kept, only how often they came.
      const pauseMs = at! < times.injected + 100 ? 500 : 0;
      expect(Math.abs(moments[name]! - at!)).toBeLessThanOrEqual(pauseMs);
    }
    expect(short.reason).toBe(whole.reason);
    expect(short.coverage.map(({ longestGapMs }) => longestGapMs)).toEqual(
      whole.coverage.map(({ longestGapMs }) => longestGapMs),
    );
    short.coverage.forEach(({ perSecond }, index) => {
      expect(Math.abs(perSecond - whole.coverage[index]!.perSecond)).toBeLessThan(0.3);
    });
  },
);

test('coverage tells samples per second and the longest gap of each probe and vantage', () => {
  const rows = judge(small).coverage.filter(({ probe }) => probe === 'mesos');
  expect(rows).toMatchObject([
    { from: 'operator', longestGapMs: 100 },
    { from: 'a1', longestGapMs: 100 },
  ]);
  rows.forEach(({ perSecond }) => {
    expect(perSecond).toBeGreaterThanOrEqual(9.8);
  });
});

test('a leader that was just elected knows of no agents yet, and that is no loss', () => {
  const empty = truth.samples.filter(
    ({ seen }) => seen.probe === 'mesos-state' && !seen.error && seen.agents.length === 0,
  );
  expect(empty.length).toBeGreaterThan(0);
  expect(judge(small).verdict).toBe('PASS');
});

test('tasks, agents and a build may be lost where the plan says so, and it is told', () => {
  const samples = truth.samples.map((sample) =>
    sample.seen.probe === 'mesos-state' && sample.at >= times.injected && !sample.seen.error
      ? {
          ...sample,
          seen: {
            ...sample.seen,
            agents: sample.seen.agents.filter((id) => id !== 'S-2'),
            tasks: sample.seen.tasks.filter((task) => !task.endsWith('@S-2')),
          },
        }
      : sample,
  );
  const builds = truth.builds.map((one) =>
    one.when === 'in-flight' ? { ...one, result: 'FAILURE' } : one,
  );
  const lost = kept({ ...truth, samples, builds });
  expect(judge(lost).verdict).toBe('VIOLATION');
  const allowed = expecting(lost, {
    mayLoseAgents: ['a2'],
    mayLoseTasksOn: ['a2'],
    mayLoseBuild: 'its build agent ran on the host that was lost',
  });
  const judged = judge(allowed);
  expect(judged).toMatchObject({ verdict: 'PASS' });
  expect(judged.invariants.map(({ detail }) => detail)).toEqual(
    expect.arrayContaining([
      '1 of 2; the rest may be lost',
      '1 of 2; the rest may end',
      'build 41 of ci ended with FAILURE: allowed, because its build agent ran on the host that was lost',
    ]),
  );
});

test('a task of which nobody knows where it ran may not end, whatever else may', () => {
  const baseline = { ...truth.baseline!, tasks: [...truth.baseline!.tasks, 'F-1/other.3@S-7'] };
  const judged = judge(expecting({ ...small, baseline }, { mayLoseTasksOn: ['a1', 'a2'] }));
  expect(judged).toMatchObject({ verdict: 'VIOLATION' });
  expect(judged.reason).toContain('no task lost (lost: F-1/other.3@S-7)');
});

test('two leaders for no longer than the plan allows are no violation', () => {
  const samples = truth.samples.map((sample) =>
    sample.seen.probe === 'mesos' &&
    sample.seen.host === 'm1' &&
    sample.at >= 14_000 &&
    sample.at < 14_800
      ? { ...sample, seen: { ...sample.seen, status: 200, error: undefined } }
      : sample,
  );
  const judged = judge(kept({ ...truth, samples }));
  expect(judged.verdict).toBe('PASS');
  expect(judged.invariants[1]!.detail).toMatch(
    /m1 and m2 for 6\d\d ms at once; 1000 ms are allowed/,
  );
  expect(judge(expecting(kept({ ...truth, samples }), { overlapMs: 500 })).verdict).toBe(
    'VIOLATION',
  );
});

test('one late answer long after the recovery is not another outage', () => {
  const samples = truth.samples.map((sample) =>
    sample.seen.probe === 'mesos' && sample.at === 20_000
      ? { ...sample, tookMs: 900, seen: { ...sample.seen, status: undefined, error: 'timeout' } }
      : sample,
  );
  const judged = judge(kept({ ...truth, samples }));
  expect(judged.verdict).toBe('PASS');
  expect(momentsOf(judged)['mesos-leader']).toBe(14_041);
});

test('a drill of a cluster without controllers needs no build', () => {
  const baseline = { ...truth.baseline!, controllers: [], jobs: [] };
  const bounds = truth.plan.bounds.filter(({ moment }) => moment !== 'new-build');
  const plan = { ...truth.plan, bounds };
  expect(judge(kept({ ...truth, baseline, plan, builds: [] })).verdict).toBe('PASS');
});

test('a bound counts from the healing where the fault has to end first', () => {
  const bounds = truth.plan.bounds.map((bound) => ({ ...bound, from: 'healed' as const }));
  const early = { ...small, healedAt: 14_000, plan: { ...truth.plan, bounds } };
  const took = Object.fromEntries(
    judge(early).bounds.map(({ moment, tookMs }) => [moment, tookMs]),
  );
  expect(took).toMatchObject({ 'mesos-leader': 41, 'first-write': 0 });
});

test('whatever acknowledged write is lost, it is no pass', () => {
  const acknowledged = truth.samples.flatMap(({ seen }) =>
    seen.probe === 'write' && seen.acknowledged ? [seen.value] : [],
  );
  fc.assert(
    fc.property(fc.subarray(acknowledged, { minLength: 1 }), (lostWrites) => {
      const aftermath = { ...small.aftermath!, lostWrites };
      expect(judge({ ...small, aftermath }).verdict).toBe('VIOLATION');
    }),
    { numRuns: 20 },
  );
});

test('whatever gap of two and a half seconds a probe of a leader has while the drill lasts, it is no pass', () => {
  const probes = ['zookeeper', 'mesos', 'marathon'] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...probes),
      fc.constantFrom('operator', 'a1'),
      fc.integer({ min: times.injected, max: times.healed - 2_500 }),
      (probe, from, begin) => {
        const isGone = ({ at, ...sample }: Sample) =>
          sample.from === from && sample.seen.probe === probe && at >= begin && at < begin + 2_500;
        const samples = truth.samples.filter((sample) => !isGone(sample));
        expect(judge(kept({ ...truth, samples })).verdict).toBe('INCONCLUSIVE');
      },
    ),
    { numRuns: 20 },
  );
});

const figure = fc.oneof(
  fc.double({ min: -1e6, max: 1e6 }),
  fc.constantFrom(NaN, Infinity, -Infinity, 0, times.injected),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const host = fc.constantFrom('m1', 'm2', 'm3', 'a1', '');
const names = fc.array(fc.string(), { maxLength: 3 });

/** Any sight of any probe, sensible or not. */
const oddSeen = fc.oneof(
  fc.record({
    probe: fc.constant('zookeeper' as const),
    host,
    mode: maybe(fc.constantFrom('leader', 'follower', 'standalone', 'looking')),
    epoch: maybe(figure),
    error: maybe(fc.string()),
  }),
  fc.record({ probe: fc.constant('zookeeper-synced' as const), host, synced: maybe(figure) }),
  fc.record({
    probe: fc.constant('write' as const),
    ...{ host, value: fc.string(), acknowledged: fc.boolean(), error: maybe(fc.string()) },
  }),
  fc.record({
    probe: fc.constant('mesos' as const),
    ...{ host, status: maybe(fc.integer()), error: maybe(fc.string()) },
  }),
  fc.record({
    probe: fc.constant('mesos-state' as const),
    ...{ host, agents: names, frameworks: names, tasks: names },
  }),
  fc.record({
    probe: fc.constant('elected' as const),
    host,
    mesos: maybe(host),
    marathon: maybe(host),
  }),
  fc.record({
    probe: fc.constant('marathon' as const),
    ...{ host, leader: maybe(host), elected: maybe(fc.boolean()), frameworkId: maybe(fc.string()) },
    error: maybe(fc.string()),
  }),
  fc.record({ probe: fc.constant('apps' as const), host, tasks: names }),
  fc.record({
    probe: fc.constant('jenkins' as const),
    ...{ host, controller: fc.string(), status: maybe(fc.integer()), error: maybe(fc.string()) },
  }),
  fc.record({ probe: fc.constant('gateway' as const), host, open: fc.boolean() }),
);

const oddSample: fc.Arbitrary<Sample> = fc.record({
  at: figure,
  tookMs: figure,
  from: fc.constantFrom('operator', 'a1', ''),
  seen: oddSeen,
  same: maybe(fc.record({ count: figure, until: figure, longestGapMs: figure })),
});

const oddRecording: fc.Arbitrary<Recording> = fc
  .record({
    samples: fc.array(oddSample, { maxLength: 60 }),
    injectedAt: maybe(figure),
    confirmedAt: maybe(figure),
    healedAt: maybe(figure),
    baseline: fc.constantFrom(undefined, truth.baseline),
    aftermath: fc.constantFrom(undefined, truth.aftermath),
    aborted: maybe(fc.string()),
    builds: fc.constantFrom([], truth.builds),
    clocks: fc.array(fc.record({ host, offsetMs: figure, errorMs: figure }), { maxLength: 3 }),
    confirmations: fc.constantFrom([], truth.confirmations),
    observeMs: figure,
    overlapMs: figure,
  })
  .map(({ observeMs, overlapMs, ...odd }) => {
    const expects = { ...truth.plan.expects, overlapMs };
    return { ...odd, plan: { ...truth.plan, observeMs, expects } };
  });

test('nothing that a recording may hold makes the judge throw, or pass a drill nobody saw', () => {
  fc.assert(
    fc.property(oddRecording, (recording) => {
      const { verdict, reason } = judge(recording);
      expect(verdict).not.toBe('PASS');
      expect(reason).not.toBe('');
    }),
    { numRuns: 200 },
  );
});
