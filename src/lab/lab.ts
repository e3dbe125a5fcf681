/** What is written about a lab into its state folder, and all that later commands know about it. */
export interface Lab {
  readonly schemaVersion: 1;
  readonly name: string;
  /** A /24: registry at .2, git server at .3, gateways at .4, masters from .11, agents from .21. */
  readonly subnet: string;
  readonly bare: boolean;
  readonly hosts: readonly LabHost[];
  /** `unix://…` of the engine that the lab started; undefined where one was there already. */
  readonly ownEngine: string | undefined;
  /** False until the hosts have once been ready: `lab up` then begins again where it stopped. */
  readonly ready: boolean;
  /** Seconds of each part of the last `lab up`. */
  readonly seconds: Readonly<Record<string, number>>;
}

export interface LabHost {
  readonly name: string;
  /** A spare is in no cluster file: a host to add. */
  readonly kind: 'master' | 'agent' | 'spare';
  readonly address: string;
  /** Name of the container that plays this host. */
  readonly container: string;
}

export interface LabShape {
  readonly name: string;
  readonly masters: number;
  readonly agents: number;
  readonly spares: number;
  readonly bare: boolean;
}

/** On containers, networks and volumes of one lab: `lab down` removes what carries it. */
export const labLabel = 'io.ci-cluster.lab';
/** On what all labs share and `lab down` keeps: images and the registry's storage. */
export const cacheLabel = 'io.ci-cluster.lab-cache';

const firstOctet = { registry: 2, git: 3, gateway: 4, master: 11, agent: 21, spare: 21 };

export function designLab(shape: LabShape, subnet: string): Lab {
  return {
    schemaVersion: 1,
    name: shape.name,
    subnet,
    bare: shape.bare,
    hosts: [
      ...range(shape.masters).map((i) => host(shape, subnet, { kind: 'master', i })),
      ...range(shape.agents).map((i) => host(shape, subnet, { kind: 'agent', i })),
      // They go on where the agents end, so that one that was added looks like any other.
      ...range(shape.spares).map((i) =>
        host(shape, subnet, { kind: 'spare', i: shape.agents + i }),
      ),
    ],
    ownEngine: undefined,
    ready: false,
    seconds: {},
  };
}

export function hostsOf(lab: Lab, kind: LabHost['kind']): readonly LabHost[] {
  return lab.hosts.filter((candidate) => candidate.kind === kind);
}

export function networkName({ name }: Pick<Lab, 'name'>): string {
  return `ci-cluster-lab-${name}`;
}

export function registryContainer({ name }: Pick<Lab, 'name'>): string {
  return `ci-cluster-lab-${name}-registry`;
}

export function registryAddress({ subnet }: Pick<Lab, 'subnet'>): string {
  return addressIn(subnet, firstOctet.registry);
}

export function gitContainer({ name }: Pick<Lab, 'name'>): string {
  return `ci-cluster-lab-${name}-git`;
}

export function gitAddress({ subnet }: Pick<Lab, 'subnet'>): string {
  return addressIn(subnet, firstOctet.git);
}

/** The address that moves between the gateways. */
export function gatewayAddress({ subnet }: Pick<Lab, 'subnet'>): string {
  return addressIn(subnet, firstOctet.gateway);
}

/** Volume that all Mesos agents of a lab have mounted, as they would a network folder. */
export function homesVolume({ name }: Pick<Lab, 'name'>): string {
  return `ci-cluster-lab-${name}-homes`;
}

/** Where the hosts have it. */
export const homesFolder = '/srv/homes';

/** `host:port` as it stands in image references. */
export function registryEndpoint(lab: Pick<Lab, 'subnet'>): string {
  return `${registryAddress(lab)}:5000`;
}

function host(
  { name }: LabShape,
  subnet: string,
  { kind, i }: { kind: LabHost['kind']; i: number },
): LabHost {
  const hostName = `${kind === 'master' ? 'm' : 'a'}${i + 1}`;
  return {
    name: hostName,
    kind,
    address: addressIn(subnet, firstOctet[kind] + i),
    container: `ci-cluster-lab-${name}-${hostName}`,
  };
}

function addressIn(subnet: string, last: number): string {
  return subnet.replace(/\.0\/24$/, `.${last}`);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
