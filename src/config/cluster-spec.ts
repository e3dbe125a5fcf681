import type { SshTarget } from '../ports.ts';
import type { Secret } from '../secret.ts';
import type { Portion } from './portion.ts';
import type { CheckSwitches } from './check-names.ts';

/**
 * The cluster file after parsing: complete, defaulted, checked. Nothing downstream reads the file
 * again and nothing changes this value.
 */
export interface ClusterSpec {
  /** Lower-case letters, digits and hyphens, at most 40; part of labels and paths. */
  readonly name: string;
  /** `lab` allows what only throw-away hosts may suffer. */
  readonly environment: 'production' | 'lab';
  /** Printed verbatim with every result. */
  readonly notice: string | undefined;
  /** In the order of the cluster file; every list derived from it keeps that order. */
  readonly hosts: readonly Host[];
  readonly images: Images;
  readonly docker: DockerSettings;
  readonly folders: Folders;
  readonly zookeeper: ZookeeperSettings;
  readonly mesos: MesosSettings;
  readonly marathon: MarathonSettings;
  readonly gateway: GatewaySettings;
  readonly rollout: RolloutSettings;
  readonly jenkins: readonly JenkinsController[];
  /** Checks that are off, or that say `warn` or `fail` whatever they find. */
  readonly checks: CheckSwitches;
}

export const roles = ['zookeeper', 'mesos-master', 'marathon', 'mesos-agent', 'gateway'] as const;
export type Role = (typeof roles)[number];

export interface Host {
  readonly name: string;
  /** IPv4 address that the services bind and advertise; never a name, never loopback or 0.0.0.0. */
  readonly address: string;
  /** Without duplicates, in the order of `roles`. */
  readonly roles: readonly Role[];
  readonly ssh: SshTarget;
  readonly agent: AgentSettings;
}

/** Of hosts with the role mesos-agent; defaults elsewhere. */
export interface AgentSettings {
  /** Rendered as Mesos attributes, in the order of the file. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Undefined values are left to Mesos' own detection. `cpus` is a number of cores, the rest MiB. */
  readonly resources: {
    readonly cpus: number | undefined;
    readonly memoryMb: number | undefined;
    readonly diskMb: number | undefined;
    readonly ports: PortRange;
  };
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Full references: `registry:5000/name:tag` or `name@sha256:…`. */
export interface Images {
  readonly zookeeper: string;
  readonly mesosMaster: string;
  readonly mesosAgent: string;
  readonly marathon: string;
  readonly haproxy: string;
  /** Only needed where an address moves between the gateways; there is no official image. */
  readonly keepalived?: string | undefined;
}

export interface DockerSettings {
  /** `host:port` of registries without TLS; added to what daemon.json already has. */
  readonly insecureRegistries: readonly string[];
  readonly registryMirrors: readonly string[];
  readonly logMaxSizeMb: number;
  readonly logMaxFiles: number;
}

/** Absolute paths on the hosts. */
export interface Folders {
  /** Rendered files and the cluster's identity; may be removed and rendered again. */
  readonly config: string;
  /** What the services keep; deleted by `destroy --purge` alone. */
  readonly data: string;
}

export interface ZookeeperSettings {
  readonly clientPort: number;
  readonly quorumPort: number;
  readonly electionPort: number;
  readonly tickTimeMs: number;
  /** In ticks. */
  readonly initLimit: number;
  readonly syncLimit: number;
  readonly maxClientConnections: number;
  readonly autopurgeHours: number;
  readonly heapMb: number;
}

export interface MesosSettings {
  readonly masterPort: number;
  readonly agentPort: number;
  /** Path of the `zk://` URL, with its slash. */
  readonly zookeeperPath: string;
  readonly zookeeperSessionMs: number;
  readonly agentPingTimeoutMs: number;
  readonly maxAgentPingTimeouts: number;
  readonly offerTimeoutMs: number;
  readonly executorRegistrationTimeoutMs: number;
}

export interface MarathonSettings {
  readonly port: number;
  readonly libprocessPort: number;
  readonly zookeeperPath: string;
  readonly zookeeperSessionMs: number;
  readonly heapMb: number;
}

export interface GatewaySettings {
  readonly mesosPort: number;
  readonly marathonPort: number;
  readonly entrance: Entrance;
}

/** How changes of running services go from host to host. */
export interface RolloutSettings {
  /** Hosts changed at once, where members do not depend on each other. */
  readonly batch: Portion;
  /** Hosts that go before the first batch. */
  readonly canary: number;
  /** Hosts of batches that may fail before the rollout stops. */
  readonly maxFailures: Portion;
  /** After each batch: time for which everything must stay in order. */
  readonly pauseMs: number;
}

/** How people and build agents find a gateway when the one they used is gone. */
export type Entrance =
  /** A name with the addresses of all gateway hosts; the operator's own. */
  | { readonly kind: 'dns' }
  /** A load balancer that somebody else runs. */
  | { readonly kind: 'external' }
  /** One address that keepalived moves between the gateway hosts (VRRP). */
  | {
      readonly kind: 'vip';
      readonly address: string;
      /** Network interface; the one that has the host's service address if undefined. */
      readonly interface: string | undefined;
      /** 1 to 255; two clusters in one network need different ones. */
      readonly routerId: number;
    };

export interface JenkinsController {
  readonly name: string;
  readonly image: string;
  readonly cpus: number;
  readonly memoryMb: number;
  /** Port of the web interface and of inbound build agents on the Mesos agent's host. */
  readonly port: number;
  readonly agentPort: number;
  /** Port of the web interface and of inbound build agents on the gateways. */
  readonly gatewayPort: number;
  readonly gatewayAgentPort: number;
  /** What people type; ends in `/`. */
  readonly url: string;
  readonly home: JenkinsHome;
  readonly admin: { readonly user: string; readonly password: Secret };
  /** What the controller must have, by short name; versions are exact. */
  readonly plugins: Readonly<Record<string, string>>;
  /** Further JCasC files, in the order of their names; merged by the plugin, conflicts refused. */
  readonly fragments: readonly CascFragment[];
  readonly framework: FrameworkSettings;
  readonly keepBuilds: { readonly count: number; readonly days: number | undefined };
  /** In the order of the file; labels are unique within a controller. */
  readonly buildAgents: readonly BuildAgentTemplate[];
  readonly canary: CanaryBuild;
}

export interface CascFragment {
  /** File name, ends in `.yml` or `.yaml`. */
  readonly name: string;
  readonly content: string;
}

/** How Mesos knows the controller and what it may take from the pool. */
export interface FrameworkSettings {
  /** Fixed: with another id at each start the old framework would linger for a week. */
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly weight: number;
  /** Most that the role may hold at once; undefined parts are not limited. */
  readonly limit: { readonly cpus: number | undefined; readonly memoryMb: number | undefined };
}

export interface BuildAgentTemplate {
  readonly label: string;
  /** Launched on demand by the Mesos plugin, or kept running by Marathon (`count` of them). */
  readonly via: 'mesos' | 'marathon';
  readonly image: string;
  readonly cpus: number;
  readonly memoryMb: number;
  /** 0: not declared. Docker does not enforce it; reported when exceeded. */
  readonly diskMb: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly idleMinutes: number;
  /** Of `via: marathon`; 0 otherwise. */
  readonly count: number;
  /** `host` and `dockerSocket` open the control ports, or the whole host, to builds. */
  readonly network: 'bridge' | 'host';
  readonly dockerSocket: boolean;
}

/** What `ci-cluster build` runs. */
export interface CanaryBuild {
  /** Undefined: the controller has no build agents. */
  readonly label: string | undefined;
  /** Cloned by the build; undefined: the script alone. */
  readonly repository: string | undefined;
  /** Shell, run in the clone. */
  readonly run: string;
  /** Glob of what is archived; undefined: nothing. */
  readonly artifacts: string | undefined;
}

/** Path on the host(s), owned by uid 1000. */
export type JenkinsHome =
  | {
      readonly kind: 'pinned';
      readonly host: string;
      readonly path: string;
      readonly backup: HomeBackup;
    }
  | { readonly kind: 'shared'; readonly path: string };

/** Archives of a pinned home on its own host, made by a timer there. */
export interface HomeBackup {
  readonly folder: string;
  readonly everyHours: number;
  readonly keep: number;
}
