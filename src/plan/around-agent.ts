import { identityFolder } from '../cluster/identity.ts';
import { root, type ManagedFile } from '../services/service.ts';
import { controllersOn, refuseBound } from './bound-controllers.ts';
import type { PlanInput } from './observed.ts';
import type { Stage } from './step.ts';

/** How a Mesos agent is emptied before it is stopped. */
export interface Emptying {
  /** Bound on the wait for its builds. */
  readonly timeoutMs: number;
  /** Do not wait for them. */
  readonly killBuilds: boolean;
  /** Controllers that cannot move may stop until the agent is back. */
  readonly stopControllers: boolean;
}

export const patient: Emptying = {
  timeoutMs: 30 * 60_000,
  killBuilds: false,
  stopControllers: false,
};

/** There while a host is emptied: a later run finds by it what a dead one did not give back. */
export const vacatedPath = `${identityFolder}/vacated.json`;

export interface Around extends Emptying {
  readonly input: PlanInput;
}

/**
 * Stages that stop the Mesos agents of hosts, with what keeps builds from harm: the hosts are empty
 * before the first of them, and get their work back once they are in touch with the leader again,
 * before any gate that follows the last change. Where they are not in touch, what was changed is taken
 * back first. Throws NOT_MOVABLE where a controller would stop that cannot move.
 */
export function aroundAgent(
  stages: readonly Stage[],
  hosts: readonly string[],
  around: Around,
): readonly Stage[] {
  const last = stages.findLastIndex(({ kind }) => kind !== 'gate');
  if (last === -1 || hosts.length === 0) return stages;
  const gates = stages.slice(last + 1);
  return [
    ...vacateStages(hosts, around),
    ...stages.slice(0, last + 1),
    ...gates.slice(0, 1).map((gate): Stage => ({ ...gate, ...inTouch })),
    ...returnStages(hosts),
    ...gates,
  ];
}

const inTouch = { kind: 'gate', gate: 'registered', holdMs: 0 } as const;

export function vacateStages(hosts: readonly string[], around: Around): readonly Stage[] {
  refuseBound(around.input, hosts, around.stopControllers);
  const { timeoutMs, killBuilds } = around;
  const marks = hosts.map((host) => ({
    host,
    steps: [{ kind: 'write-file', file: vacatedFile(host) } as const],
  }));
  return [
    { kind: 'hosts', phase: 'agents', work: marks },
    ...hosts.map((host): Stage => {
      const controllers = controllersOn(around.input, host);
      const common = { kind: 'vacate-agent', host, timeoutMs, killBuilds } as const;
      return { kind: 'api', phase: 'agents', step: { ...common, ...controllers } };
    }),
  ];
}

export function returnStages(hosts: readonly string[]): readonly Stage[] {
  const unmark = { kind: 'remove-file', path: vacatedPath } as const;
  return [
    ...hosts.map((host): Stage => {
      return { kind: 'api', phase: 'agents', step: { kind: 'return-agent', host } };
    }),
    {
      ...{ kind: 'hosts', phase: 'agents' },
      work: hosts.map((host) => ({ host, steps: [unmark] })),
    },
  ];
}

function vacatedFile(host: string): ManagedFile {
  const why = 'ci-cluster empties this host; ci-cluster init gives it its work back';
  const content = `${JSON.stringify({ schemaVersion: 1, host, why }, undefined, 2)}\n`;
  return { path: vacatedPath, content, mode: '0644', owner: root };
}
