import type { Verdict } from '../../../../../src/drill/judgement.ts';
import type { Aftermath, DrillBuild, Recording } from '../../../../../src/drill/recording.ts';
import type { ProbeName, Sample, Seen } from '../../../../../src/drill/sample.ts';
import { times, type Scenario } from '../../../../support/drill/good-recording.ts';

/** Something false in a recording that is good otherwise. */
export interface Lie {
  readonly name: string;
  readonly scenario: Scenario;
  readonly tell: (recording: Recording) => Recording;
  readonly verdict: Verdict;
  /** What the reason has to say. */
  readonly reason: RegExp;
}

type SeenBy<P extends ProbeName> = Extract<Seen, { probe: P }>;

/** Other sights of one probe from a time on. */
function later<P extends ProbeName>(
  recording: Recording,
  probe: P,
  change: (seen: SeenBy<P>, sample: Sample) => Seen,
): Recording {
  const samples = recording.samples.map((sample) =>
    sample.seen.probe === probe && sample.at >= times.injected
      ? { ...sample, seen: change(sample.seen as SeenBy<P>, sample) }
      : sample,
  );
  return { ...recording, samples };
}

function without(recording: Recording, isGone: (sample: Sample) => boolean): Recording {
  return { ...recording, samples: recording.samples.filter((sample) => !isGone(sample)) };
}

function moved(recording: Recording, ms: number, isMoved: (sample: Sample) => boolean): Recording {
  const samples = recording.samples.map((sample) =>
    isMoved(sample) ? { ...sample, at: sample.at + ms } : sample,
  );
  return { ...recording, samples };
}

function after(recording: Recording, change: Partial<Aftermath>): Recording {
  return { ...recording, aftermath: { ...recording.aftermath!, ...change } };
}

function builds(
  recording: Recording,
  when: DrillBuild['when'],
  change: Partial<DrillBuild>,
): Recording {
  const changed = recording.builds.map((one) => (one.when === when ? { ...one, ...change } : one));
  return { ...recording, builds: changed };
}

const inGap = ({ at }: Sample) => at >= 14_000 && at < 20_500;

export const lies: readonly Lie[] = [
  {
    name: 'framework id changed, as Mesos tells',
    scenario: 'mesos',
    tell: (r) => later(r, 'mesos-state', (s) => ({ ...s, frameworks: ['F-2', 'ci-jenkins-ci'] })),
    verdict: 'VIOLATION',
    reason: /frameworks by id.*marathon is not registered as F-1/,
  },
  {
    name: 'framework id changed, as Marathon tells',
    scenario: 'mesos',
    tell: (r) => later(r, 'marathon', (s) => ({ ...s, frameworkId: 'F-2' })),
    verdict: 'VIOLATION',
    reason: /Marathon is F-2 instead of F-1/,
  },
  {
    name: 'task lost',
    scenario: 'mesos',
    tell: (r) => later(r, 'mesos-state', (s) => ({ ...s, tasks: s.tasks.slice(0, 1) })),
    verdict: 'VIOLATION',
    reason: /no task lost \(lost: F-1\/tool.2@S-2/,
  },
  {
    name: 'task replaced by another',
    scenario: 'mesos',
    tell: (r) =>
      later(r, 'mesos-state', (s) => ({
        ...s,
        tasks: s.tasks.map((task) => task.replace('tool.2', 'tool.3')),
      })),
    verdict: 'VIOLATION',
    reason: /no task lost/,
  },
  {
    name: 'two Mesos leaders, side by side',
    scenario: 'mesos',
    tell: (r) => later(r, 'mesos', (s) => (s.host === 'm3' ? { ...s, status: 200 } : s)),
    verdict: 'VIOLATION',
    reason: /one Mesos leader at a time \(m\d and m\d for \d+ ms/,
  },
  {
    name: 'the old Mesos leader goes on leading',
    scenario: 'mesos',
    tell: (r) =>
      later(r, 'mesos', (s) => (s.host === 'm1' ? { ...s, status: 200, error: undefined } : s)),
    verdict: 'VIOLATION',
    reason: /one Mesos leader at a time/,
  },
  {
    name: 'two ZooKeeper leaders in one epoch',
    scenario: 'zookeeper',
    tell: (r) =>
      later(r, 'zookeeper', (s, { at }) =>
        s.host === 'm1' && at > 20_000 && at < 20_200 ? { ...s, mode: 'leader' } : s,
      ),
    verdict: 'VIOLATION',
    reason: /m1 and m2 both led epoch 6/,
  },
  {
    name: 'ZooKeeper epoch went back',
    scenario: 'zookeeper',
    tell: (r) =>
      later(r, 'zookeeper', (s, { at }) =>
        s.host === 'm1' && at > 20_000 && at < 20_200 ? { ...s, epoch: 4 } : s,
      ),
    verdict: 'VIOLATION',
    reason: /m1 went back from epoch 6 to 4/,
  },
  {
    name: 'one vantage disagrees about who leads',
    scenario: 'mesos',
    tell: (r) =>
      later(r, 'mesos', (s, { from }) =>
        from === 'a1' && s.host !== 'm2'
          ? { ...s, status: s.host === 'm3' ? 200 : 307, error: undefined }
          : from === 'a1'
            ? { ...s, status: 307 }
            : s,
      ),
    verdict: 'VIOLATION',
    reason: /one Mesos leader at a time/,
  },
  {
    name: 'another leader changed besides',
    scenario: 'mesos',
    tell: (r) =>
      later(r, 'marathon', (s, { at }) =>
        at > 18_000 ? { ...s, leader: 'm3', elected: s.host === 'm3' } : s,
      ),
    verdict: 'VIOLATION',
    reason: /no other leader changed \(Marathon moved to m3/,
  },
  {
    name: 'late recovery',
    scenario: 'mesos',
    tell: (r) =>
      later(r, 'mesos', (s, { at }) =>
        at < 22_000 && s.status === 200 ? { ...s, status: 503 } : s,
      ),
    verdict: 'SLOW',
    reason: /mesos-leader after 12\.0 s, expected within 8\.0 s/,
  },
  {
    name: 'recovered, and away again for two seconds',
    scenario: 'mesos',
    tell: (r) =>
      later(r, 'mesos', (s, { at }) =>
        at > 20_000 && at < 22_000 && s.status === 200 ? { ...s, status: 503 } : s,
      ),
    verdict: 'SLOW',
    reason: /mesos-leader after 12\.0 s/,
  },
  {
    name: 'no new leader at all: standbys redirect to the dead one',
    scenario: 'mesos',
    tell: (r) =>
      later(r, 'mesos', (s) => (s.host === 'm1' ? s : { ...s, status: 307, error: undefined })),
    verdict: 'VIOLATION',
    reason: /mesos-leader was not seen within 20\.0 s/,
  },
  {
    name: 'agent under a new id',
    scenario: 'mesos',
    tell: (r) =>
      later(r, 'mesos-state', (s) => ({
        ...s,
        agents: s.agents.map((id) => (id === 'S-2' ? 'S-9' : id)),
      })),
    verdict: 'VIOLATION',
    reason: /same Mesos agents by id \(gone: S-2 of a2/,
  },
  {
    name: 'agents never come back',
    scenario: 'mesos',
    tell: (r) => later(r, 'mesos-state', (s) => ({ ...s, agents: [] })),
    verdict: 'VIOLATION',
    reason: /same Mesos agents by id/,
  },
  {
    name: 'write lost',
    scenario: 'zookeeper',
    tell: (r) => after(r, { lostWrites: ['m1-9900'] }),
    verdict: 'VIOLATION',
    reason: /acknowledged writes kept \(1 of \d+ lost: m1-9900\)/,
  },
  {
    name: 'nobody read the writes back',
    scenario: 'zookeeper',
    tell: (r) => without(r, ({ seen }) => seen.probe === 'write' && seen.acknowledged),
    verdict: 'INCONCLUSIVE',
    reason: /write saw nothing|none was acknowledged/,
  },
  {
    name: 'build number went back',
    scenario: 'mesos',
    tell: (r) =>
      after(r, {
        jobs: [{ controller: 'ci', job: 'canary', nextBuild: 3 }, r.aftermath!.jobs![1]!],
      }),
    verdict: 'VIOLATION',
    reason: /canary of ci went back from 42 to 3/,
  },
  {
    name: 'services back, but jobs gone',
    scenario: 'mesos',
    tell: (r) => after(r, { jobs: r.aftermath!.jobs!.slice(0, 1) }),
    verdict: 'VIOLATION',
    reason: /ci has no job app any more/,
  },
  {
    name: 'nobody could read the jobs',
    scenario: 'mesos',
    tell: (r) => after(r, { jobs: undefined }),
    verdict: 'INCONCLUSIVE',
    reason: /jobs and build numbers kept/,
  },
  {
    name: 'build in flight lost, and no rule allows it',
    scenario: 'mesos',
    tell: (r) => builds(r, 'in-flight', { result: 'FAILURE' }),
    verdict: 'VIOLATION',
    reason: /build in flight finished \(build 41 of ci ended with FAILURE/,
  },
  {
    name: 'build in flight without an end',
    scenario: 'mesos',
    tell: (r) => builds(r, 'in-flight', { result: undefined, endedAt: undefined }),
    verdict: 'VIOLATION',
    reason: /build 41 of ci did not end/,
  },
  {
    name: 'no build was in flight',
    scenario: 'mesos',
    tell: (r) => ({ ...r, builds: r.builds.filter(({ when }) => when === 'after') }),
    verdict: 'INCONCLUSIVE',
    reason: /none was in flight/,
  },
  {
    name: 'new build never finished',
    scenario: 'mesos',
    tell: (r) => builds(r, 'after', { result: undefined, endedAt: undefined }),
    verdict: 'VIOLATION',
    reason: /a new build finished \(build 42 of ci did not end/,
  },
  {
    name: 'the new build is an old one',
    scenario: 'mesos',
    tell: (r) => builds(r, 'after', { startedAt: 9_000, endedAt: 9_900 }),
    verdict: 'VIOLATION',
    reason: /a new build finished/,
  },
  {
    name: 'new build failed',
    scenario: 'mesos',
    tell: (r) => builds(r, 'after', { result: 'FAILURE' }),
    verdict: 'VIOLATION',
    reason: /build 42 of ci ended with FAILURE/,
  },
  {
    name: 'leader never changed',
    scenario: 'zookeeper',
    tell: (r) =>
      later(r, 'zookeeper', (s) => ({
        ...s,
        mode: s.host === 'm3' ? 'leader' : 'follower',
        ...{ epoch: 5, error: undefined },
      })),
    verdict: 'VIOLATION',
    reason: /zookeeper-leader was not seen/,
  },
  {
    name: 'leader never changed, and no bound asks for it',
    scenario: 'zookeeper',
    tell: (r) => {
      const bounds = r.plan.bounds.filter(({ moment }) => moment !== 'zookeeper-leader');
      const same = later(r, 'zookeeper', (s) => ({
        ...s,
        mode: s.host === 'm3' ? 'leader' : 'follower',
        ...{ epoch: 5, error: undefined },
      }));
      return { ...same, plan: { ...r.plan, bounds } };
    },
    verdict: 'INCONCLUSIVE',
    reason: /no other ZooKeeper leader than before was seen/,
  },
  {
    name: 'fault not in effect',
    scenario: 'mesos',
    tell: (r) => ({
      ...r,
      confirmedAt: undefined,
      confirmations: [{ confirmed: false, evidence: 'PID 412 still runs' }],
    }),
    verdict: 'INCONCLUSIVE',
    reason: /not seen to be in effect: PID 412 still runs/,
  },
  {
    name: 'fault in effect on one of two hosts',
    scenario: 'mesos',
    tell: (r) => ({
      ...r,
      confirmations: [
        ...r.confirmations,
        { confirmed: false, evidence: '0 packets dropped on m2' },
      ],
    }),
    verdict: 'INCONCLUSIVE',
    reason: /0 packets dropped on m2/,
  },
  {
    name: 'healer that does not heal',
    scenario: 'mesos',
    tell: (r) => after(r, { residue: ['m1: chain CICD-7 is still there'] }),
    verdict: 'UNHEALED',
    reason: /CICD-7/,
  },
  {
    name: 'nobody could look for what is left',
    scenario: 'mesos',
    tell: (r) => after(r, { residue: undefined }),
    verdict: 'UNHEALED',
    reason: /nobody could see/,
  },
  {
    name: 'never healed',
    scenario: 'mesos',
    tell: (r) => ({ ...r, healedAt: undefined }),
    verdict: 'UNHEALED',
    reason: /taken back/,
  },
  {
    name: 'not healed and not confirmed: the worse one is told',
    scenario: 'mesos',
    tell: (r) => ({ ...after(r, { residue: ['m1: paused'] }), confirmations: [] }),
    verdict: 'UNHEALED',
    reason: /m1: paused/,
  },
  {
    name: 'not steady afterwards',
    scenario: 'mesos',
    tell: (r) => after(r, { steady: false, unsteady: '1 of 3 not in step yet' }),
    verdict: 'VIOLATION',
    reason: /steady state again \(1 of 3/,
  },
  {
    name: 'no aftermath at all',
    scenario: 'mesos',
    tell: (r) => ({ ...r, aftermath: undefined }),
    verdict: 'UNHEALED',
    reason: /nobody could see/,
  },
  {
    name: 'blind probe: nobody asked the masters for six seconds',
    scenario: 'mesos',
    tell: (r) => without(r, (sample) => sample.seen.probe === 'mesos' && inGap(sample)),
    verdict: 'INCONCLUSIVE',
    reason: /mesos of m2 from operator saw nothing for \d\.\d s/,
  },
  {
    name: 'blind probe: sent, and never got to the host',
    scenario: 'mesos',
    tell: (r) =>
      later(r, 'mesos', (s, sample) =>
        inGap(sample) ? { ...s, status: undefined, error: 'not-connected' } : s,
      ),
    verdict: 'INCONCLUSIVE',
    reason: /blind: mesos of m2/,
  },
  {
    name: 'the vantage inside saw nothing',
    scenario: 'mesos',
    tell: (r) => ({ ...without(r, ({ from }) => from !== 'operator'), clocks: [] }),
    verdict: 'INCONCLUSIVE',
    reason: /from a host of the cluster saw nothing/,
  },
  {
    name: 'samples stop in the middle',
    scenario: 'mesos',
    tell: (r) => without(r, ({ at }) => at > 12_000),
    verdict: 'INCONCLUSIVE',
    reason: /blind/,
  },
  {
    name: 'samples stop after the recovery, before the fault is healed',
    scenario: 'mesos',
    tell: (r) => without(r, ({ at }) => at > 18_000),
    verdict: 'INCONCLUSIVE',
    reason: /blind/,
  },
  {
    name: 'clock of the host inside jumps between two measurements',
    scenario: 'mesos',
    tell: (r) => ({ ...r, clocks: r.clocks.map((one, i) => ({ ...one, offsetMs: i * 3_000 })) }),
    verdict: 'INCONCLUSIVE',
    reason: /clock of a1 jumped/,
  },
  {
    name: 'clock of the host inside is not known',
    scenario: 'mesos',
    tell: (r) => ({ ...r, clocks: [] }),
    verdict: 'INCONCLUSIVE',
    reason: /clock of a1 is not known/,
  },
  {
    name: 'clock jump forward: everything later is 5 s later',
    scenario: 'mesos',
    tell: (r) => moved(r, 5_000, ({ at }) => at > 12_000),
    verdict: 'INCONCLUSIVE',
    reason: /blind/,
  },
  {
    name: 'clock jump back: everything later is 5 s earlier',
    scenario: 'mesos',
    tell: (r) => moved(r, -5_000, ({ at }) => at > 16_000),
    verdict: 'INCONCLUSIVE',
    reason: /the samples from operator go back in time/,
  },
  {
    name: 'login page never comes back',
    scenario: 'mesos',
    tell: (r) => later(r, 'jenkins', (s) => ({ ...s, status: 503 })),
    verdict: 'VIOLATION',
    reason: /services-back was not seen/,
  },
  {
    name: 'a follower never gets into step',
    scenario: 'zookeeper',
    tell: (r) => later(r, 'zookeeper-synced', (s) => ({ ...s, synced: 1 })),
    verdict: 'VIOLATION',
    reason: /all-synced was not seen/,
  },
  {
    name: 'writes stay away',
    scenario: 'zookeeper',
    tell: (r) => later(r, 'write', (s) => ({ ...s, acknowledged: false, error: 'closed' })),
    verdict: 'VIOLATION',
    reason: /first-write was not seen/,
  },
  {
    name: 'aborted by an abort rule',
    scenario: 'mesos',
    tell: (r) => ({ ...r, aborted: 'the quorum would be lost: m2 turned red' }),
    verdict: 'ABORTED',
    reason: /m2 turned red/,
  },
  {
    name: 'never injected',
    scenario: 'mesos',
    tell: (r) => ({ ...r, injectedAt: undefined }),
    verdict: 'INCONCLUSIVE',
    reason: /no fault was injected/,
  },
  {
    name: 'no baseline',
    scenario: 'mesos',
    tell: (r) => ({ ...r, baseline: undefined }),
    verdict: 'INCONCLUSIVE',
    reason: /unknown/,
  },
  {
    name: 'no bound to keep',
    scenario: 'mesos',
    tell: (r) => ({ ...r, plan: { ...r.plan, bounds: [] } }),
    verdict: 'INCONCLUSIVE',
    reason: /no bound/,
  },
  {
    name: 'a bound that is no number',
    scenario: 'mesos',
    tell: (r) => ({
      ...r,
      plan: {
        ...r.plan,
        bounds: r.plan.bounds.map((one) => ({ ...one, softMs: NaN, hardMs: NaN })),
      },
    }),
    verdict: 'SLOW',
    reason: /expected within/,
  },
];
