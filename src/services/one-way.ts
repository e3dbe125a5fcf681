import { isOlder, tagVersion } from '../config/image-facts.ts';
import type { ServiceName } from './service.ts';

/** Why a service cannot go back from an image to the one before. */
export interface OneWay {
  readonly reason: string;
  /** State moves forward with the first changed member that leads, or as soon as one starts. */
  readonly moves: 'when-it-leads' | 'when-it-starts';
  /** What to have at hand before. */
  readonly backup: string;
  /** Where the reason is written. */
  readonly source: string;
}

export type Upgradable = ServiceName | 'jenkins';

interface Rule extends OneWay {
  /** False where the pair may go back, too. `from` and `to` differ. */
  readonly concerns: (from: string, to: string) => boolean;
}

/**
 * Services that are not here keep no state, or keep it in a form that older ones read: Mesos agents of
 * any 1.x (downgrades.md of Mesos 1.11), HAProxy and keepalived.
 */
const rules: Partial<Readonly<Record<Upgradable, Rule>>> = {
  zookeeper: {
    concerns: (from, to) => !isSameMinor(from, to),
    reason: 'nobody promises that an older ZooKeeper reads what a newer one has written',
    moves: 'when-it-leads',
    backup: 'the data folder of one member (snapshots and logs)',
    source: 'the administrator guide of ZooKeeper 3.9 tells of upgrades only',
  },
  'mesos-master': {
    concerns: (from, to) => !(reaches(from, 1, 9) && reaches(to, 1, 9)),
    reason:
      'limits of roles and deactivated agents are in the registry from Mesos 1.9 on, and older masters refuse it',
    moves: 'when-it-leads',
    backup: 'the work folder of one stopped master',
    source: 'downgrades.md of Mesos 1.11: minimum capabilities QUOTA_V2 and AGENT_DRAINING',
  },
  marathon: {
    concerns: (from, to) => releaseOf(from) === undefined || releaseOf(from) !== releaseOf(to),
    reason:
      'the first newer instance that leads migrates the state in ZooKeeper, and older ones refuse it',
    moves: 'when-it-leads',
    backup: 'the state of Marathon in ZooKeeper, or its app definitions (GET /v2/groups)',
    source: 'Marathon 1.10: "Migration from … is not supported as it is newer than …"',
  },
  jenkins: {
    concerns: () => true,
    reason: 'a newer core or plugin writes the home in its own form when it starts',
    moves: 'when-it-starts',
    backup: 'the home of the controller',
    source: 'Jenkins handbook: a home is restored with the same or a newer core',
  },
};

/** Undefined if the service can go from `to` back to `from`. A tag that tells no version is not trusted. */
export function oneWay(service: Upgradable, from: string, to: string): OneWay | undefined {
  const rule = rules[service];
  return from === to || rule?.concerns(from, to) !== true ? undefined : rule;
}

/** Between two releases of one line only mistakes are mended. */
function isSameMinor(from: string, to: string): boolean {
  const [one, other] = [tagVersion(from), tagVersion(to)];
  return one !== undefined && one.major === other?.major && one.minor === other.minor;
}

function reaches(image: string, major: number, minor: number): boolean {
  const version = tagVersion(image);
  return version !== undefined && !isOlder(version, { major, minor });
}

/** `1.11.24` of `mesosphere/marathon:v1.11.24`; the same release in another image moves nothing. */
function releaseOf(image: string): string | undefined {
  return /:v?(\d+\.\d+\.\d+)[^:/]*$/.exec(image.split('@')[0] ?? '')?.[1];
}
