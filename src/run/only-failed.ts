import { ClusterError } from '../errors.ts';
import type { Plan, Stage } from '../plan/step.ts';
import type { Engine } from './engine.ts';
import { failedHosts, readHistory } from './journal/history.ts';

/**
 * The part of the plan that is work on hosts which failed in the last run, with the gates after it.
 * Calls to services belong to no host: they are left to the next whole run.
 */
export async function narrowed(plan: Plan, { spec, ports, report }: Engine): Promise<Plan> {
  const last = (await readHistory(ports, spec.name)).at(-1);
  if (last === undefined) throw noRun(spec.name);
  const failed = failedHosts(last);
  const names = failed.size === 0 ? 'no host' : [...failed].join(', ');
  report({ kind: 'note', text: `${names} failed in the last run (${last.id})` });
  return { ...plan, stages: plan.stages.flatMap((stage) => narrowedStage(stage, failed)) };
}

function narrowedStage(stage: Stage, failed: ReadonlySet<string>): readonly Stage[] {
  if (failed.size === 0 || stage.kind === 'api') return [];
  if (stage.kind === 'gate') return [stage];
  const work = stage.work.filter(({ host }) => failed.has(host));
  return work.length === 0 ? [] : [{ ...stage, work }];
}

function noRun(cluster: string): ClusterError {
  return new ClusterError('USAGE', `no run of cluster ${cluster} is recorded on this machine`, {
    remedy: 'Leave --only-failed out; ci-cluster runs --hosts shows runs from other machines.',
  });
}
