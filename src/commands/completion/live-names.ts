import { roles } from '../../config/cluster-spec.ts';
import type { NamesInFile } from '../../config/names-in-file.ts';
import type { ServiceName } from '../../services/service.ts';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What a word may be the name of. */
export type NameKind =
  'cluster' | 'controller' | 'host' | 'label' | 'role' | 'run' | 'service' | 'target';

/** The names there are just now. */
export interface LiveNames extends NamesInFile {
  readonly runs: readonly string[];
}

const services: Readonly<Record<ServiceName, string>> = {
  zookeeper: 'ZooKeeper',
  'mesos-master': 'Mesos masters',
  'mesos-agent': 'Mesos agents',
  marathon: 'Marathon',
  gateway: 'gateways',
  keepalived: 'the address that moves between the gateways',
};

export function candidatesOf(kind: NameKind, names: LiveNames): readonly Candidate[] {
  switch (kind) {
    case 'cluster':
      return described(names.cluster === undefined ? [] : [names.cluster], 'this cluster');
    case 'controller':
      return described(names.controllers, 'Jenkins controller');
    case 'host':
      return names.hosts.map((host) => ({ value: host.name, description: host.roles.join(', ') }));
    case 'label':
      return described(names.labels, 'label of build agents');
    case 'role':
      return described(roles, 'role');
    case 'run':
      return described(names.runs.toReversed(), 'run');
    case 'service':
      return serviceCandidates();
    case 'target':
      return targets(names);
  }
}

function described(values: readonly string[], description: string): readonly Candidate[] {
  return values.map((value) => ({ value, description }));
}

function serviceCandidates(): readonly Candidate[] {
  return Object.entries(services).map(([value, description]) => ({ value, description }));
}

/** For `logs`: services, hosts, and services on hosts. */
function targets(names: LiveNames): readonly Candidate[] {
  const jenkins = names.controllers.map((name) => `jenkins/${name}`);
  return [
    ...serviceCandidates(),
    ...described(jenkins, 'Jenkins controller'),
    ...candidatesOf('host', names),
    ...names.hosts.flatMap((host) =>
      described(
        [...servicesOn(host.roles), ...(host.roles.includes('mesos-agent') ? jenkins : [])].map(
          (service) => `${host.name}/${service}`,
        ),
        'on this host',
      ),
    ),
  ];
}

/** Each role is a service of the same name; every Mesos agent has a gateway for itself. */
function servicesOn(own: readonly string[]): readonly string[] {
  const all = own.includes('mesos-agent') ? [...own, 'gateway'] : own;
  return [...new Set(all)].filter((role) => Object.hasOwn(services, role));
}
