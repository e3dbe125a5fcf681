import { type Check, type Checked, hostsWith, listed, roleSources } from './check.ts';
import type { Role } from './cluster-spec.ts';
import type { Fault, Path } from './fault.ts';
import { nearestOf } from './nearest.ts';

export const checkRoles: Check = (checked) => [
  ...groupFaults(checked, 'masters'),
  ...groupFaults(checked, 'agents'),
  ...idleHosts(checked),
  ...ensembleFaults(checked),
  ...marathonFaults(checked),
  ...agentFaults(checked),
  ...sharedAddresses(checked),
];

function groupFaults({ file }: Checked, group: 'masters' | 'agents'): Fault[] {
  return file[group].flatMap((name, index) => {
    const path = [group, index];
    const first = file[group].indexOf(name);
    if (first < index) return [{ path, message: `names ${name} a second time` }];
    return Object.hasOwn(file.hosts, name)
      ? []
      : [unknownHost(path, name, Object.keys(file.hosts))];
  });
}

export function unknownHost(path: Path, name: string, known: readonly string[]): Fault {
  const nearest = nearestOf(name, known);
  const hint = nearest === undefined ? `add it to hosts` : `did you mean \`${nearest}\`?`;
  return { path, message: `no host is named ${name}, ${hint}`, needs: [['hosts', name]] };
}

function idleHosts({ spec }: Checked): Fault[] {
  return spec.hosts
    .filter(({ roles }) => roles.length === 0)
    .map(({ name }) => ({
      ...{ path: ['hosts', name], at: 'key' },
      message: 'has no role: name it in masters or agents, or give it roles',
      needs: [['masters'], ['agents'], ['hosts', name, 'roles']],
    }));
}

/** One fault where both services have the same hosts, as they mostly do. */
function ensembleFaults(checked: Checked): Fault[] {
  const ensembles = (['zookeeper', 'mesos-master'] as const)
    .map((role) => ({ role, count: hostsWith(checked, role).length }))
    .filter(({ count }) => ![1, 3, 5, 7].includes(count));
  const counts = [...new Set(ensembles.map(({ count }) => count))];
  return counts.flatMap((count) => {
    const names = ensembles.filter((one) => one.count === count).map(({ role }) => role);
    const path = names[0] && placeOf(checked, names[0]);
    return path ? [{ path, message: ensembleAdvice(names, count), needs: roleSources }] : [];
  });
}

function ensembleAdvice(names: readonly Role[], count: number): string {
  if (count === 0)
    return `no host has the role ${names.join(' or ')}: name 1, 3, 5 or 7 hosts in masters`;
  const has = `${listed(names)} ${names.length > 1 ? 'have' : 'has'} ${String(count)} hosts`;
  if (count > 7) return `${has}: take 7 or fewer, as every write waits for a majority`;
  const [less, more] = [String(count - 1), String(count + 1)];
  return `${has}: take ${less} or ${more}, as ${String(count)} survive no more losses than ${less}`;
}

/** Where the operator would change who has the role. */
function placeOf({ file }: Checked, role: Role): Path {
  if (role !== 'mesos-agent' && file.masters.length > 0) return ['masters'];
  const host = Object.keys(file.hosts).find((name) => file.hosts[name]?.roles.includes(role));
  return host === undefined ? ['hosts'] : ['hosts', host, 'roles'];
}

function marathonFaults(checked: Checked): Fault[] {
  const count = hostsWith(checked, 'marathon').length;
  const masters = hostsWith(checked, 'mesos-master').length;
  if (count >= 2 || (count === 1 && masters === 1)) return [];
  const message =
    count === 0
      ? 'no host has the role marathon: name the masters in masters, or give hosts the role'
      : `marathon has 1 host beside ${String(masters)} mesos-masters: take 2 or more, or its loss ends Jenkins`;
  return [{ path: placeOf(checked, 'marathon'), message, needs: roleSources }];
}

function agentFaults(checked: Checked): Fault[] {
  if (checked.spec.jenkins.length === 0 || hostsWith(checked, 'mesos-agent').length > 0) return [];
  const message = 'no host has the role mesos-agent to run it: name one in agents';
  return [{ path: ['jenkins'], at: 'key', message, needs: roleSources }];
}

function sharedAddresses({ spec }: Checked): Fault[] {
  return spec.hosts.flatMap(({ name, address }) => {
    const first = spec.hosts.find((other) => other.address === address)?.name ?? name;
    if (first === name) return [];
    const path = ['hosts', name, 'address'];
    const needs = [path, ['hosts', first, 'address']];
    return [{ path, message: `${address} is already the address of ${first}`, needs }];
  });
}
