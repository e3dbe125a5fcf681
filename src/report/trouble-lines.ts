import type { ContainerHealth, Health, HostHealth, Member } from '../health/model.ts';
import { hangingTable } from './table.ts';

interface Trouble {
  readonly host: string;
  readonly what: string;
  readonly why: string;
}

/** A line per trouble; hosts that share one stand on one line. */
export function troubleLines(health: Health, columns: number): string[] {
  const grouped = new Map<string, Trouble[]>();
  for (const trouble of troubles(health)) {
    const key = `${trouble.what}\t${trouble.why}`;
    grouped.set(key, [...(grouped.get(key) ?? []), trouble]);
  }
  const rows = [...grouped.values()].map((group) => ['  ', hostsOf(group), ...wordsOf(group)]);
  return hangingTable(rows, columns);
}

function hostsOf(group: readonly Trouble[]): string {
  const names = group.map(({ host }) => host);
  return names.length <= 4
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

function wordsOf([first]: readonly Trouble[]): string[] {
  return first === undefined ? [] : [first.what, first.why];
}

/** A service that does not answer because its container is missing is told once, not twice. */
function troubles({ hosts, ...health }: Health): Trouble[] {
  return [
    ...hosts.flatMap(hostTroubles),
    ...hosts
      .filter(({ openness }) => openness !== '')
      .map(({ host, openness }) => ({ host, what: 'host', why: openness })),
    ...memberTroubles(hosts, 'zookeeper', health.zookeeper.members),
    ...memberTroubles(hosts, 'mesos-master', health.mesosMasters.members),
    ...memberTroubles(hosts, 'mesos-agent', health.mesosAgents.members),
    ...memberTroubles(hosts, 'marathon', health.marathon.members),
    ...memberTroubles(hosts, 'gateway', health.gateways.members),
    ...addressTroubles(health.gateways),
  ];
}

function hostTroubles({ host, state, detail, containers }: HostHealth): Trouble[] {
  if (state === 'unknown' || detail !== '') return [{ host, what: 'host', why: detail }];
  return containers
    .filter((container) => container.state !== 'healthy')
    .map(({ name, detail: why }) => ({ host, what: name, why }));
}

function addressTroubles({ movingAddress }: Health['gateways']): Trouble[] {
  if (movingAddress === undefined || movingAddress.detail === '') return [];
  return [{ host: movingAddress.address, what: 'gateways', why: movingAddress.detail }];
}

function memberTroubles(
  hosts: readonly HostHealth[],
  service: ContainerHealth['service'],
  members: readonly Member[],
): Trouble[] {
  const told = new Set(hosts.filter((host) => isTold(host, service)).map(({ host }) => host));
  return members
    .filter(({ host, state, detail }) => state !== 'healthy' && detail !== '' && !told.has(host))
    .map(({ host, detail }) => ({ host, what: service, why: detail }));
}

function isTold({ state, detail, containers }: HostHealth, service: string): boolean {
  if (state === 'unknown' || detail !== '') return true;
  return containers.some(
    (container) => container.service === service && container.state === 'unhealthy',
  );
}
