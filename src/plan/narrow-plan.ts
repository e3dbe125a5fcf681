import type { ClusterSpec } from '../config/cluster-spec.ts';
import type { HostStep, Stage } from './step.ts';

/**
 * What of the stages is not in the others: of a plan for a changed cluster file, that which the change
 * alone asks for. Whatever else was due stays due, for `init`.
 */
export function comingFrom(stages: readonly Stage[], others: readonly Stage[]): readonly Stage[] {
  const known = new Set(others.flatMap(keysOf));
  const kept: Stage[] = [];
  let isChange = false;
  for (const stage of stages) {
    const left = stage.kind === 'gate' ? stage : without(known, stage);
    if (stage.kind !== 'gate') isChange = left !== undefined;
    if (left !== undefined && isChange) kept.push(left);
  }
  return kept;
}

function keysOf(stage: Stage): string[] {
  if (stage.kind === 'gate') return [];
  if (stage.kind === 'api') return [keyOf('', stage.step)];
  return stage.work.flatMap(({ host, steps }) => steps.map((step) => keyOf(host, step)));
}

function keyOf(host: string, step: object): string {
  return `${host} ${JSON.stringify(step)}`;
}

function without(known: ReadonlySet<string>, stage: Stage): Stage | undefined {
  if (stage.kind === 'gate') return stage;
  if (stage.kind === 'api') return known.has(keyOf('', stage.step)) ? undefined : stage;
  const work = stage.work
    .map(({ host, steps }) => {
      const left = steps.filter((step: HostStep) => !known.has(keyOf(host, step)));
      return { host, steps: left };
    })
    .filter(({ steps }) => steps.length > 0);
  return work.length === 0 ? undefined : { ...stage, work };
}

export function withoutHosts(spec: ClusterSpec, names: readonly string[]): ClusterSpec {
  return { ...spec, hosts: spec.hosts.filter(({ name }) => !names.includes(name)) };
}
