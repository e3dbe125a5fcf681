import type { Images } from '../config/cluster-spec.ts';
import { isOlder, tagVersion, type Version } from '../config/image-facts.ts';

/** Images as they are and as they shall be. */
export interface ImageStep {
  readonly from: Images;
  readonly to: Images;
}

/** Versions that ran together, all real programs; only the parts that depend on each other. */
interface TriedSet {
  readonly zookeeper: string;
  readonly mesos: string;
  readonly marathon: string;
  /** When and by whom it was seen. */
  readonly evidence: string;
}

/**
 * Empty: the stack has run on stand-ins only, so no set can be vouched for. With the first entry any
 * other set is a doubt.
 */
const triedSets: readonly TriedSet[] = [];

/** What speaks against the step, as far as the tags tell versions. */
export function doubtsAbout({ from, to }: ImageStep): readonly string[] {
  return [
    ...skipped('Mesos masters', from.mesosMaster, to.mesosMaster),
    ...skipped('Mesos agents', from.mesosAgent, to.mesosAgent),
    ...agentsAhead(to),
    ...marathonChain(from.marathon, to.marathon),
    ...marathonNeeds(to),
    ...majorSteps({ from, to }),
  ];
}

/** Said with every upgrade that nobody can vouch for. */
export function untriedNote(): string | undefined {
  return triedSets.length === 0
    ? 'no set of versions was ever tried together with the real programs, so this one was not either'
    : undefined;
}

/** Mesos 1.11, upgrades.md: from one minor version to the next, each tested with the one before. */
function skipped(what: string, from: string, to: string): readonly string[] {
  const [one, other] = [tagVersion(from), tagVersion(to)];
  if (one === undefined || one.major !== other?.major) return [];
  if (other.minor - one.minor < 2) return [];
  return [`${what} would skip a minor version, from ${text(one)} to ${text(other)}`];
}

/** Mesos 1.11, upgrades.md: masters first, then agents. */
function agentsAhead({ mesosMaster, mesosAgent }: Images): readonly string[] {
  const [master, agent] = [tagVersion(mesosMaster), tagVersion(mesosAgent)];
  if (master === undefined || agent === undefined) return [];
  return isOlder(master, agent)
    ? [`Mesos agents ${text(agent)} would be newer than the masters ${text(master)}`]
    : [];
}

/** Marathon, upgrade notes: to 1.5 from 1.4 only, to 1.8 and later from 1.6 or 1.7 at least. */
function marathonChain(from: string, to: string): readonly string[] {
  const [one, other] = [tagVersion(from), tagVersion(to)];
  if (one === undefined || other === undefined) return [];
  const least = [
    { reaches: { major: 1, minor: 8 }, from: { major: 1, minor: 6 } },
    { reaches: { major: 1, minor: 5 }, from: { major: 1, minor: 4 } },
  ].find(({ reaches }) => !isOlder(other, reaches));
  if (least === undefined || !isOlder(one, least.from)) return [];
  return [`Marathon goes to ${text(other)} from ${text(least.from)} on, not from ${text(one)}`];
}

/** Marathon 1.7 and later: Mesos 1.5 (mesos-compatibility.md). */
function marathonNeeds({ marathon, mesosMaster }: Images): readonly string[] {
  const [own, mesos] = [tagVersion(marathon), tagVersion(mesosMaster)];
  if (own === undefined || mesos === undefined || isOlder(own, { major: 1, minor: 7 })) return [];
  return isOlder(mesos, { major: 1, minor: 5 })
    ? [`Marathon ${text(own)} needs Mesos 1.5, the masters are ${text(mesos)}`]
    : [];
}

function majorSteps({ from, to }: ImageStep): readonly string[] {
  const keys = ['zookeeper', 'mesosMaster', 'marathon'] as const;
  return keys.flatMap((key) => {
    const [one, other] = [tagVersion(from[key]), tagVersion(to[key])];
    if (one === undefined || other === undefined) return [];
    if (one.major === other.major) return [];
    return [`${key} would change its major version, from ${text(one)} to ${text(other)}`];
  });
}

function text({ major, minor }: Version): string {
  return `${major}.${minor}`;
}
