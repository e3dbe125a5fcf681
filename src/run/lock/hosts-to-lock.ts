import { hostsWith, quorum } from '../../cluster/members.ts';
import type { ClusterSpec } from '../../config/cluster-spec.ts';
import type { Plan, Stage } from '../../plan/step.ts';
import { services } from '../../services/index.ts';

/**
 * The hosts that the plan changes. What concerns the whole cluster (a call to a service, a change of a
 * group that votes, one host after the other) also needs a majority of the masters: any two such
 * runs then meet on one of them.
 */
export function hostsToLock(
  plan: Plan,
  spec: ClusterSpec,
  reached: ReadonlySet<string>,
): readonly string[] {
  const named = plan.stages.flatMap(hostsOf).filter((host) => reached.has(host));
  const changed = new Set(named);
  if (concernsAll(plan)) majority(spec, reached, changed).forEach((host) => changed.add(host));
  return [...changed].toSorted();
}

/** A Mesos agent that gets its work back also loses a mark on its host. */
function hostsOf(stage: Stage): readonly string[] {
  if (stage.kind === 'hosts') return stage.work.map(({ host }) => host);
  if (stage.kind === 'gate') return [];
  const { step } = stage;
  return step.kind === 'vacate-agent' || step.kind === 'return-agent' ? [step.host] : [];
}

function concernsAll({ stages }: Plan): boolean {
  const voting = new Set(services.filter(({ votes }) => votes).map(({ phase }) => phase));
  const work = stages.filter(({ kind }) => kind === 'hosts');
  const phases = work.map(({ phase }) => phase);
  return (
    stages.some((stage) => stage.kind === 'api' && stage.step.kind !== 'fetch-agent-secrets') ||
    phases.some((phase, index) => voting.has(phase) || phases.indexOf(phase) !== index)
  );
}

/** Those that are locked anyway, then more by name. With fewer in reach no quorum can be changed. */
export function majority(
  spec: ClusterSpec,
  reached: ReadonlySet<string>,
  changed: ReadonlySet<string>,
): readonly string[] {
  const masters = hostsWith(spec, 'mesos-master').map(({ name }) => name);
  const there = masters.filter((name) => reached.has(name)).toSorted();
  const wanted = quorum(masters.length);
  const locked = there.filter((name) => changed.has(name));
  const more = there.filter((name) => !changed.has(name));
  return [...locked, ...more].slice(0, Math.max(wanted, locked.length));
}
