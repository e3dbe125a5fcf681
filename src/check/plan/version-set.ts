import type { ClusterSpec } from '../../config/cluster-spec.ts';
import { isOlder, tagVersion, type Version } from '../../config/image-facts.ts';
import { once, type Check, type Judged } from '../check.ts';
import { failing, passed, skipped, warning } from '../check-result.ts';

export const versionSet: Check = {
  name: 'VERSION_SET',
  title: 'the versions of the images go together',
  why: 'Marathon 1.7 and later want Mesos 1.5 (its compatibility page), the Mesos plugin 2.0 of Jenkins wants 1.9 (its client’s code), ZooKeeper before 3.5 has no server lines like ours, and masters are upgraded before agents.',
  severity: 'fail',
  remedy: 'Other tags under `images`.',
  judge: once(({ spec }) => judged(spec)),
};

type Versions = Readonly<
  Record<'zookeeper' | 'master' | 'agent' | 'marathon', Version | undefined>
>;

interface Pair {
  readonly isBad: (versions: Versions, spec: ClusterSpec) => boolean;
  readonly told: string;
  readonly judge: typeof failing;
}

const pairs: readonly Pair[] = [
  {
    isBad: ({ marathon, master }) =>
      isAtLeast(marathon, { major: 1, minor: 7 }) && isBelow(master, { major: 1, minor: 5 }),
    told: 'Marathon 1.7 and later want Mesos 1.5',
    judge: failing,
  },
  {
    isBad: ({ master }, { jenkins }) =>
      isBelow(master, { major: 1, minor: 9 }) && jenkins.some(({ plugins }) => 'mesos' in plugins),
    told: 'the Mesos plugin 2.0 wants Mesos 1.9',
    judge: failing,
  },
  {
    isBad: ({ zookeeper }) => isBelow(zookeeper, { major: 3, minor: 5 }),
    told: 'ZooKeeper before 3.5 does not understand our server lines',
    judge: failing,
  },
  {
    isBad: ({ master, agent }) => master !== undefined && isAtLeast(agent, next(master)),
    told: 'Mesos agents are newer than their masters',
    judge: failing,
  },
  {
    isBad: ({ master, agent }) => master !== undefined && isBelow(agent, master),
    told: 'Mesos agents are older than their masters',
    judge: warning,
  },
];

function judged(spec: ClusterSpec): Omit<Judged, 'host'> {
  const { images } = spec;
  const versions: Versions = {
    zookeeper: tagVersion(images.zookeeper),
    master: tagVersion(images.mesosMaster),
    agent: tagVersion(images.mesosAgent),
    marathon: tagVersion(images.marathon),
  };
  const told = Object.entries(versions).map(([name, version]) => `${name} ${shown(version)}`);
  const bad = pairs.find(({ isBad }) => isBad(versions, spec));
  if (bad !== undefined) {
    return bad.judge(`${bad.told}: ${told.join(', ')}`, 'Name other tags under images:.');
  }
  const unknown = Object.values(versions).filter((version) => version === undefined);
  if (unknown.length === 0) return passed(`no bad pair is known: ${told.join(', ')}`);
  return skipped(
    `not all tags tell a version: ${told.join(', ')}`,
    'ci-cluster status asks what runs.',
  );
}

function isBelow(version: Version | undefined, other: Version): boolean {
  return version !== undefined && isOlder(version, other);
}

function isAtLeast(version: Version | undefined, other: Version): boolean {
  return version !== undefined && !isOlder(version, other);
}

function next({ major, minor }: Version): Version {
  return { major, minor: minor + 1 };
}

function shown(version: Version | undefined): string {
  return version === undefined ? '?' : `${version.major}.${version.minor}`;
}
