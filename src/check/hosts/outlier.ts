import type { Role } from '../../config/cluster-spec.ts';
import { eachSeen, type Check } from '../check.ts';
import { passed, warning } from '../check-result.ts';
import { majorityOf } from '../majority.ts';
import type { Scene, Seen } from '../scene.ts';
import { majorMinor } from '../versions.ts';

export const hostOutlier: Check = {
  name: 'HOST_OUTLIER',
  title: 'like most of the other hosts',
  why: 'A host that differs from the rest in system, kernel, Docker or size is where the fault that nobody can explain turns up. Sizes are compared among hosts of the same role.',
  severity: 'warn',
  remedy: 'Bring it to what the others have, or switch the check off.',
  judge: eachSeen((seen, scene) => {
    const differs = traits.flatMap((trait) => difference(trait, seen, scene));
    if (differs.length === 0) return passed('no outlier');
    const remedy =
      'Bring it to what the others have; or, if it is meant so: checks: { HOST_OUTLIER: off }.';
    return warning(differs.join('; '), remedy);
  }),
};

interface Trait {
  readonly name: string;
  readonly of: (seen: Seen) => string | undefined;
  /** Compared among hosts with the same answer to this only. */
  readonly group: (seen: Seen) => string;
}

const everybody = () => '';

const traits: readonly Trait[] = [
  {
    name: 'system',
    of: ({ facts }) => `${facts.system.id} ${facts.system.version}`,
    group: everybody,
  },
  { name: 'kernel', of: ({ facts }) => majorMinor(facts.machine.kernel), group: everybody },
  { name: 'processor', of: ({ facts }) => facts.machine.architecture, group: everybody },
  { name: 'cgroup', of: ({ facts }) => `v${facts.cgroupVersion}`, group: everybody },
  { name: 'Docker', of: dockerVersion, group: everybody },
  { name: 'storage driver', of: ({ extra }) => extra?.docker.driver, group: everybody },
  { name: 'cores', of: ({ facts }) => String(facts.machine.cpus), group: mainRole },
  { name: 'memory', of: ({ facts }) => size(facts.memoryKib), group: mainRole },
];

function dockerVersion({ facts }: Seen): string | undefined {
  return facts.docker.kind === 'running' ? facts.docker.version : undefined;
}

function mainRole({ host }: Seen): string {
  const roles: readonly Role[] = ['mesos-master', 'mesos-agent', 'zookeeper'];
  return roles.find((role) => host.roles.includes(role)) ?? '';
}

/** In steps of an eighth, so that what firmware takes away makes no difference. */
function size(kib: number): string {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(kib)) - 3);
  const gib = (Math.round(kib / step) * step) / 1024 ** 2;
  return `${Number(gib.toPrecision(2))} GiB`;
}

function difference({ name, of, group }: Trait, seen: Seen, scene: Scene): string[] {
  const own = of(seen);
  const peers = scene.seen.filter((other) => group(other) === group(seen));
  const common = majorityOf(peers.flatMap((peer) => of(peer) ?? []));
  if (own === undefined || common === undefined || own === common) return [];
  return [`${name} ${own}, most have ${common}`];
}
