import type { Bound, MomentName } from '../../../src/drill/bound.ts';
import type { DrillPlan, LeaderKind } from '../../../src/drill/drill-plan.ts';
import { createRuns } from '../../../src/drill/observe/runs.ts';
import type { Baseline, Recording } from '../../../src/drill/recording.ts';
import type { Sample, Seen } from '../../../src/drill/sample.ts';

/** The fault of a scenario: the leading Mesos master, or the leading ZooKeeper, is killed. */
export type Scenario = 'mesos' | 'zookeeper';

export const times = {
  injected: 10_000,
  struck: 10_050,
  confirmed: 10_300,
  healed: 26_000,
  end: 30_000,
} as const;

const masters = ['m1', 'm2', 'm3'] as const;
const inside = 'a1';

const agents = { 'S-1': 'a1', 'S-2': 'a2' };
const frameworks = { marathon: 'F-1', 'jenkins-ci': 'ci-jenkins-ci' };
const tasks = ['F-1/jenkins.1@S-1', 'F-1/tool.2@S-2'];
const apps = ['jenkins.1', 'tool.2'];

/** A drill in which all went well, as the observers write it down. */
export function goodRecording(scenario: Scenario = 'mesos'): Recording {
  const world = worlds[scenario];
  const samples = [
    ...masters.flatMap((host) => [
      ...['operator', inside].flatMap((from) => [
        ...sampled(from, 100, (at) => zookeeper(world, host, at)),
        ...sampled(from, 100, (at) => mesos(world, host, at)),
        ...sampled(from, 100, (at) => marathon(world, host, at)),
      ]),
      ...sampled('operator', 100, (at) => elected(world, host, at)),
      ...sampled('operator', 100, (at) => write(world, host, at)),
    ]),
    ...sampled('operator', 500, (at) => synced(world, at)),
    ...sampled('operator', 500, (at) => state(world, at)),
    ...sampled('operator', 500, (at) => appsSeen(world, at)),
    ...['a1', 'a2'].flatMap((host) => [
      ...sampled('operator', 200, () => page(host)),
      ...sampled('operator', 200, () => ({ probe: 'gateway', host, open: true })),
    ]),
  ];
  return {
    plan: planOf(scenario, world),
    baseline: baselineOf(world),
    injectedAt: times.injected,
    confirmedAt: times.confirmed,
    healedAt: times.healed,
    confirmations: [{ confirmed: true, evidence: 'PID 412 is gone' }],
    samples,
    builds: [
      build({ when: 'in-flight', number: 41, startedAt: 5_000, endedAt: 20_000 }),
      build({ when: 'after', number: 42, startedAt: 10_400, endedAt: 22_000 }),
    ],
    aftermath: {
      lostWrites: [],
      jobs: [
        { controller: 'ci', job: 'canary', nextBuild: 43 },
        { controller: 'ci', job: 'app', nextBuild: 7 },
      ],
      residue: [],
      steady: true,
      unsteady: '',
    },
    clocks: [
      { host: inside, offsetMs: 5_000_000, errorMs: 2 },
      { host: inside, offsetMs: 5_000_001, errorMs: 2 },
    ],
    aborted: undefined,
  };
}

/** As it is kept: equal samples in a row as one. */
export function kept(recording: Recording): Recording {
  const runs = createRuns();
  recording.samples.forEach(runs.add);
  return { ...recording, samples: runs.samples() };
}

/** Who leads when: from the time on until the next. Nobody where undefined. */
type Reign = readonly (readonly [number, string | undefined])[];

interface World {
  readonly victim: string;
  readonly zookeeper: Reign;
  readonly mesos: Reign;
  readonly marathon: Reign;
  /** The victim's server is away for so long. */
  readonly away: readonly [number, number];
}

const worlds: Readonly<Record<Scenario, World>> = {
  mesos: {
    victim: 'm1',
    zookeeper: [[0, 'm3']],
    mesos: [...[[0, 'm1'] as const, [times.struck, undefined] as const], [14_000, 'm2']],
    marathon: [[0, 'm2']],
    away: [times.struck, 12_500],
  },
  zookeeper: {
    victim: 'm3',
    zookeeper: [...[[0, 'm3'] as const, [times.struck, undefined] as const], [10_600, 'm2']],
    mesos: [[0, 'm1']],
    marathon: [...[[0, 'm2'] as const, [10_100, undefined] as const], [12_500, 'm1']],
    away: [times.struck, 12_500],
  },
};

function leaderAt(reign: Reign, at: number): string | undefined {
  return reign.findLast(([since]) => since <= at)?.[1];
}

function sampled(from: string, everyMs: number, look: (at: number) => Seen): Sample[] {
  return Array.from({ length: times.end / everyMs }, (_, index) => {
    const at = index * everyMs + (from === 'operator' ? 0 : 37);
    const tookMs = 4 + (index % 7);
    return { at, tookMs, from, seen: look(at) };
  });
}

function isAway({ away: [begin, end] }: World, at: number): boolean {
  return at >= begin && at < end;
}

function zookeeper(world: World, host: string, at: number): Seen {
  const leader = leaderAt(world.zookeeper, at);
  const isVictim = world.zookeeper.length > 1 && host === world.victim;
  if (isVictim && isAway(world, at)) {
    return { probe: 'zookeeper', host, mode: undefined, epoch: undefined, error: 'refused' };
  }
  const epoch = world.zookeeper.length > 1 && at >= 10_600 ? 6 : 5;
  if (leader === undefined) {
    return { probe: 'zookeeper', host, mode: 'looking', epoch: undefined, error: undefined };
  }
  const mode = leader === host ? 'leader' : 'follower';
  return { probe: 'zookeeper', host, mode, epoch, error: undefined };
}

function mesos(world: World, host: string, at: number): Seen {
  const leader = leaderAt(world.mesos, at);
  const isVictim = world.mesos.length > 1 && host === world.victim;
  if (isVictim && isAway(world, at)) {
    return { probe: 'mesos', host, status: undefined, error: 'refused' };
  }
  const isRecovering = leader === undefined && host === 'm2' && at >= 13_900;
  const status = leader === host ? 200 : isRecovering ? 503 : 307;
  return { probe: 'mesos', host, status, error: undefined };
}

function marathon(world: World, host: string, at: number): Seen {
  const leader = leaderAt(world.marathon, at);
  if (leader === undefined) {
    const none = { leader: undefined, elected: undefined, frameworkId: undefined };
    return { probe: 'marathon', host, ...none, error: 'answers 502' };
  }
  const known = { leader, elected: leader === host, frameworkId: frameworks.marathon };
  return { probe: 'marathon', host, ...known, error: undefined };
}

function elected(world: World, host: string, at: number): Seen {
  const isGap = world.zookeeper.length > 1 && at >= times.struck && at < 10_700;
  if (isGap)
    return { probe: 'elected', host, mesos: undefined, marathon: undefined, error: 'closed' };
  // The znode of the dead one stays until its session ends.
  const leader = leaderAt(world.mesos, at) ?? (at < 13_900 ? 'm1' : 'm2');
  return { probe: 'elected', host, mesos: leader, marathon: leaderAt(world.marathon, at) };
}

function write(world: World, host: string, at: number): Seen {
  const isGap = world.zookeeper.length > 1 && at >= times.struck && at < 10_700;
  const isVictim = world.zookeeper.length > 1 && host === world.victim && isAway(world, at);
  const acknowledged = !isGap && !isVictim;
  const value = `${host}-${at}`;
  return { probe: 'write', host, value, acknowledged, error: acknowledged ? undefined : 'closed' };
}

function synced(world: World, at: number): Seen {
  const leader = leaderAt(world.zookeeper, at);
  if (leader === undefined) {
    return { probe: 'zookeeper-synced', host: 'm1', synced: undefined, error: 'no leader' };
  }
  const isWhole = world.zookeeper.length === 1 || !isAway(world, at);
  return { probe: 'zookeeper-synced', host: leader, synced: isWhole ? 2 : 1 };
}

/** A new leader answers with nothing at first, then with agents, then with frameworks (Mesos 1.12). */
function state(world: World, at: number): Seen {
  const host = leaderAt(world.mesos, at);
  const nothing = { agents: [], frameworks: [], tasks: [] };
  if (host === undefined)
    return { probe: 'mesos-state', host: 'm1', ...nothing, error: 'no leader' };
  const sinceMs = at - (world.mesos.at(-1)?.[0] ?? 0);
  const isNew = world.mesos.length > 1 && host === 'm2';
  return {
    probe: 'mesos-state',
    host,
    agents: isNew && sinceMs < 500 ? [] : Object.keys(agents),
    frameworks: isNew && sinceMs < 1000 ? [] : Object.values(frameworks),
    tasks: isNew && sinceMs < 500 ? [] : tasks,
  };
}

function appsSeen(world: World, at: number): Seen {
  const host = leaderAt(world.marathon, at);
  if (host === undefined) return { probe: 'apps', host: 'm2', tasks: [], error: 'no leader' };
  return { probe: 'apps', host, tasks: apps };
}

function page(host: string): Seen {
  return { probe: 'jenkins', host, controller: 'ci', status: 200, error: undefined };
}

type BuildParts = Pick<Recording['builds'][number], 'when' | 'number' | 'startedAt' | 'endedAt'>;

function build(parts: BuildParts): Recording['builds'][number] {
  return { ...parts, controller: 'ci', result: 'SUCCESS', fault: undefined };
}

function baselineOf(world: World): Baseline {
  const leads = (kind: LeaderKind) => leaderAt(world[kind], 0);
  return {
    leaders: { zookeeper: leads('zookeeper'), mesos: leads('mesos'), marathon: leads('marathon') },
    members: { zookeeper: masters, mesos: masters, marathon: masters },
    ...{ agents, frameworks, tasks, apps },
    jobs: [
      { controller: 'ci', job: 'canary', nextBuild: 42 },
      { controller: 'ci', job: 'app', nextBuild: 7 },
    ],
    gateways: ['a1', 'a2'],
    controllers: ['ci'],
  };
}

function planOf(scenario: Scenario, { victim }: World): DrillPlan {
  const container = scenario === 'mesos' ? 'ci-mesos-master' : 'ci-zookeeper';
  return {
    ...{ id: scenario === 'mesos' ? 'D08' : 'D02', name: `${scenario}-leader-kill` },
    ...{ title: 'the leader is killed', class: 'safe' },
    victims: [
      {
        host: victim,
        container,
        roles: ['zookeeper', 'mesos-master', 'marathon'],
        leads: [scenario],
      },
    ],
    attack: {
      kind: 'hosts',
      strikes: [{ host: victim, fault: { kind: 'kill', container } }],
      holdMs: 0,
    },
    bounds: [
      bound(`${scenario}-leader`, 8_000),
      bound('first-write', 5_000),
      bound('agents-back', 10_000),
      bound('frameworks-back', 10_000),
      bound('services-back', 10_000),
      bound('all-synced', 15_000),
      { ...bound('new-build', 30_000), hardMs: 120_000 },
    ],
    expects: {
      mustChange: [scenario],
      mayChange: scenario === 'zookeeper' ? ['marathon'] : [],
      ...{ mayStop: false, mayLoseAgents: [], mayLoseTasksOn: [], mayLoseBuild: undefined },
      overlapMs: 1_000,
    },
    ...{ gates: [], does: [], undoes: [], observeMs: 300_000 },
  };
}

function bound(moment: MomentName, softMs: number): Bound {
  return { moment, from: 'injected', formula: 'X', inputs: [], softMs, hardMs: 20_000 };
}
