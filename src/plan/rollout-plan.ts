import { quorum } from '../cluster/members.ts';
import type { RolloutSettings } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { mesosAgent } from '../services/mesos-agent.ts';
import type { Service } from '../services/service.ts';
import { withDebts } from './agents.ts';
import { aroundAgent, type Emptying } from './around-agent.ts';
import { controllersOn } from './bound-controllers.ts';
import type { PlanInput } from './observed.ts';
import { refuseTooLargeBatch } from './pool-room.ts';
import { roundsOf, rolloutStages, type Rollout } from './rollout.ts';
import { leaningOn } from './service-gates.ts';
import type { ServiceWork } from './service-work.ts';
import type { Gate, Stage } from './step.ts';

/** What restart, upgrade and rollback have in common. */
export interface RolloutOptions extends Emptying {
  readonly settings: RolloutSettings;
}

export interface Rolling {
  readonly service: Service;
  readonly changes: readonly ServiceWork[];
  readonly oneWay?: boolean;
  /** Done once the first changed members have proved themselves. */
  readonly proved?: readonly Stage[];
}

/** One service from host to host: what leans on it is asked after the first, builds come to no harm. */
export function rollService(
  input: PlanInput,
  { service, changes, oneWay = false, proved = [] }: Rolling,
  options: RolloutOptions,
): readonly Stage[] {
  refuseLostQuorum(input, service, changes);
  const { spec, observed } = input;
  const isAgent = service === mesosAgent;
  const rollout: Rollout = {
    ...{ spec, service, oneWay, proved },
    ...{ leaders: observed.leaders, settings: options.settings },
    changes: isAgent ? freeOnesFirst(input, changes) : changes,
    before: gatesBefore[service.name] ?? [],
    afterFirst: leaning(input, service),
    ...(isAgent && { around: aroundAgents(input, options) }),
  };
  if (isAgent) for (const { members } of roundsOf(rollout)) refuseTooLargeBatch(input, members);
  return rolloutStages(rollout);
}

/** A Mesos agent with a controller is the worst one to try something on. */
function freeOnesFirst(input: PlanInput, changes: readonly ServiceWork[]): readonly ServiceWork[] {
  const isBound = ({ host }: ServiceWork) => hasController(input, host);
  return [...changes.filter((work) => !isBound(work)), ...changes.filter(isBound)];
}

function hasController(input: PlanInput, host: string): boolean {
  const { moves, stops } = controllersOn(input, host);
  return moves.length > 0 || stops.length > 0;
}

/** A controller that had to go or to stop answers again before the next ones are touched. */
function aroundAgents(input: PlanInput, options: RolloutOptions) {
  return (stages: readonly Stage[], hosts: readonly string[]): readonly Stage[] => {
    const wrapped = aroundAgent(stages, hosts, { input, ...options });
    const gate: Stage = { kind: 'gate', phase: mesosAgent.phase, gate: 'jenkins' };
    return hosts.some((host) => hasController(input, host)) ? [...wrapped, gate] : wrapped;
  };
}

/** The stages of all services together, with what builds need where their connections are cut. */
export function rolledOut(
  input: PlanInput,
  stages: readonly Stage[],
  options: RolloutOptions,
): readonly Stage[] {
  return withDebts(input, stages, options);
}

/** A deployment under way could be left half done. */
const gatesBefore: Partial<Readonly<Record<Service['name'], readonly Gate[]>>> = {
  marathon: ['marathon', 'deployments'],
};

function leaning({ spec }: PlanInput, service: Service): readonly Gate[] {
  return leaningOn[service.name].filter((gate) => gate !== 'jenkins' || spec.jenkins.length > 0);
}

/** Hosts that do not answer may be down as well: one more must not end the group. */
function refuseLostQuorum(
  { spec, observed }: PlanInput,
  service: Service,
  changes: readonly ServiceWork[],
): void {
  const hosts = service.hosts(spec);
  const absent = hosts.filter(({ name }) => !observed.facts.has(name));
  const left = hosts.length - absent.length - 1;
  const isAlone = hosts.length === 1;
  const stops = changes.some(({ runs }) => runs);
  if (!service.votes || isAlone || !stops || left >= quorum(hosts.length)) return;
  const names = absent.map(({ name }) => name).join(', ');
  const down = absent.length === 0 ? '' : `, and ${names} cannot be asked`;
  throw new ClusterError(
    'TOO_FEW_MASTERS',
    `with one more member down, ${left} of ${hosts.length} of ${service.title} would be left${down}`,
    { remedy: `Bring ${names} back, then run the same command again. Nothing was changed.` },
  );
}
