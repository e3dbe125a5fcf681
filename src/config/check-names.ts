/**
 * The checks of `ci-cluster check`, by the names that switch them and the numbers that stand in
 * reports. Both are interface: neither is changed or given to another check.
 */
export const checkNumbers = {
  HOST_REACHED: 101,
  HOST_SUDO: 102,
  HOST_FACTS: 103,
  SSH_FORWARDING: 104,
  HOST_SYSTEM: 105,
  HOST_ARCHITECTURE: 106,
  HOST_KERNEL: 107,
  HOST_TOOLS: 108,
  HOST_SELINUX: 109,
  HOST_OUTLIER: 110,
  HOST_MEMORY: 111,
  INIT_PREFLIGHT: 112,
  DRILL_RESIDUE: 113,
  DOCKER_RUNS: 201,
  DOCKER_VERSION: 202,
  DOCKER_STORAGE: 203,
  DOCKER_LIVE_RESTORE: 204,
  DOCKER_MODE: 205,
  DOCKER_LIMITS: 206,
  CGROUP_VERSION: 207,
  AGENT_DOCKER_CLIENT: 208,
  HOST_ADDRESS: 301,
  PORTS_FREE: 302,
  PORT_MATRIX: 303,
  EPHEMERAL_PORTS: 304,
  CONTROL_PORTS_OUTSIDE: 305,
  NAME_OWN: 401,
  NAMES_RESOLVE: 402,
  JENKINS_URL_NAME: 403,
  CLOCK_SERVICE: 404,
  CLOCK_OFFSET: 405,
  DISK_SPACE: 501,
  DISK_FORECAST: 502,
  STATE_VOLATILE: 503,
  DUPLICATE_MACHINE_ID: 601,
  DUPLICATE_HOST_KEY: 602,
  DUPLICATE_HOSTNAME: 603,
  IMAGE_AVAILABLE: 701,
  IMAGE_SAME: 702,
  IMAGE_ARCHITECTURE: 703,
  IMAGE_ENVIRONMENT: 704,
  JENKINS_HOME_LOCK: 705,
  JENKINS_HOME_OWNER: 706,
  ENSEMBLE_SIZE: 801,
  QUORUM_NOW: 802,
  VERSION_SET: 803,
  PORT_COLLISION: 804,
  AGENT_RESOURCES: 805,
} as const;

export type CheckName = keyof typeof checkNumbers;

export const checkNames = Object.keys(checkNumbers) as CheckName[];

/** What the cluster file makes of a check; without an entry it says what it finds. */
export const switches = ['off', 'warn', 'fail'] as const;
export type Switch = (typeof switches)[number];

export type CheckSwitches = Readonly<Partial<Record<CheckName, Switch>>>;
