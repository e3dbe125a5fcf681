import type { Bound, MomentName } from '../../src/drill/bound.ts';
import type { DrillPlan } from '../../src/drill/drill-plan.ts';
import type { BoundResult, Invariant, Judgement, Moment } from '../../src/drill/judgement.ts';
import type { JudgedDrill, JudgedRun } from '../../src/drill/record/judged.ts';
import type { Baseline, DrillBuild, Recording } from '../../src/drill/recording.ts';
import type { Ms, ProbeName, Sample, Seen } from '../../src/drill/sample.ts';

/**
 * A made-up drill as it would be recorded: the ZooKeeper leader on m2 is killed, m3 leads after it, and
 * Marathon on m1 goes down with its session. Five seconds before the fault are on record.
 */
export const injectedAt = 5000;
const masters = ['m1', 'm2', 'm3'] as const;
const agents = { 'S-1': 'a1', 'S-2': 'a2' };
const frameworks = { marathon: 'F-marathon', 'jenkins-main': 'ci-jenkins-main' };
const tasks = ['F-marathon/jenkins-main.1@S-1', 'ci-jenkins-main/build-agent-1@S-2'];

export function drillPlan(parts: Partial<DrillPlan> = {}): DrillPlan {
  return {
    id: 'D02',
    name: 'zk-leader-kill',
    title: 'the ZooKeeper leader is killed',
    class: 'safe',
    victims: [
      {
        host: 'm2',
        container: 'ci-zookeeper',
        roles: ['zookeeper', 'mesos-master', 'marathon'],
        leads: ['zookeeper'],
      },
    ],
    attack: {
      kind: 'hosts',
      strikes: [{ host: 'm2', fault: { kind: 'kill', container: 'ci-zookeeper' } }],
      holdMs: 0,
    },
    bounds: drillBounds,
    expects: {
      mustChange: ['zookeeper'],
      mayChange: ['marathon'],
      mayStop: false,
      mayLoseAgents: [],
      mayLoseTasksOn: [],
      mayLoseBuild: undefined,
      overlapMs: 6000,
    },
    gates: [
      { name: 'ZooKeeper quorum', holds: true, detail: '3 in step, 2 after the fault, 2 needed' },
      { name: 'Mesos masters', holds: true, detail: '3 answer, 2 after the fault, 2 needed' },
    ],
    does: ['SIGKILL to the process of ci-zookeeper on m2, by its PID on the host'],
    undoes: ['Docker starts ci-zookeeper again; if not, docker start ci-zookeeper on m2'],
    observeMs: 60_000,
    ...parts,
  };
}

const tick = { name: 'tick', value: 2, unit: 's', source: 'm1: zoo.cfg tickTime' } as const;
const session = { name: 'T', value: 6, unit: 's', source: 'm1: --zk_session_timeout' } as const;

function bound(moment: MomentName, formula: string, [softMs, hardMs]: [number, number]): Bound {
  return { moment, from: 'injected', formula, inputs: [tick, session], softMs, hardMs };
}

export const drillBounds: readonly Bound[] = [
  bound('zookeeper-leader', 'D + 0.2 s + connect + sync', [5000, 30_000]),
  bound('first-write', 'Z + 1 s', [6000, 31_000]),
  bound('marathon-leader', 'T + tick + P', [42_000, 192_000]),
  bound('frameworks-back', 'L + 2 s', [44_000, 194_000]),
  bound('new-build', 'L + F + build', [60_000, 240_000]),
  { ...bound('all-synced', 'initLimit × tick', [20_000, 30_000]) },
];

function baseline(): Baseline {
  return {
    leaders: { zookeeper: 'm2', mesos: 'm3', marathon: 'm1' },
    members: { zookeeper: masters, mesos: masters, marathon: masters },
    ...{ agents, frameworks, tasks, apps: ['jenkins-main.1'] },
    jobs: [{ controller: 'main', job: 'canary', nextBuild: 41 }],
    ...{ gateways: ['m1', 'm3'], controllers: ['main'] },
  };
}

const between = (at: Ms, from: Ms, to: Ms) => at >= injectedAt + from && at < injectedAt + to;

type See = (at: Ms) => Seen;

/** Each probe as a function of time. */
function probes(): readonly {
  readonly from: string;
  readonly see: See;
  readonly everyMs: number;
}[] {
  const operator = (see: See, everyMs = 100) => ({ from: 'operator', see, everyMs });
  return [
    ...masters.flatMap((host) => [
      operator(zookeeperOn(host)),
      operator(mesosOn(host)),
      operator(marathonOn(host)),
      { from: host, see: writeOn(host), everyMs: 100 },
    ]),
    operator(synced),
    ...masters.map((host) => operator(elected(host))),
    operator(state, 500),
    operator((at) => ({ probe: 'gateway', host: 'm1', open: !between(at, 0, 0) })),
    operator((at) => jenkins('m1', at)),
    operator((at) => jenkins('m3', at)),
  ];
}

function zookeeperOn(host: string): See {
  const mode = (at: Ms): 'leader' | 'follower' | 'looking' | undefined => {
    if (host === 'm2' && between(at, 0, 3200)) return undefined;
    if (at < injectedAt) return host === 'm2' ? 'leader' : 'follower';
    if (between(at, 0, 1700)) return 'looking';
    return host === 'm3' ? 'leader' : 'follower';
  };
  return (at) => ({
    probe: 'zookeeper',
    host,
    mode: mode(at),
    epoch: at < injectedAt + 1700 ? 7 : 8,
    error: mode(at) === undefined ? 'refused' : undefined,
  });
}

function mesosOn(host: string): See {
  return (at) => ({
    probe: 'mesos',
    host,
    status: host === 'm3' ? 200 : between(at, 900, 1500) ? 503 : 307,
    error: undefined,
  });
}

function marathonOn(host: string): See {
  return (at) => {
    const gone = host === 'm1' && between(at, 600, 7000);
    const leader = at < injectedAt + 600 ? 'm1' : at < injectedAt + 9500 ? undefined : 'm3';
    return {
      probe: 'marathon',
      host,
      leader: gone ? undefined : leader,
      elected: gone ? undefined : leader === host,
      frameworkId: gone ? undefined : frameworks.marathon,
      error: gone ? 'refused' : undefined,
    };
  };
}

function writeOn(host: string): See {
  return (at) => {
    const lost = between(at, 0, host === 'm2' ? 3500 : 1900);
    const error = host === 'm2' ? 'refused' : 'timeout';
    const value = `${host}-${Math.round(at)}`;
    return { probe: 'write', host, value, acknowledged: !lost, error: lost ? error : undefined };
  };
}

const synced: See = (at) => {
  const host = at < injectedAt ? 'm2' : 'm3';
  const count =
    at < injectedAt ? 2 : between(at, 0, 1700) ? undefined : between(at, 0, 4400) ? 1 : 2;
  return { probe: 'zookeeper-synced', host, synced: count };
};

const elected =
  (host: string) =>
  (at: Ms): Seen => ({
    probe: 'elected',
    host,
    mesos: 'm3',
    marathon: at < injectedAt + 600 ? 'm1' : between(at, 600, 9500) ? undefined : 'm3',
  });

const state: See = (at) => ({
  probe: 'mesos-state',
  host: 'm3',
  agents: Object.keys(agents),
  frameworks: between(at, 600, 10_100) ? [frameworks['jenkins-main']] : Object.values(frameworks),
  tasks,
});

function jenkins(host: string, at: Ms): Seen {
  const refused = host === 'm3' && between(at, 2000, 2300);
  return {
    ...{ probe: 'jenkins', host, controller: 'main' },
    ...(refused ? { status: 503, error: undefined } : { status: 200, error: undefined }),
  };
}

/** Open-loop, and not quite regular: real probes are neither. */
export function drillSamples(untilMs = 34_000): readonly Sample[] {
  return probes()
    .flatMap(({ from, see, everyMs }, probe) =>
      Array.from({ length: Math.floor(untilMs / everyMs) }, (_, round): Sample => {
        const at = round * everyMs + ((round * 7 + probe * 13) % 10);
        return { at, tookMs: 2 + ((round * 3 + probe) % 5), from, seen: see(at) };
      }),
    )
    .sort((left, right) => left.at - right.at);
}

const drillBuilds: readonly DrillBuild[] = [
  {
    ...{ when: 'in-flight', controller: 'main', number: 41, startedAt: 1000, endedAt: 19_500 },
    ...{ result: 'SUCCESS', fault: undefined },
  },
  {
    ...{ when: 'after', controller: 'main', number: 42, startedAt: 15_400, endedAt: 31_400 },
    ...{ result: 'SUCCESS', fault: undefined },
  },
];

export function drillRecording(parts: Partial<Recording> = {}): Recording {
  return {
    plan: drillPlan(),
    baseline: baseline(),
    injectedAt,
    confirmedAt: injectedAt + 240,
    healedAt: 32_500,
    confirmations: [
      { confirmed: true, evidence: 'PID 4121 is gone; the container runs as PID 4588' },
    ],
    samples: drillSamples(),
    builds: drillBuilds,
    aftermath: {
      lostWrites: [],
      jobs: [{ controller: 'main', job: 'canary', nextBuild: 43 }],
      residue: [],
      steady: true,
      unsteady: '',
    },
    clocks: masters.map((host, index) => ({ host, offsetMs: index * 3 - 2, errorMs: 1 })),
    aborted: undefined,
    ...parts,
  };
}

const took: readonly (readonly [MomentName, Ms | undefined, string])[] = [
  ['injected', 0, 'SIGKILL to ci-zookeeper on m2'],
  ['confirmed', 240, 'PID 4121 is gone; the container runs as PID 4588'],
  ['noticed', 110, 'zookeeper of m2, from operator: refused'],
  ['zookeeper-leader', 1740, 'm3, seen by m1 and m3'],
  ['mesos-leader', undefined, 'm3 led all the time'],
  ['marathon-leader', 9560, 'm3'],
  ['first-write', 1960, 'through m1'],
  ['agents-back', undefined, 'were never away'],
  ['frameworks-back', 10_540, '2 of 2'],
  ['services-back', 2410, 'main through m3'],
  ['new-build', 26_400, 'main 42'],
  ['all-synced', 4430, '2 followers in step'],
  ['healed', 27_500, ''],
];

export const drillTimeline: readonly Moment[] = took.map(([name, after, detail]) => ({
  name,
  at: after === undefined ? undefined : injectedAt + after,
  errorMs: after === undefined || name === 'injected' || name === 'healed' ? undefined : 104,
  detail,
}));

function boundResult(one: Bound): BoundResult {
  const tookMs = took.find(([name]) => name === one.moment)?.[1];
  return { ...one, tookMs, kept: 'yes' };
}

export const drillInvariants: readonly Invariant[] = [
  { name: 'acknowledged writes are kept', holds: true, detail: '862 of 862' },
  { name: 'one ZooKeeper leader at a time', holds: true, detail: 'no overlap' },
  { name: 'one Mesos leader at a time', holds: true, detail: 'no overlap' },
  { name: 'one Marathon leader at a time', holds: true, detail: 'no overlap' },
  { name: 'framework ids stay', holds: true, detail: '2 of 2' },
  { name: 'ids of Mesos agents stay', holds: true, detail: '2 of 2' },
  { name: 'no task is lost', holds: true, detail: '2 of 2' },
  { name: 'jobs and build numbers stay', holds: true, detail: '1 job' },
  { name: 'the build in flight ends', holds: true, detail: 'main 41: SUCCESS' },
];

const coverage: Judgement['coverage'] = (
  ['zookeeper', 'mesos', 'marathon', 'elected', 'jenkins', 'gateway'] satisfies ProbeName[]
).map((probe, index) => ({
  ...{ probe, from: 'operator', samples: 1020 - index * 10 },
  ...{ perSecond: 10.1, longestGapMs: 109 + index },
}));

export function drillJudgement(parts: Partial<Judgement> = {}): Judgement {
  return {
    verdict: 'PASS',
    reason: 'every moment came in its time; a new build ended 26.4 s after the fault',
    timeline: drillTimeline,
    bounds: drillBounds.map(boundResult),
    invariants: drillInvariants,
    coverage,
    ...parts,
  };
}

export function judgedDrill(parts: Partial<JudgedDrill> = {}): JudgedDrill {
  return {
    began: '2026-03-02T22:00:10.000Z',
    recording: drillRecording(),
    judgement: drillJudgement(),
    phases: [
      { phase: 'plan', ms: 0 },
      { phase: 'observe', ms: injectedAt + 240 },
    ],
    armed: [{ host: 'm2', detail: 'until 22:02:15' }],
    intents: ['SIGKILL to ci-zookeeper on m2'],
    diedIn: undefined,
    isJudged: true,
    ...parts,
  };
}

export function judgedRun(parts: Partial<JudgedRun> = {}): JudgedRun {
  return {
    id: '20260302T220000Z-4f2a',
    began: '2026-03-02T22:00:00.000Z',
    ended: '2026-03-02T22:01:00.000Z',
    end: { exitCode: 0, code: undefined, message: undefined },
    cluster: 'ci',
    command: ['failover-drill', 'zk-leader-kill'],
    notice: 'Mesos, Marathon and Jenkins are stand-ins: times are no measure of the real programs.',
    owner: 'ops@desk',
    process: 'desk:1:1',
    version: '1.2.3',
    drills: [judgedDrill()],
    skipped: [],
    ...parts,
  };
}
