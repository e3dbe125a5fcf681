import type { PlanInput } from '../../plan/observed.ts';
import type { HostStep, Plan } from '../../plan/step.ts';
import { Secret } from '../../secret.ts';
import type { Facts } from '../../plan/facts.ts';

/** Arguments of `remote/details.sh` by host; hosts on which nothing is there to be replaced are left out. */
export function detailsArguments(
  plan: Plan,
  { observed }: Pick<PlanInput, 'observed'>,
): ReadonlyMap<string, readonly string[]> {
  const byHost = new Map<string, string[]>();
  const work = plan.stages.flatMap((stage) => (stage.kind === 'hosts' ? stage.work : []));
  for (const { host, steps } of work) {
    const facts = observed.facts.get(host);
    const words = facts === undefined ? [] : steps.flatMap((step) => wordsOf(step, facts));
    if (words.length > 0) byHost.set(host, [...(byHost.get(host) ?? []), ...words]);
  }
  return byHost;
}

/** The content of a secret is never asked for. */
function wordsOf(step: HostStep, facts: Facts): readonly string[] {
  switch (step.kind) {
    case 'write-file': {
      const { path, content } = step.file;
      return content instanceof Secret || !facts.files.has(path) ? [] : ['file', path];
    }
    case 'start-container': {
      const { name, image } = step.container;
      const isThere = facts.containers.some((container) => container.name === name);
      return isThere ? ['container', name, 'image', image] : [];
    }
    default:
      return [];
  }
}
