import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOffsets } from '../../../../src/drill/observe/clock-offset.ts';
import { inOrder } from '../../../../src/drill/observe/in-order.ts';
import { pace } from '../../../../src/drill/observe/pace.ts';
import type { Probe } from '../../../../src/drill/observe/probe.ts';
import { createRuns } from '../../../../src/drill/observe/runs.ts';
import type { Sample, Seen } from '../../../../src/drill/sample.ts';
import { fakeClock } from '../../../support/fake-clock.ts';

function master(host: string, status: number | undefined, error?: string): Seen {
  return { probe: 'mesos', host, status, error };
}

function sample(at: number, seen: Seen): Sample {
  return { at, tookMs: 5, from: 'operator', seen };
}

test('equal samples in a row are one, with their number, the last and the longest pause', () => {
  const runs = createRuns();
  [0, 100, 350, 450].forEach((at) => {
    runs.add(sample(at, master('m1', 200)));
  });
  runs.add(sample(550, master('m1', 307)));
  expect(runs.samples()).toEqual([
    { ...sample(0, master('m1', 200)), same: { count: 4, until: 450, longestGapMs: 250 } },
    sample(550, master('m1', 307)),
  ]);
});

test('after a second without a sample another run begins, so that the gap keeps its place', () => {
  const runs = createRuns();
  [0, 100, 1100].forEach((at) => {
    runs.add(sample(at, master('m1', 200)));
  });
  expect(runs.samples().map(({ at, same }) => [at, same?.until])).toEqual([
    [0, 100],
    [1100, undefined],
  ]);
});

test('a probe of the leader is one stream whichever host leads, and another leader begins a run', () => {
  const runs = createRuns();
  const told = (host: string): Seen => ({ probe: 'zookeeper-synced', host, synced: 2 });
  [told('m1'), told('m1'), told('m2'), told('m1')].forEach((seen, index) => {
    runs.add(sample(index * 500, seen));
  });
  expect(runs.samples().map(({ same }) => same?.count ?? 1)).toEqual([2, 1, 1]);
});

test('no sample is lost by keeping equal ones as one', () => {
  const seen = fc.record({
    at: fc.integer({ min: 0, max: 5000 }),
    host: fc.constantFrom('m1', 'm2'),
    status: fc.constantFrom(200, 307),
  });
  fc.assert(
    fc.property(fc.array(seen), (all) => {
      const runs = createRuns();
      all.forEach(({ at, host, status }) => {
        runs.add(sample(at, master(host, status)));
      });
      const counts = runs.samples().map(({ same }) => same?.count ?? 1);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(all.length);
    }),
  );
});

test('answers are written down in the order of their questions', () => {
  const written: number[] = [];
  const order = inOrder('operator', ({ at }) => written.push(at));
  const [first, second, third] = [order.open(0), order.open(100), order.open(200)];
  second(5, master('m1', 200));
  expect(written).toEqual([]);
  first(900, master('m1', undefined, 'timeout'));
  expect(written).toEqual([0, 100]);
  third(5, master('m1', 200));
  expect(written).toEqual([0, 100, 200]);
});

function probe(host: string, look: () => Promise<Seen>): Probe {
  const blind: Probe['blind'] = (error) => master(host, undefined, error);
  return { everyMs: 100, most: 5, look, blind };
}

async function paced(probes: readonly Probe[], untilMs: number, stallAt?: number) {
  const clock = fakeClock();
  const end = new AbortController();
  const written: Sample[] = [];
  const sleep: typeof clock.sleep = async (ms, signal) => {
    if (clock.now() >= untilMs) end.abort();
    await clock.sleep(stallAt !== undefined && clock.now() === stallAt ? 450 : ms, signal);
    // As in a real program: whatever has settled goes on before the next turn.
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  const write = (one: Sample) => written.push(one);
  await pace(probes, { clock: { ...clock, sleep }, begin: 0, signal: end.signal, write });
  return (host: string) => written.filter(({ seen }) => seen.host === host);
}

test('a probe that hangs thins no samples, and what is left out is written down', async () => {
  const released: ((seen: Seen) => void)[] = [];
  const hangs = probe('m1', () => new Promise((resolve) => released.push(resolve)));
  const answers = probe('m2', () => Promise.resolve(master('m2', 307)));
  const of = await paced([hangs, answers], 2000);
  expect(of('m2').map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, i) => 50 + 100 * i));
  expect(released).toHaveLength(5);
  released.forEach((release) => {
    release(master('m1', undefined, 'timeout'));
  });
  await Promise.resolve();
  const errors = of('m1').map(({ seen }) => seen.error);
  expect(errors.slice(0, 5)).toEqual(Array(5).fill('timeout'));
  expect(errors.slice(5).every((error) => error === 'skipped')).toBe(true);
  expect(of('m1').map(({ at }) => at)).toEqual(
    Array.from({ length: of('m1').length }, (_, i) => 100 * i),
  );
});

test('what was due while the program itself was held up is written down as left out', async () => {
  const of = await paced([probe('m1', () => Promise.resolve(master('m1', 200)))], 2000, 500);
  const skipped = of('m1').filter(({ seen }) => seen.error === 'skipped');
  expect(skipped.map(({ at }) => at)).toEqual([600, 700, 800]);
  expect(
    of('m1')
      .filter(({ at }) => at > 500 && at < 1000)
      .map(({ at }) => at),
  ).toEqual([600, 700, 800, 950]);
});

test('the most exact of several round trips tells the offset of a clock and its error', () => {
  const offsets = createOffsets();
  expect(offsets.current()).toBeUndefined();
  offsets.add({ sentAt: 0, answeredAt: 5_000_090, receivedAt: 100 });
  offsets.add({ sentAt: 200, answeredAt: 5_000_202, receivedAt: 204 });
  offsets.add({ sentAt: 300, answeredAt: 5_000_310, receivedAt: 340 });
  expect(offsets.current()).toEqual({ offsetMs: 5_000_000, errorMs: 2 });
});

test('whatever the way there and back takes, the true offset is within the error', () => {
  const way = fc.double({ min: 0, max: 500, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(way, way), { minLength: 1 }), (ways) => {
      const offsets = createOffsets();
      ways.forEach(([there, back], index) => {
        const sentAt = index * 1000;
        const answeredAt = sentAt + there + 7777;
        offsets.add({ sentAt, answeredAt, receivedAt: sentAt + there + back });
      });
      const { offsetMs, errorMs } = offsets.current()!;
      expect(Math.abs(offsetMs - 7777)).toBeLessThanOrEqual(errorMs + 1e-6);
    }),
  );
});

test('a clock that jumped shows in the first and the last figures', () => {
  const offsets = createOffsets();
  const ask = (at: number, offset: number) => {
    offsets.add({ sentAt: at, answeredAt: at + 1 + offset, receivedAt: at + 2 });
  };
  for (let i = 0; i < 20; i += 1) ask(i * 1000, i < 10 ? 0 : 3000);
  expect(offsets.ends().map(({ offsetMs }) => offsetMs)).toEqual([0, 3000]);
});
