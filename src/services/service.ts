import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import type { Secret } from '../secret.ts';
import type { Templates } from './render.ts';

/** The five visible steps of a run, in their order. */
export const phases = ['hosts', 'ensemble', 'masters', 'agents', 'services'] as const;
export type Phase = (typeof phases)[number];

export type ServiceName =
  'zookeeper' | 'mesos-master' | 'mesos-agent' | 'marathon' | 'gateway' | 'keepalived';

/** A file that ci-cluster owns on a host. */
export interface ManagedFile {
  readonly path: string;
  readonly content: string | Secret;
  /** Octal, as for chmod: `0644`. */
  readonly mode: string;
  readonly owner: Owner;
}

/** Numeric, because the users exist in the images and not on the hosts. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export const root: Owner = { uid: 0, gid: 0 };
/** User of the official ZooKeeper (zookeeper 3.9 image) and Jenkins (jenkins/jenkins) images. */
export const serviceUser: Owner = { uid: 1000, gid: 1000 };

export interface Folder {
  readonly path: string;
  readonly mode: string;
  readonly owner: Owner;
}

export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly readOnly: boolean;
}

/** A container on the host's network; the rest of `docker run` is the same for all. */
export interface Container {
  readonly name: string;
  readonly image: string;
  /** Arguments after the image; they replace its CMD. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** Shares the host's process ids: the container can see tasks that outlive it. */
  readonly hostPids: boolean;
  readonly capabilities: readonly string[];
  /** Grace between TERM and KILL, in seconds. */
  readonly stopSeconds: number;
  /** Ports that must listen before the container counts as started. */
  readonly listens: readonly number[];
  /** Ports that it opens later, as a leader for instance; nobody else may have them either. */
  readonly opensLater: readonly number[];
}

/** What a render needs; pure. */
export interface RenderInput {
  readonly spec: ClusterSpec;
  readonly host: Host;
  readonly templates: Templates;
  /** The host has cgroup v2 only, where Mesos' own cgroup isolation does not work. */
  readonly cgroupV2: boolean;
  /** Network interface that has the host's service address; undefined where nobody has looked. */
  readonly interface?: string | undefined;
}

/** A kind of server that runs as one container on each of its hosts. */
export interface Service {
  readonly name: ServiceName;
  readonly title: string;
  readonly phase: Phase;
  readonly hosts: (spec: ClusterSpec) => readonly Host[];
  /** Members vote: never restart two at once, and only while the others can go on. */
  readonly votes: boolean;
  readonly folders: (spec: ClusterSpec, host: Host) => readonly Folder[];
  readonly files: (input: RenderInput) => readonly ManagedFile[];
  readonly container: (input: RenderInput) => Container;
}
