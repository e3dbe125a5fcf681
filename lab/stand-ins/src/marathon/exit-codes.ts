/** Why the process ends: `CrashStrategy.scala` and `docs/exit-codes.md` of Marathon 1.10. */
export const exitCodes = {
  zookeeperConnectionFailed: 100,
  zookeeperConnectionLost: 101,
  leadershipLost: 103,
  leadershipEndedFaulty: 104,
  leadershipEndedGracefully: 105,
  mesosSchedulerError: 106,
  uncaught: 107,
  frameworkIdMissing: 108,
  frameworkRemoved: 110,
  cannotBind: 111,
  badFlag: 112,
} as const;

type CrashReason = keyof typeof exitCodes;

export type Crash = (reason: CrashReason, message: string) => void;
