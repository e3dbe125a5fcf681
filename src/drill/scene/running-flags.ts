/** What running processes say that their settings are; undefined where one did not tell. */
export interface RunningFlags {
  /** By host. */
  readonly zookeeper: ReadonlyMap<string, ZookeeperFlags>;
  readonly masters: ReadonlyMap<string, MasterFlags>;
  readonly agents: ReadonlyMap<string, AgentFlags>;
  readonly marathon: MarathonFlags | undefined;
}

/** As the four-letter word `conf` tells them. A lone member has no limits (3.8). */
export interface ZookeeperFlags {
  readonly tickTimeMs: number | undefined;
  readonly initLimit: number | undefined;
  readonly syncLimit: number | undefined;
  readonly minSessionMs: number | undefined;
  readonly maxSessionMs: number | undefined;
  /** Of `server.N` with its own number: `10.0.0.11:2888:3888:participant;10.0.0.11:2181`. */
  readonly ownLine: string | undefined;
}

/** As `/flags` of the master tells them. */
export interface MasterFlags {
  readonly sessionMs: number | undefined;
  readonly pingMs: number | undefined;
  readonly maxPings: number | undefined;
  readonly quorum: number | undefined;
  readonly registryFetchMs: number | undefined;
  readonly agentReregisterMs: number | undefined;
}

/** As `/flags` of the agent tells them. */
export interface AgentFlags {
  readonly executorReregistrationMs: number | undefined;
  readonly registrationBackoffMs: number | undefined;
  readonly executorRegistrationMs: number | undefined;
  /** Its executors run in containers of their own. */
  readonly dockerMesosImage: string | undefined;
}

/** As `/v2/info` of the leader tells them. */
export interface MarathonFlags {
  readonly host: string;
  readonly sessionMs: number | undefined;
  readonly failoverSeconds: number | undefined;
  readonly checkpoint: boolean | undefined;
}
