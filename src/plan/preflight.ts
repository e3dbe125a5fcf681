import { identityOf, keptIdentityPath, parseIdentity, type Identity } from '../cluster/identity.ts';
import { hostsWith } from '../cluster/members.ts';
import type { Host } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { memberId, myidPath } from '../services/zookeeper.ts';
import { hostFaults } from './host-faults.ts';
import type { PlanInput } from './observed.ts';
import { quorumFaults, type Missing } from './quorum-faults.ts';

/**
 * Everything that forbids this run, before anything is changed. Refusals (another cluster's host,
 * membership) come first and alone: what follows from a wrong cluster file is only noise.
 */
export function preflight(input: PlanInput, missing: readonly Missing[]): readonly ClusterError[] {
  const refusals = [...foreignHosts(input), ...membershipChanges(input), ...staleIds(input)];
  if (refusals.length > 0) return refusals;
  return [
    ...quorumFaults(input, missing),
    ...answering(input).flatMap((host) => hostFaults(input, host)),
  ];
}

/**
 * The record of the first host that has one; the cluster's id is taken from it. Where the cluster was
 * taken down, that of the data which it left behind, so that the same cluster can begin again on it.
 */
export function recordedIdentity(
  input: Pick<PlanInput, 'observed' | 'spec'>,
): Identity | undefined {
  const hosts = answering(input);
  const records = hosts.map((host) => recorded(input, host));
  const kept = hosts.map((host) => keptIdentity(input, host));
  return [...records, ...kept].find((identity) => identity?.name === input.spec.name);
}

/** What `destroy` left with the data of the host. */
export function keptIdentity(
  { spec, observed }: Pick<PlanInput, 'observed' | 'spec'>,
  host: Host,
): Identity | undefined {
  const text = observed.facts.get(host.name)?.texts.get(keptIdentityPath(spec));
  return text === undefined ? undefined : parseIdentity(text);
}

function answering({ spec, observed }: Pick<PlanInput, 'observed' | 'spec'>): readonly Host[] {
  return spec.hosts.filter(({ name }) => observed.facts.has(name));
}

export function recorded(
  { observed }: Pick<PlanInput, 'observed'>,
  host: Host,
): Identity | undefined {
  const text = observed.facts.get(host.name)?.texts.get('identity');
  return text === undefined ? undefined : parseIdentity(text);
}

function foreignHosts(input: PlanInput): ClusterError[] {
  return answering(input).flatMap((host) => {
    const text = input.observed.facts.get(host.name)?.texts.get('identity');
    const identity = recorded(input, host);
    if (text === undefined || identity?.id === input.clusterId) return [];
    const owner =
      identity === undefined ? 'an unreadable record' : `cluster ${identity.name} (${identity.id})`;
    return [
      new ClusterError(
        'FOREIGN_HOST',
        `${host.name} belongs to ${owner}, not to ${input.spec.name} (${input.clusterId})`,
        {
          host: host.name,
          remedy: `Take ${host.name} out of the cluster file. Only if nothing of the other cluster is needed any more: ssh ${host.ssh.user}@${host.ssh.address} sudo mv /etc/ci-cluster/cluster.json /etc/ci-cluster/cluster.json.old`,
        },
      ),
    ];
  });
}

/** What must never be done by editing the file, with the command that does it one safe step at a time. */
function membershipChanges(input: PlanInput): ClusterError[] {
  const faults = answering(input).flatMap((host) => {
    const before = recorded(input, host);
    if (before === undefined) return [];
    return differences(before, identityOf(input.spec, input.clusterId, host));
  });
  return [...new Map(faults.map((fault) => [fault.what, fault])).values()].map(
    ({ what, remedy }) => new ClusterError('MEMBERSHIP_CHANGE', what, { remedy }),
  );
}

interface Difference {
  readonly what: string;
  readonly remedy: string;
}

function differences(before: Identity, after: Identity): Difference[] {
  return [
    ...changed('the ZooKeeper ensemble', before.zookeeper, after.zookeeper, replaceRemedy),
    ...changed(
      'the group of Mesos masters',
      before.mesosMasters,
      after.mesosMasters,
      replaceRemedy,
    ),
    ...changed(
      'the ZooKeeper path of Mesos',
      [before.zookeeperPaths.mesos],
      [after.zookeeperPaths.mesos],
      pathRemedy,
    ),
    ...changed(
      'the ZooKeeper path of Marathon',
      [before.zookeeperPaths.marathon],
      [after.zookeeperPaths.marathon],
      pathRemedy,
    ),
    ...changed(
      'the ports of ZooKeeper',
      ...both(before.zookeeperPorts, after.zookeeperPorts),
      portsRemedy,
    ),
    ...changed(
      'the data folder',
      ...both(before.dataFolder, after.dataFolder),
      folderRemedy(before.dataFolder),
    ),
    ...changed('the Mesos agent', listed(before.mesosAgent), listed(after.mesosAgent), agentRemedy),
  ];
}

const replaceRemedy =
  'Put the members back as they were. To exchange one: ci-cluster replace HOST (one at a time, with the quorum watched).';
const pathRemedy =
  'Put the path back. Another path is another cluster: everything registered under the old one would be lost from sight.';
const agentRemedy =
  'Put address, port and role back. To take a Mesos agent out: ci-cluster remove-agent HOST; to bring it in anew: ci-cluster add-agent HOST.';

const portsRemedy =
  'Put the ports back: members with other ports than the rest do not find each other, so they cannot be changed one at a time.';

function folderRemedy(folder: string | undefined): string {
  return `Put "folders.data: ${folder ?? ''}" back: with another folder every service would come up empty.`;
}

/** A record of an earlier version that does not know the value agrees with any. */
function both(before: string | undefined, after: string | undefined): [string[], string[]] {
  return [[before ?? after ?? ''], [after ?? '']];
}

function listed(agent: string | null): string[] {
  return agent === null ? [] : [agent];
}

/** A Mesos agent that is new on a known host is no change of membership: it may simply be added. */
function changed(
  what: string,
  before: readonly string[],
  ...[after, remedy]: readonly [readonly string[], string]
): Difference[] {
  const added = after.filter((member) => !before.includes(member));
  const gone = before.filter((member) => !after.includes(member));
  if (gone.length === 0 && (added.length === 0 || remedy === agentRemedy)) return [];
  const parts = [
    ...(added.length === 0 ? [] : [`adds ${added.join(', ')}`]),
    ...(gone.length === 0 ? [] : [`drops ${gone.join(', ')}`]),
  ];
  return [{ what: `the cluster file changes ${what}: ${parts.join('; ')}`, remedy }];
}

/** A data folder that was copied, or a host that changed its number: it would steal votes. */
function staleIds(input: PlanInput): ClusterError[] {
  return hostsWith(input.spec, 'zookeeper').flatMap((host) => {
    const path = myidPath(input.spec);
    const found = input.observed.facts.get(host.name)?.texts.get(path)?.trim();
    const wanted = String(memberId(input.spec, host));
    if (found === undefined || found === wanted) return [];
    return [
      new ClusterError(
        'MEMBERSHIP_CHANGE',
        `${path} on ${host.name} says ZooKeeper id ${found}, planned is ${wanted}`,
        {
          host: host.name,
          remedy: `If this data belongs to another server, move it away: ssh ${host.ssh.user}@${host.ssh.address} sudo mv ${input.spec.folders.data}/zookeeper ${input.spec.folders.data}/zookeeper.old`,
        },
      ),
    ];
  });
}
