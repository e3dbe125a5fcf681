import type { ClusterSpec, Host, Role } from '../../config/cluster-spec.ts';
import type { Connector, Ports } from '../../ports.ts';
import { createLink, noLink, type Link } from './link.ts';
import type { Place } from './place.ts';

/** All hosts with the connections of the probes. */
export interface Ground extends AsyncDisposable {
  readonly places: readonly Place[];
  /** For whatever else needs a connection of its own. */
  readonly spare: Connector;
  /** Settles when each connection was tried once. */
  readonly tried: Promise<unknown>;
}

interface GroundOptions {
  readonly spec: ClusterSpec;
  readonly ports: Pick<Ports, 'connector' | 'clock'>;
  readonly signal: AbortSignal;
}

/**
 * Three connections to a host that has every role: a connection carries 16 forwarded channels, and a
 * frozen server alone keeps ten of them busy.
 */
export function createGround({ spec, ports, signal }: GroundOptions): Ground {
  const { clock, connector } = ports;
  const spare = connector.apart();
  const used: Connector[] = [spare];
  const group = (roles: readonly Role[]): ((host: Host) => Link) => {
    const own = connector.apart();
    used.push(own);
    return (host) =>
      roles.some((role) => host.roles.includes(role))
        ? createLink({ connector: own, target: host.ssh, clock, signal })
        : noLink;
  };
  const zookeeper = group(['zookeeper']);
  const mesos = group(['mesos-master']);
  const services = group(['marathon', 'gateway', 'mesos-agent']);
  const places = spec.hosts.map((host): Place => {
    return { host, zookeeper: zookeeper(host), mesos: mesos(host), services: services(host) };
  });
  const links = places.flatMap((place) => [place.zookeeper, place.mesos, place.services]);
  return {
    places,
    spare,
    tried: Promise.all(links.map(({ ready }) => ready)),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(links.map((link) => link[Symbol.asyncDispose]()));
      await Promise.all(used.map((one) => one[Symbol.asyncDispose]()));
    },
  };
}
