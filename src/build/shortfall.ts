import type { BuildAgentTemplate } from '../config/cluster-spec.ts';
import type { PoolAgent, RoleUse } from './mesos-view.ts';

/** Why a build agent of the template does not fit on a Mesos agent; empty if it does. */
export function misfits(template: BuildAgentTemplate, agent: PoolAgent): readonly string[] {
  const { free } = agent;
  return [
    ...(agent.active ? [] : ['not active']),
    ...wrongAttributes(template, agent),
    ...short(template.cpus, free.cpus, (count) => `${tidy(count)} CPUs short`),
    ...short(template.memoryMb, free.memoryMb, (count) => `${tidy(count)} MiB short`),
    ...short(template.diskMb, free.diskMb, (count) => `${tidy(count)} MiB disk short`),
  ];
}

function wrongAttributes({ attributes }: BuildAgentTemplate, agent: PoolAgent): readonly string[] {
  return Object.entries(attributes)
    .filter(([name, wanted]) => agent.attributes[name] !== wanted)
    .map(([name, wanted]) => {
      const own = agent.attributes[name];
      return `${name} is ${own ?? 'not set'}, not ${wanted}`;
    });
}

function short(wanted: number, free: number, tell: (missing: number) => string): string[] {
  return wanted > free ? [tell(wanted - free)] : [];
}

function tidy(count: number): string {
  return String(Math.round(count * 100) / 100);
}

const shownMisses = 8;

/** A line per Mesos agent, the nearest first. */
export function missTable(
  template: BuildAgentTemplate,
  agents: readonly PoolAgent[],
  nameOf: (agent: PoolAgent) => string,
): readonly string[] {
  const rows = agents
    .map((agent) => ({ agent, why: misfits(template, agent) }))
    .sort((left, right) => distance(left) - distance(right))
    .map(({ agent, why }) => [
      nameOf(agent),
      `${tidy(agent.free.cpus)} of ${tidy(agent.total.cpus)}`,
      `${tidy(agent.free.memoryMb)} of ${tidy(agent.total.memoryMb)}`,
      why.join(', '),
    ]);
  const head = ['agent', 'CPUs free', 'MiB free', 'why not'];
  const more = rows.length - shownMisses;
  return [
    ...aligned([head, ...rows.slice(0, shownMisses)]),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

/** An agent that is away is never near; then whoever lacks least things. */
function distance({ agent, why }: { agent: PoolAgent; why: readonly string[] }): number {
  return (agent.active ? 0 : 100) + why.length;
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Which part of the role's quota has no room for one more build agent; empty if all have. */
export function overQuota(
  template: BuildAgentTemplate,
  { limit, used }: RoleUse,
): readonly string[] {
  const part = (name: string, wanted: number, of: { limit: number | undefined; used: number }) =>
    of.limit !== undefined && of.used + wanted > of.limit
      ? [`${tidy(of.used)} of ${tidy(of.limit)} ${name} taken, ${tidy(wanted)} wanted`]
      : [];
  return [
    ...part('CPUs', template.cpus, { limit: limit.cpus, used: used.cpus }),
    ...part('MiB memory', template.memoryMb, { limit: limit.memoryMb, used: used.memoryMb }),
  ];
}
