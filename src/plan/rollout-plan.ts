import { quorum } from '../cluster/members.ts';
import type { RolloutSettings } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { mesosAgent } from '../services/mesos-agent.ts';
import type { Service } from '../services/service.ts';
import { withDebts } from './agents.ts';
import { aroundAgent, type Emptying } from './around-agent.ts';
import type { PlanInput } from './observed.ts';
import { rolloutStages } from './rollout.ts';
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
  const around = (stages: readonly Stage[], hosts: readonly string[]) =>
    aroundAgent(stages, hosts, { input, ...options });
  return rolloutStages({
    ...{ spec, service, changes, oneWay, proved },
    ...{ leaders: observed.leaders, settings: options.settings },
    before: gatesBefore[service.name] ?? [],
    afterFirst: leaning(input, service),
    ...(service === mesosAgent && { around }),
  });
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
