import type { Baseline } from '../../drill/recording.ts';
import { blindErrors, type Seen } from '../../drill/sample.ts';

/** How a place in a lane is painted. */
export type State = 'leads' | 'serves' | 'between' | 'down' | 'blind';

export const stateWords: Readonly<Record<State, string>> = {
  leads: 'leads',
  serves: 'in order',
  between: 'in between',
  down: 'no answer, or nobody',
  blind: 'could not look',
};

/** Groups of lanes, from the top down. */
export const groups = [
  ...(['ZooKeeper', 'Writes', 'Mesos', 'Marathon', 'Jenkins', 'Gateways', 'Builds'] as const),
] as const;
export type Group = (typeof groups)[number];

/** What one sample says about one lane. */
export interface Sight {
  readonly group: Group;
  readonly label: string;
  readonly state: State;
  /** Written into the band where there is room. */
  readonly word: string;
}

export function sightsOf(seen: Seen, baseline: Baseline | undefined): readonly Sight[] {
  switch (seen.probe) {
    case 'zookeeper':
      return [member('ZooKeeper', seen, zookeeper(seen))];
    case 'zookeeper-synced':
      return [{ group: 'ZooKeeper', label: 'in step', ...inStep(seen, baseline) }];
    case 'write':
      return [member('Writes', seen, written(seen))];
    case 'mesos':
      return [member('Mesos', seen, mesos(seen))];
    case 'marathon':
      return [member('Marathon', seen, marathon(seen))];
    case 'jenkins':
      return [member('Jenkins', { host: `${seen.controller} at ${seen.host}` }, jenkins(seen))];
    case 'gateway':
      return [member('Gateways', seen, gateway(seen))];
    default:
      return leadersAndSets(seen, baseline);
  }
}

type Look = Omit<Sight, 'group' | 'label'>;
type SeenBy<Probe extends Seen['probe']> = Extract<Seen, { probe: Probe }>;

function member(group: Group, { host }: { readonly host: string }, look: Look): Sight {
  return { group, label: host, ...look };
}

function zookeeper({ mode, error }: SeenBy<'zookeeper'>): Look {
  switch (mode) {
    case 'leader':
      return { state: 'leads', word: 'leads' };
    case 'follower':
      return { state: 'serves', word: 'follows' };
    case 'standalone':
      return { state: 'leads', word: 'stands alone' };
    case 'looking':
      return { state: 'between', word: 'no leader' };
    case undefined:
      return failed(error);
  }
}

function inStep(
  { synced, error }: SeenBy<'zookeeper-synced'>,
  baseline: Baseline | undefined,
): Look {
  if (synced === undefined) return failed(error ?? 'no leader');
  const all = (baseline?.members.zookeeper.length ?? 1) - 1;
  return { state: synced >= all ? 'serves' : 'between', word: `${synced} of ${all}` };
}

function written({ acknowledged, error }: SeenBy<'write'>): Look {
  return acknowledged ? { state: 'serves', word: 'acknowledged' } : failed(error);
}

/** Mesos: 307 sends to the leader, 503 knows of none or has not recovered yet. */
function mesos({ status, error }: SeenBy<'mesos'>): Look {
  if (status === undefined) return failed(error);
  if (status === 200) return { state: 'leads', word: 'leads' };
  if (status === 307) return { state: 'serves', word: 'stands by' };
  return { state: 'between', word: `HTTP ${status}` };
}

function marathon({ elected, leader, error }: SeenBy<'marathon'>): Look {
  if (elected === undefined && leader === undefined && error !== undefined) return failed(error);
  if (elected === true) return { state: 'leads', word: 'leads' };
  if (leader === undefined) return { state: 'between', word: 'no leader' };
  return { state: 'serves', word: 'stands by' };
}

function jenkins({ status, error }: SeenBy<'jenkins'>): Look {
  if (status === undefined) return failed(error);
  if (status < 400) return { state: 'serves', word: 'answers' };
  return { state: 'between', word: `HTTP ${status}` };
}

function gateway({ open, error }: SeenBy<'gateway'>): Look {
  return open ? { state: 'serves', word: 'open' } : failed(error ?? 'closed');
}

function failed(error: string | undefined): Look {
  const isBlind = blindErrors.some((blind) => blind === error);
  return { state: isBlind ? 'blind' : 'down', word: error ?? 'no answer' };
}

function leadersAndSets(
  seen: SeenBy<'elected' | 'mesos-state' | 'apps'>,
  baseline: Baseline | undefined,
): readonly Sight[] {
  switch (seen.probe) {
    case 'elected':
      return [
        { group: 'Mesos', label: 'by znode', ...elected(seen.mesos, seen.error) },
        { group: 'Marathon', label: 'by znode', ...elected(seen.marathon, seen.error) },
      ];
    case 'apps':
      return [
        { group: 'Marathon', label: 'tasks', ...kept(seen.tasks, baseline?.apps, seen.error) },
      ];
    case 'mesos-state':
      return [
        ['agents', seen.agents, Object.keys(baseline?.agents ?? {})] as const,
        ['frameworks', seen.frameworks, Object.values(baseline?.frameworks ?? {})] as const,
        ['tasks', seen.tasks, baseline?.tasks] as const,
      ].map(([label, now, before]): Sight => ({
        ...{ group: 'Mesos', label },
        ...kept(now, before, seen.error),
      }));
  }
}

function elected(host: string | undefined, error: string | undefined): Look {
  if (host !== undefined) return { state: 'leads', word: host };
  return failed(error ?? 'nobody');
}

/** How many of those before the fault are there. */
function kept(
  now: readonly string[],
  before: readonly string[] | undefined,
  error: string | undefined,
): Look {
  if (error !== undefined) return failed(error);
  if (before === undefined) return { state: 'serves', word: String(now.length) };
  const there = new Set(now);
  const count = before.filter((one) => there.has(one)).length;
  const word = `${count} of ${before.length}`;
  if (count === before.length) return { state: 'serves', word };
  return { state: count === 0 ? 'down' : 'between', word };
}
