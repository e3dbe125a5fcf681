import type { Retention } from './builds/discard.ts';
import type { CascConfig } from './casc-schema.ts';
import { limit } from './job-config.ts';
import type { Nodes, NodeSpec } from './nodes.ts';

/** Rules for how much of a job's history stays; without any configuration only the job's own. */
export function retentions(config: CascConfig, own: Retention | undefined): readonly Retention[] {
  const rules = config.unclassified.buildDiscarders?.configuredBuildDiscarders ?? [
    'jobBuildDiscarder' as const,
  ];
  return rules.flatMap((rule) => {
    if (rule === 'jobBuildDiscarder') return own === undefined ? [] : [own];
    if ('simpleBuildDiscarder' in rule) return [retention(rule.simpleBuildDiscarder)];
    return own === undefined ? [retention(rule.defaultBuildDiscarder)] : [];
  });
}

interface Rotation {
  readonly discarder: {
    readonly logRotator: {
      readonly numToKeepStr?: string | undefined;
      readonly daysToKeepStr?: string | undefined;
    };
  };
}

function retention({ discarder: { logRotator } }: Rotation): Retention {
  return { builds: limit(logRotator.numToKeepStr), days: limit(logRotator.daysToKeepStr) };
}

/** Nodes that the configuration names; those that stayed the same keep their connection. */
export function applyNodes({ jenkins }: CascConfig, nodes: Nodes): void {
  const wanted = jenkins.nodes.map(({ permanent }) => specOf(permanent));
  const names = new Set(wanted.map(({ name }) => name));
  for (const { name, permanent } of nodes.list())
    if (permanent && !names.has(name)) nodes.remove(name);
  for (const spec of wanted) if (!isSame(nodes, spec)) nodes.add(spec);
}

function specOf(node: CascConfig['jenkins']['nodes'][number]['permanent']): NodeSpec {
  return {
    name: node.name,
    description: node.nodeDescription ?? '',
    labels: node.labelString.split(/\s+/).filter((label) => label !== ''),
    mode: node.mode,
    permanent: true,
    executors: node.numExecutors,
    remoteFs: node.remoteFS,
  };
}

function isSame(nodes: Nodes, spec: NodeSpec): boolean {
  const there = nodes.get(spec.name);
  return (
    there !== undefined &&
    Object.entries(spec).every(
      ([key, value]) => JSON.stringify(there[key as keyof NodeSpec]) === JSON.stringify(value),
    )
  );
}
