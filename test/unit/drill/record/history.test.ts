import { expect, test } from 'vitest';
import type { Judgement } from '../../../../src/drill/judgement.ts';
import { earlierDrills, listDrills } from '../../../../src/drill/record/drill-history.ts';
import { openRecord } from '../../../../src/drill/record/drill-record.ts';
import type { Ports } from '../../../../src/ports.ts';
import {
  drillJudgement,
  drillPlan,
  drillTimeline,
  injectedAt,
} from '../../../support/drill-recording.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { fakeCaller, fakeJournal } from '../../../support/fake-journal.ts';

const clock = fakeClock();

function world(isRunning = false) {
  const journal = fakeJournal(new Map());
  return { journal, clock, caller: fakeCaller({ isRunning: () => isRunning }) } as unknown as Ports;
}

interface Told {
  readonly id: string;
  readonly name?: string;
  /** Undefined: the program was ended. */
  readonly judgement: Judgement | undefined;
}

async function writeRun(ports: Ports, { id, name = 'zk-leader-kill', judgement }: Told) {
  clock.advance(3_600_000);
  const record = openRecord(ports, 'ci-9f3a', id);
  await record.begin({
    ...{ cluster: 'ci', command: ['failover-drill'], notice: undefined },
    ...{ owner: 'ops@desk', process: 'desk:1:1', version: '1.2.3' },
  });
  const log = await record.drill(drillPlan({ name }));
  log.injected(injectedAt);
  log.sample({ at: 1, tookMs: 1, from: 'm1', seen: { probe: 'gateway', host: 'm1', open: true } });
  log.phase('observe', injectedAt);
  if (judgement === undefined) return;
  await log.judgement(judgement);
  await record.end({ exitCode: 0, code: undefined, message: undefined });
}

/** The new leader of ZooKeeper that many milliseconds after the fault. */
function leaderAfter(ms: number): Judgement {
  const timeline = drillTimeline.map((moment) =>
    moment.name === 'zookeeper-leader' ? { ...moment, at: injectedAt + ms } : moment,
  );
  return drillJudgement({ timeline });
}

test('drills are listed by name, the newest first, with what was measured', async () => {
  const ports = world();
  await writeRun(ports, { id: 'R1', judgement: leaderAfter(1000) });
  await writeRun(ports, { id: 'R2', name: 'mesos-leader-kill', judgement: leaderAfter(10) });
  await writeRun(ports, { id: 'R3', judgement: leaderAfter(3000) });
  await writeRun(ports, { id: 'R4', judgement: leaderAfter(2500) });
  const histories = await listDrills(ports, 'ci-9f3a');
  expect(histories.map(({ name }) => name)).toEqual(['zk-leader-kill', 'mesos-leader-kill']);
  const [kills] = histories;
  expect(kills!.drills.map(({ run }) => run)).toEqual(['R4', 'R3', 'R1']);
  expect(kills!.drills[0]).toMatchObject({ verdict: 'PASS', moments: { 'new-build': 26_400 } });
  expect(kills!.trend).toContainEqual({
    ...{ moment: 'zookeeper-leader', latestMs: 2500, medianMs: 2000 },
  });
  expect(histories[1]!.trend[0]).toMatchObject({ medianMs: undefined });
  const { name, began } = kills!.drills[1]!;
  expect(earlierDrills(histories, { name, began }).map(({ run }) => run)).toEqual(['R1']);
});

test('a moment that was not seen has no figure', async () => {
  const ports = world();
  await writeRun(ports, { id: 'R1', judgement: drillJudgement() });
  const [kills] = await listDrills(ports, 'ci-9f3a');
  expect(kills!.drills[0]!.moments).not.toHaveProperty('mesos-leader');
  expect(kills!.trend.map(({ moment }) => moment)).not.toContain('mesos-leader');
});

test('a drill whose program was ended is judged with its samples', async () => {
  const ports = world();
  await writeRun(ports, { id: 'R1', judgement: undefined });
  expect((await listDrills(ports, 'ci-9f3a'))[0]!.drills[0]).toMatchObject({
    verdict: 'ABORTED',
    reason: 'the program ended in phase observe',
  });
  const [kills] = await listDrills(ports, 'ci-9f3a', ({ samples }) =>
    drillJudgement({ verdict: 'INCONCLUSIVE', reason: `${samples.length} sample` }),
  );
  expect(kills!.drills[0]).toMatchObject({ verdict: 'INCONCLUSIVE', reason: '1 sample' });
});

test('a drill that still runs is no past yet; other clusters have drills of their own', async () => {
  const ports = world(true);
  await writeRun(ports, { id: 'R1', judgement: undefined });
  await writeRun(ports, { id: 'R2', judgement: leaderAfter(1000) });
  const [kills] = await listDrills(ports, 'ci-9f3a');
  expect(kills!.drills.map(({ run }) => run)).toEqual(['R2']);
  expect(await listDrills(ports, 'ci-other')).toEqual([]);
});
