import type { ClusterSpec } from '../config/cluster-spec.ts';

/** One stretch of the time until a shared controller runs elsewhere after its host died. */
export interface TimePart {
  readonly what: string;
  readonly ms: number;
  /** How the number comes about, with the settings that decide it. */
  readonly formula: string;
}

export interface MoveTime {
  readonly parts: readonly TimePart[];
  readonly totalMs: number;
}

/** Upper bounds, one after the other; what nobody can bound (a slow disk) is an expectation. */
export function moveTime({ mesos }: Pick<ClusterSpec, 'mesos'>): MoveTime {
  const { agentPingTimeoutMs: ping, maxAgentPingTimeouts: pings } = mesos;
  const parts = [
    {
      what: 'Mesos gives the host up',
      // The first ping may have been answered just before: 85–89 s were seen with 15 s and 5 (1.12).
      ms: ping * (pings + 1),
      formula: `mesos.agentPingTimeout (${seconds(ping)}) × (mesos.maxAgentPingTimeouts (${pings}) + 1)`,
    },
    {
      what: 'Marathon gets an offer and launches it',
      ms: launchMs,
      formula: `${seconds(launchMs)}: offers are revived every 5 s and come every second; if the lock is still held, again after 15 s at most`,
    },
    { what: 'Jenkins starts', ms: startMs, formula: `${seconds(startMs)}, expected` },
  ];
  return { parts, totalMs: parts.reduce((sum, { ms }) => sum + ms, 0) };
}

/** min_revive_offers_interval 5 s, allocation 1 s, our maxLaunchDelaySeconds 15 (Marathon 1.10). */
const launchMs = 21_000;
const startMs = 60_000;

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
