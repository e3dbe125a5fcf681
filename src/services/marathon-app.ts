/** Definition of a Marathon app as `PUT /v2/apps` takes it (Marathon 1.10). */
export type MarathonApp = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** On every app of ours: tells whether the deployed one is as planned. */
export const fingerprintLabel = 'io.ci-cluster.fingerprint';

/** Stopped before the next one starts: two with one name, or on one home, would fight. */
export const neverTwice = {
  instances: 1,
  upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
} as const;

export const singleInstance = { MARATHON_SINGLE_INSTANCE_APP: 'true' } as const;

/**
 * Replaced as soon as Mesos gives the host up. Other numbers are looked at every ten minutes only
 * (Marathon 1.10, reconciliation_interval).
 */
export const replacedAtOnce = { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 } as const;

/** Marathon's own goes up to five minutes, also after a restart that was asked for. */
export const soonAgain = {
  backoffSeconds: 5,
  backoffFactor: 1.15,
  maxLaunchDelaySeconds: 15,
} as const;
