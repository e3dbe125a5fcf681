import type { ClusterSpec } from '../config/cluster-spec.ts';
import type { ApiStep, Stage } from '../plan/step.ts';
import { trialId } from '../services/trial-app.ts';

/** Name of what a run owes between emptying a Mesos agent and giving it work again. */
export function returnAgentId(host: string): string {
  return `return-agent ${host}`;
}

const resumeBuildsId = 'resume-builds';

/** What a run that dies in the middle of the step owes, by the names that its undo has, too. */
export function obligationsOf(step: ApiStep): readonly string[] {
  switch (step.kind) {
    case 'vacate-agent':
      return [returnAgentId(step.host)];
    case 'pause-builds':
      return [resumeBuildsId];
    case 'try-agents':
      return step.hosts.map((name) => trialId({ name }));
    default:
      return [];
  }
}

/** What settles it; undefined where what it was taken from is not part of the cluster any more. */
export function settlingOf(id: string, spec: ClusterSpec): Stage | undefined {
  if (id === resumeBuildsId) {
    const controllers = spec.jenkins.map(({ name }) => name);
    return { kind: 'api', phase: 'services', step: { kind: id, controllers } };
  }
  if (id.startsWith('/'))
    return { kind: 'api', phase: 'services', step: { kind: 'remove-app', id } };
  const host = spec.hosts.find(({ name }) => id === returnAgentId(name))?.name;
  if (host === undefined) return undefined;
  return { kind: 'api', phase: 'agents', step: { kind: 'return-agent', host } };
}
