import { z } from 'zod';
import type { ClusterSpec, Host, Role } from '../config/cluster-spec.ts';
import { hostsWith, zookeeperMembers } from './members.ts';

/** Where each host keeps whose it is. Fixed, so that no setting can make a claimed host look free. */
export const identityFolder = '/etc/ci-cluster';
export const identityPath = `${identityFolder}/cluster.json`;

/** Beside data that outlives its cluster: whose it was, and which number each member had. */
export function keptIdentityPath({ folders }: ClusterSpec): string {
  return `${folders.data}/cluster.json`;
}

/** What the first run writes on every host: whose host it is and who may vote. */
export interface Identity {
  readonly schemaVersion: 1;
  readonly name: string;
  /** Random, made once; two clusters of one name differ in it. */
  readonly id: string;
  /** `1=m1@10.0.0.11`: the number is the ZooKeeper id, which must never change for a host. */
  readonly zookeeper: readonly string[];
  /** `m1@10.0.0.11:5050`. */
  readonly mesosMasters: readonly string[];
  readonly zookeeperPaths: { readonly mesos: string; readonly marathon: string };
  /** Client, quorum and election port: `2181:2888:3888`. Absent in records of earlier versions. */
  readonly zookeeperPorts?: string | undefined;
  /** Where all state is kept. Absent in records of earlier versions. */
  readonly dataFolder?: string | undefined;
  /** `10.0.0.21:5051`; Mesos refuses an agent whose hostname or port has changed. */
  readonly mesosAgent: string | null;
}

/** The record of one host; all but `mesosAgent` is the same on every host. */
export function identityOf(spec: ClusterSpec, id: string, host: Host): Identity {
  return {
    schemaVersion: 1,
    name: spec.name,
    id,
    zookeeper: zookeeperMembers(spec).map(
      (member) => `${member.id}=${member.host.name}@${member.host.address}`,
    ),
    mesosMasters: hostsWith(spec, 'mesos-master').map(
      (host) => `${host.name}@${host.address}:${spec.mesos.masterPort}`,
    ),
    zookeeperPaths: { mesos: spec.mesos.zookeeperPath, marathon: spec.marathon.zookeeperPath },
    zookeeperPorts: zookeeperPorts(spec),
    dataFolder: spec.folders.data,
    mesosAgent: host.roles.includes('mesos-agent')
      ? `${host.address}:${spec.mesos.agentPort}`
      : null,
  };
}

function zookeeperPorts({ zookeeper }: ClusterSpec): string {
  const { clientPort, quorumPort, electionPort } = zookeeper;
  return [clientPort, quorumPort, electionPort].join(':');
}

export function identityText(identity: Identity): string {
  return `${JSON.stringify(identity, undefined, 2)}\n`;
}

const identitySchema = z.object({
  schemaVersion: z.literal(1),
  name: z.string(),
  id: z.string(),
  zookeeper: z.array(z.string()),
  mesosMasters: z.array(z.string()),
  zookeeperPaths: z.object({ mesos: z.string(), marathon: z.string() }),
  zookeeperPorts: z.string().optional(),
  dataFolder: z.string().optional(),
  mesosAgent: z.string().nullable(),
});

/** Undefined if the text is not a record of this or an earlier version of ci-cluster. */
export function parseIdentity(text: string): Identity | undefined {
  try {
    return identitySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * The spec with its members in the order of the record, so that moving a line in the cluster file
 * gives no server another id and no rendered list another order. New members come last.
 */
export function inRecordedOrder(spec: ClusterSpec, recorded: Identity | undefined): ClusterSpec {
  if (recorded === undefined) return spec;
  const { zookeeper, mesosMasters } = recorded;
  return sorted(sorted(spec, 'mesos-master', mesosMasters), 'zookeeper', zookeeper);
}

/** Only the hosts with the role change places, among themselves. */
function sorted(spec: ClusterSpec, role: Role, recorded: readonly string[]): ClusterSpec {
  const names = recorded.map((member) => member.replace(/^\d+=/, '').split('@')[0]);
  const hosts = hostsWith(spec, role);
  const known = names.flatMap((name) => hosts.filter((host) => host.name === name));
  const queue = [...known, ...hosts.filter((host) => !known.includes(host))].values();
  return {
    ...spec,
    hosts: spec.hosts.map((host) => (hosts.includes(host) ? (queue.next().value ?? host) : host)),
  };
}
