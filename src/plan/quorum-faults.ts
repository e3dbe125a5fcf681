import { quorum } from '../cluster/members.ts';
import type { Host } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { services } from '../services/index.ts';
import type { Service } from '../services/service.ts';
import type { PlanInput } from './observed.ts';
import { serviceWork } from './service-work.ts';

/** A host that did not answer, with the reason. */
export interface Missing {
  readonly host: string;
  readonly error: ClusterError;
}

/** A service that decides by majority, while some of its hosts do not answer. */
interface Voters {
  readonly service: Service;
  readonly hosts: readonly Host[];
  readonly absent: readonly Missing[];
  /** Members that run, as far as their hosts answer. */
  readonly running: readonly Host[];
}

/** What must wait until the members that do not answer are back. */
export function quorumFaults(input: PlanInput, missing: readonly Missing[]): ClusterError[] {
  const voters = services
    .filter(({ votes }) => votes)
    .map((service) => votersOf(input, service, missing))
    .filter(({ absent }) => absent.length > 0);
  const isServing = ({ running, hosts }: Voters) => running.length >= quorum(hosts.length);
  const starting = voters.filter((group) => !isServing(group));
  return [
    ...firstStart(starting),
    ...voters.filter(isServing).flatMap((group) => restart(input, group)),
  ];
}

function votersOf(input: PlanInput, service: Service, missing: readonly Missing[]): Voters {
  const hosts = service.hosts(input.spec);
  const running = hosts.filter(({ name }) =>
    input.observed.facts
      .get(name)
      ?.containers.some((found) => found.service === service.name && found.status === 'running'),
  );
  const absent = missing.filter(({ host }) => hosts.some(({ name }) => name === host));
  return { service, hosts, absent, running };
}

/**
 * A first start needs every member: Mesos' replicated log initialises itself only when all replicas
 * are seen empty at once (1.11), and ZooKeeper must not form from new members without the old ones.
 */
function firstStart(starting: readonly Voters[]): ClusterError[] {
  if (starting.length === 0) return [];
  const masters = new Set(starting.flatMap(({ hosts }) => hosts.map(({ name }) => name)));
  const absent = new Set(starting.flatMap((group) => group.absent));
  const names = [...absent].map(({ host }) => host).join(', ');
  const isOne = absent.size === 1;
  return [
    new ClusterError(
      'TOO_FEW_MASTERS',
      `a first start needs all ${masters.size} masters, ${names} ${isOne ? 'does' : 'do'} not answer`,
      {
        remedy: `Bring ${names} back (or take ${isOne ? 'it' : 'them'} out of the cluster file, keeping an odd number), then run the same command again. Nothing was changed.`,
        evidence: [...absent].map(({ error }) => error.message),
      },
    ),
  ];
}

/** One member is down while it is restarted; the others must be a majority without the absent ones. */
function restart(input: PlanInput, { service, hosts, absent, running }: Voters): ClusterError[] {
  const changed = running.filter((host) => serviceWork(input, service, host).steps.length > 0);
  const left = hosts.length - absent.length - 1;
  if (changed.length === 0 || left >= quorum(hosts.length)) return [];
  const names = absent.map(({ host }) => host).join(', ');
  const verb = absent.length === 1 ? 'does' : 'do';
  return [
    new ClusterError(
      'TOO_FEW_MASTERS',
      `${service.title} on ${changed.map(({ name }) => name).join(', ')} has to be restarted, but ${names} ${verb} not answer: with one more down, ${left} of ${hosts.length} members would be left`,
      {
        remedy: `Bring ${names} back, then run the same command again. Nothing was changed.`,
        evidence: absent.map(({ error }) => error.message),
      },
    ),
  ];
}
