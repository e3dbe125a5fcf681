import { eachKnown, type Check } from '../check.ts';
import { passed, skipped, warning } from '../check-result.ts';
import type { Known } from '../scene.ts';
import { needsOf } from './ports-free.ts';

export const ephemeralPorts: Check = {
  name: 'EPHEMERAL_PORTS',
  title: 'no port of a service may be taken for an outgoing connection',
  why: 'Any program may get such a port for a connection of its own; a service that restarts meanwhile cannot have it back.',
  severity: 'warn',
  remedy: 'Reserve the ports (`net.ipv4.ip_local_reserved_ports`), or choose lower ones.',
  fixes: 'reserves single ports in /etc/sysctl.d/60-ci-cluster-ports.conf',
  judge: eachKnown((known, scene) => {
    const { ephemeral } = known.extra;
    if (ephemeral === undefined) return skipped('the kernel did not tell', 'Look at it by hand.');
    const { first, last } = ephemeral;
    const ports = needsOf(known, scene).map(({ port }) => port);
    const risky = ports.filter((port) => port >= first && port <= last && !isReserved(known, port));
    const range = overlapOf(known);
    if (risky.length === 0 && range === undefined) return passed(`outside of ${first} to ${last}`);
    const parts = [...(risky.length === 0 ? [] : [risky.join(', ')]), ...(range ?? [])];
    const told = `${parts.join(' and ')} among ${first} to ${last}`;
    const list = [...risky, ...(range === undefined ? [] : [spanOf(known)])].join();
    const remedy = `sudo sysctl -w net.ipv4.ip_local_reserved_ports=${list}, and the same in /etc/sysctl.d/.`;
    const fix = risky.length === 0 ? [] : [{ kind: 'reserve-ports', ports: risky } as const];
    return { ...warning(told, remedy), fix };
  }),
};

function isReserved({ extra }: Known, port: number): boolean {
  return extra.reserved.some(({ first, last }) => port >= first && port <= last);
}

/** Mesos hands its ports out as free; the kernel does not know of that. */
function overlapOf(known: Known): readonly string[] | undefined {
  const { host, extra } = known;
  const { first, last } = host.agent.resources.ports;
  const range = extra.ephemeral;
  if (!host.roles.includes('mesos-agent') || range === undefined) return undefined;
  if (last < range.first || first > range.last) return undefined;
  if (isReserved(known, first) && isReserved(known, last)) return undefined;
  return [`the ports offered to Mesos (${first} to ${last})`];
}

function spanOf({ host }: Known): string {
  const { first, last } = host.agent.resources.ports;
  return `${first}-${last}`;
}
