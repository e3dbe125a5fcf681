import { hostsWith } from '../cluster/members.ts';
import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { roleShares } from '../services/shares.ts';
import { holds, sum, told, type Amount } from './amount.ts';
import type { PlanInput } from './observed.ts';

/** Something that must have its place in the pool. */
export interface Load extends Amount {
  readonly what: string;
  readonly count: number;
}

/** What Marathon runs, and what Mesos holds ready for roles. */
export interface Reserved {
  readonly apps: readonly Load[];
  readonly guarantees: readonly Load[];
}

/**
 * Throws POOL_TOO_SMALL where the Mesos agents that are left could not hold what is reserved: the apps
 * of Marathon with the controllers among them, guarantees of roles, and one build agent of each
 * label. Limits of roles count as far as the pool could hold them before.
 */
export function refuseSmallPool(
  input: PlanInput,
  gone: readonly string[],
  reserved: Reserved,
): void {
  const agents = hostsWith(input.spec, 'mesos-agent').map((host) => ({
    ...amountOf(input, host),
    name: host.name,
  }));
  const left = agents.filter(({ name }) => !gone.includes(name));
  const loads = [...reserved.apps, ...reserved.guarantees, ...buildAgentLoads(input.spec)];
  const [most] = loads.filter((load) => !left.some((agent) => holds(agent, load)));
  if (loads.length > 0 && most !== undefined) throw tooSmall(gone, left, { loads, most });
  const limits = limitLoads(input.spec);
  const wanted = holds(sum(agents), sum([...loads, ...limits])) ? [...loads, ...limits] : loads;
  if (!holds(sum(left), sum(wanted)))
    throw tooSmall(gone, left, { loads: wanted, most: undefined });
}

/** As the leading master has it; where it has not, as the cluster file says. */
function amountOf({ observed }: PlanInput, host: Host): Amount {
  const agent = observed.agents?.get(host.name);
  if (agent !== undefined) {
    return agent.state === 'disconnected' ? { cpus: 0, memoryMb: 0 } : agent;
  }
  if (observed.agents !== undefined) return { cpus: 0, memoryMb: 0 };
  const { cpus = 0, memoryMb = 0 } = host.agent.resources;
  return { cpus, memoryMb };
}

function buildAgentLoads({ jenkins }: ClusterSpec): readonly Load[] {
  return jenkins.flatMap(({ name, buildAgents }) =>
    buildAgents
      .filter(({ via }) => via === 'mesos')
      .map(({ label, cpus, memoryMb }) => ({
        what: `a build agent ${label} of ${name}`,
        ...{ cpus, memoryMb, count: 1 },
      })),
  );
}

function limitLoads(spec: ClusterSpec): readonly Load[] {
  return roleShares(spec).map(({ role, limit: { cpus = 0, memoryMb = 0 } }) => {
    return { what: `the limit of role ${role}`, cpus, memoryMb, count: 1 };
  });
}

interface Missing {
  readonly loads: readonly Load[];
  /** Fits on no single one of them. */
  readonly most: Load | undefined;
}

function tooSmall(
  gone: readonly string[],
  left: readonly Amount[],
  { loads, most }: Missing,
): ClusterError {
  const names = gone.join(', ');
  const has = `${left.length} Mesos agents with ${told(sum(left))}`;
  const what =
    most === undefined
      ? `${told(sum(loads))} are reserved`
      : `${most.what} (${told(most)}) fits on none of them`;
  return new ClusterError('POOL_TOO_SMALL', `without ${names} there are ${has}, and ${what}`, {
    evidence: loads.map((load) => {
      const count = load.count === 1 ? '' : `${load.count} × `;
      return `${load.what}: ${count}${told(load)}`;
    }),
    remedy:
      'Add a Mesos agent first (ci-cluster add-agent HOST=ADDRESS), or reserve less in the cluster file.',
  });
}
