import type { NewHost } from '../config/edit-cluster-file.ts';

/** Calls that take work from Mesos agents and controllers, and give it back. */
export type AgentStep =
  | VacateAgent
  /** Gives a Mesos agent its offers back, and its Jenkins nodes their builds. */
  | { readonly kind: 'return-agent'; readonly host: string }
  /** After the removal: the masters need not wait for this Mesos agent. */
  | { readonly kind: 'forget-agent'; readonly host: string }
  /** Runs one task on each, as the proof that they take work; the tasks are removed again. */
  | { readonly kind: 'try-agents'; readonly hosts: readonly string[] }
  | PauseBuilds
  /** They start builds again; those that somebody else paused are left as they are. */
  | { readonly kind: 'resume-builds'; readonly controllers: readonly string[] }
  /** Into the cluster file, or the next `init` would know nothing of it; known hosts get the role. */
  | {
      readonly kind: 'enter-host';
      readonly file: string;
      readonly host: NewHost | { readonly name: string; readonly address?: undefined };
    }
  /** Out of the cluster file, or the next `init` would set it up again. */
  | { readonly kind: 'strike-host'; readonly file: string; readonly host: string };

/**
 * Empties a Mesos agent for a stop: its Jenkins nodes go offline, it gets no more offers, its builds
 * end, then whatever is left on it is killed.
 */
export interface VacateAgent {
  readonly kind: 'vacate-agent';
  readonly host: string;
  /** Bound on the wait for its builds. */
  readonly timeoutMs: number;
  /** Do not wait for them. */
  readonly killBuilds: boolean;
  /** Controllers that run there and go to another host: their builds end first, wherever they run. */
  readonly moves?: readonly string[];
  /** Those that cannot, and stop until the agent is back. */
  readonly stops?: readonly string[];
}

/** Controllers start no more builds, and those that run end. */
export interface PauseBuilds {
  readonly kind: 'pause-builds';
  readonly controllers: readonly string[];
  readonly timeoutMs: number;
}

type Tellings = {
  readonly [K in AgentStep['kind']]: (step: Extract<AgentStep, { readonly kind: K }>) => string;
};

export const agentTellings: Tellings = {
  'vacate-agent': (step) =>
    `empty the Mesos agent on ${step.host}: its builds ${step.killBuilds ? 'are killed' : 'end first'}${whoLeaves(step)}`,
  'return-agent': ({ host }) => `give the Mesos agent on ${host} work again`,
  'forget-agent': ({ host }) => `take the Mesos agent on ${host} off the list of Mesos`,
  'try-agents': ({ hosts }) => `run a task on ${listed(hosts)}`,
  'pause-builds': ({ controllers }) =>
    `pause the builds of ${listed(controllers)}: those that run end first`,
  'resume-builds': ({ controllers }) => `let ${listed(controllers)} start builds again`,
  'enter-host': ({ host, file }) => `write Mesos agent ${host.name} into ${file}`,
  'strike-host': ({ host, file }) => `take ${host} out of ${file}`,
};

export function isAgentStep(step: { readonly kind: string }): step is AgentStep {
  return Object.hasOwn(agentTellings, step.kind);
}

function whoLeaves({ moves = [], stops = [] }: VacateAgent): string {
  return [
    ...(moves.length === 0 ? [] : [`, Jenkins ${listed(moves)} moves to another host`]),
    ...(stops.length === 0 ? [] : [`, Jenkins ${listed(stops)} stops meanwhile`]),
  ].join('');
}

export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
