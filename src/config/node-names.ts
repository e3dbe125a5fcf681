import type { BuildAgentTemplate } from './cluster-spec.ts';

/** Names in Jenkins of the build agents that Marathon keeps running: `linux-1` … */
export function nodeNames({ label, count }: BuildAgentTemplate): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${label}-${String(index + 1)}`);
}
