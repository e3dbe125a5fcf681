import { describe, type Plan, type Stage } from '../plan/step.ts';
import { clip, wrap } from '../report/table.ts';

/** The plan as the operator reads it before confirming: a line per step, with the order of hosts. */
export function planLines(plan: Plan, columns: number): string[] {
  const rounds = new Map<string, string[]>();
  for (const { title, hosts } of plan.stages.flatMap(stepsOf)) {
    rounds.set(title, [...(rounds.get(title) ?? []), hosts]);
  }
  const lines = [...rounds].map(([title, order]) => {
    const hosts = order.filter((round) => round !== '').join(', then ');
    return clip(`  ${title}${hosts === '' ? '' : ` (${hosts})`}`, columns);
  });
  return [...lines, ...(plan.notes ?? []).map((note) => wrap(note, columns))];
}

interface Told {
  readonly title: string;
  readonly hosts: string;
}

function stepsOf(stage: Stage): readonly Told[] {
  if (stage.kind === 'gate') return [];
  if (stage.kind === 'api')
    return [{ title: `${stage.phase}: ${describe(stage.step)}`, hosts: '' }];
  const byStep = new Map<string, string[]>();
  for (const { host, steps } of stage.work) {
    for (const step of steps) {
      const title = `${stage.phase}: ${describe(step)}`;
      byStep.set(title, [...(byStep.get(title) ?? []), host]);
    }
  }
  return [...byStep].map(([title, hosts]) => ({ title, hosts: hosts.join(', ') }));
}
