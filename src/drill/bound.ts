/** Where a number comes from: the flags of a running process, or the default that applies without. */
export interface BoundInput {
  readonly name: string;
  readonly value: number;
  readonly unit: 's' | 'ms' | 'count';
  /** `m1: --zk_session_timeout`, `m2: zoo.cfg tickTime`, `default of Mesos 1.11`. */
  readonly source: string;
}

/** What a timeline is made of; each is a moment that the probes see. */
export const momentNames = [
  'injected',
  'confirmed',
  /** The first probe that tells something else than before. */
  'noticed',
  'zookeeper-leader',
  'mesos-leader',
  'marathon-leader',
  /** A write to ZooKeeper that was begun after the fault and acknowledged. */
  'first-write',
  'agents-back',
  'frameworks-back',
  'services-back',
  /** The end of a build that was started after the fault. */
  'new-build',
  'all-synced',
  'healed',
] as const;
export type MomentName = (typeof momentNames)[number];

/** How long after `injected` (or `healed`, for what cannot come sooner) a moment may take. */
export interface Bound {
  readonly moment: MomentName;
  readonly from: 'injected' | 'healed';
  /** `X + 2 s + R`, with the letters explained by `inputs`. */
  readonly formula: string;
  readonly inputs: readonly BoundInput[];
  /** Later than this is SLOW. */
  readonly softMs: number;
  /** Nobody waits longer. */
  readonly hardMs: number;
}
