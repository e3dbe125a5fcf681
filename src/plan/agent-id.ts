import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import { mesosAgent, recoveryLink } from '../services/mesos-agent.ts';
import type { PlanInput, RegisteredAgent } from './observed.ts';
import type { ServiceWork } from './service-work.ts';
import type { HostStep } from './step.ts';

/**
 * A Mesos agent refuses to start again with less than it had, or with another value of an attribute,
 * also under the additive policy (1.12): it has to begin anew, under a new id. That costs nothing where
 * it was emptied before; elsewhere it would end its tasks, so there its refusal is left to be seen.
 */
export function beginAnew(input: PlanInput, work: ServiceWork): ServiceWork {
  const host = input.spec.hosts.find(({ name }) => name === work.host);
  const before = input.observed.agents?.get(work.host);
  if (host === undefined || before === undefined || !work.runs) return work;
  const starts = ({ kind, ...step }: HostStep) =>
    kind === 'start-container' && 'service' in step && step.service === mesosAgent.name;
  if (!work.steps.some(starts) || isAdditive(host, before)) return work;
  const forget: HostStep = { kind: 'remove-file', path: recoveryLink(input.spec) };
  return {
    ...work,
    steps: work.steps.flatMap((step) => (starts(step) ? [forget, step] : [step])),
  };
}

/** What the additive policy lets pass; judged by what the master has, which may be more than it needs. */
export function isAdditive({ agent }: Pick<Host, 'agent'>, before: RegisteredAgent): boolean {
  const { attributes, resources } = agent;
  const keeps = Object.entries(before.attributes).every(
    ([name, value]) => attributes[name] === value,
  );
  const covers = before.ports.every(
    ({ begin, end }) => resources.ports.first <= begin && end <= resources.ports.last,
  );
  return keeps && covers && holds(resources, before);
}

/** What the file does not say Mesos finds again. */
function holds(
  { cpus, memoryMb, diskMb }: Host['agent']['resources'],
  before: RegisteredAgent,
): boolean {
  return (
    (cpus ?? before.cpus) >= before.cpus &&
    (memoryMb ?? before.memoryMb) >= before.memoryMb &&
    (diskMb ?? before.diskMb) >= before.diskMb
  );
}

/** So that whatever comes to the host later begins anew. */
export function forgetId(spec: ClusterSpec): HostStep {
  return { kind: 'remove-file', path: recoveryLink(spec) };
}
