/**
 * Every fault that an operator can act on, with the exit code of its kind. The codes are interface:
 * they stand in text and JSON output, and scripts decide by them.
 */
export const exitCodes = {
  USAGE: 2,
  CONFIG_UNREADABLE: 2,
  CONFIG_INVALID: 2,
  SECRET_UNREADABLE: 2,
  KEY_UNREADABLE: 2,
  FILE_NOT_WRITTEN: 2,
  PLAN_UNREADABLE: 2,
  HOST_UNREACHABLE: 4,
  HOST_KEY_UNKNOWN: 4,
  HOST_KEY_CHANGED: 4,
  AUTH_REFUSED: 4,
  SUDO_REFUSED: 4,
  SHELL_UNFIT: 4,
  FORWARDING_REFUSED: 4,
  JENKINS_LOGIN_REFUSED: 4,
  FACTS_UNREADABLE: 5,
  STEP_FAILED: 5,
  IMAGE_MISSING: 5,
  CONTAINER_EXITED: 5,
  DOCKER_INSTALL_FAILED: 5,
  APP_REFUSED: 5,
  HOSTS_FAILED: 5,
  DRILL_NOT_INJECTED: 5,
  LAB_FAILED: 5,
  UNSUPPORTED_SYSTEM: 6,
  TOOL_MISSING: 6,
  DOCKER_CONFIG_INVALID: 6,
  PORT_IN_USE: 6,
  DISK_FULL: 6,
  CONTAINER_MISSING: 6,
  GATE_NOT_REACHED: 6,
  UNHEALTHY: 6,
  VERSIONS_UNFIT: 6,
  CONTROLLER_DOWN: 6,
  QUIETING_DOWN: 6,
  JENKINS_REFUSED: 6,
  LABEL_UNKNOWN: 6,
  FRAMEWORK_DISCONNECTED: 6,
  BUILD_NOT_OFFERED: 6,
  BUILD_AGENT_NOT_ONLINE: 6,
  BUILD_NOT_FINISHED: 6,
  BUILD_FAILED: 6,
  LOCK_HELD: 7,
  LOCK_LOST: 5,
  PLAN_OUTDATED: 8,
  BUILDS_RUNNING: 8,
  POOL_TOO_SMALL: 8,
  TOO_FEW_MASTERS: 8,
  MEMBERSHIP_CHANGE: 8,
  FOREIGN_HOST: 8,
  NOT_MOVABLE: 8,
  NOT_PROVED_DEAD: 8,
  TEARDOWN_REFUSED: 8,
  NOTHING_TO_RESTART: 8,
  NOTHING_KEPT: 8,
  ONE_WAY: 8,
  BACKUP_MISSING: 8,
  UNAPPLIED_CHANGES: 8,
  DRILL_NOT_ARMED: 8,
  DRILL_REFUSED: 8,
  VERSIONS_UNTRIED: 8,
  CONFIRMATION_MISSING: 9,
  RESULT_UNKNOWN: 10,
  DRILL_UNHEALED: 11,
  INTERRUPTED: 130,
} as const;

export type ErrorCode = keyof typeof exitCodes;

export interface ErrorDetails {
  /** One thing to do, with the command to type where there is one. */
  readonly remedy: string;
  /** Name of the host in the cluster file, if the fault has one place. */
  readonly host?: string | undefined;
  readonly cause?: unknown;
  /** Last lines of a container's log, or of a command's stderr; shown indented below the message. */
  readonly evidence?: readonly string[] | undefined;
  /** The faults this one sums up, one per host. */
  readonly parts?: readonly ClusterError[] | undefined;
}

/** Something the operator can act on. Anything else that reaches the top is a bug in ci-cluster. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly host: string | undefined;
  readonly evidence: readonly string[];
  readonly parts: readonly ClusterError[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(message, { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
    this.host = details.host;
    this.evidence = details.evidence ?? [];
    this.parts = details.parts ?? [];
  }
}

/** Which of several faults decides the exit code: the first of these that occurs. */
const precedence = [11, 10, 8, 5, 6, 4];

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof ClusterError)) return 1;
  if (error.parts.length === 0) return exitCodes[error.code];
  const codes = error.parts.map(exitCodeOf);
  return precedence.find((code) => codes.includes(code)) ?? codes[0] ?? exitCodes[error.code];
}
