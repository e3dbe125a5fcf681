import { identityOf } from '../cluster/identity.ts';
import { quorum } from '../cluster/members.ts';
import { services } from '../services/index.ts';
import { marathon } from '../services/marathon.ts';
import { mesosAgent } from '../services/mesos-agent.ts';
import type { Service } from '../services/service.ts';
import { jenkinsStages, newJenkinsFiles } from './jenkins-stages.ts';
import type { PlanInput } from './observed.ts';
import { prepareHost } from './prepare-host.ts';
import { serviceWork, type ServiceWork } from './service-work.ts';
import type { Gate, HostWork, Plan, Stage } from './step.ts';

/**
 * What has to change so that the hosts match the cluster file: stages in the order in which they
 * must run. Pure; the same input gives the same plan. Hosts without facts are left out.
 */
export function plan(input: PlanInput): Plan {
  const hosts = input.spec.hosts.filter(({ name }) => input.observed.facts.has(name));
  const stages = [
    ...hostsStage(
      'hosts',
      hosts.map((host) => ({ host: host.name, steps: prepareHost(input, host) })),
    ),
    ...services.flatMap((service) => [
      ...(service === mesosAgent ? hostsStage(service.phase, newJenkinsFiles(input)) : []),
      ...serviceStages(input, service),
    ]),
  ];
  const apps = jenkinsStages(input);
  return { stages: [...stages, ...leaderForApps(input, stages, apps), ...apps] };
}

/** Where Marathon had no leader just now, as after a power cut, and is not changed itself. */
function leaderForApps(
  { observed }: PlanInput,
  before: readonly Stage[],
  apps: readonly Stage[],
): readonly Stage[] {
  const waits = before.some((stage) => stage.kind === 'gate' && stage.gate === 'marathon');
  const submits = apps.some(({ kind }) => kind === 'api');
  return observed.apps === undefined && submits && !waits ? [gateStage(marathon)] : [];
}

const gates: Readonly<Record<Service['name'], Gate>> = {
  zookeeper: 'ensemble',
  'mesos-master': 'masters',
  'mesos-agent': 'agents',
  marathon: 'marathon',
  gateway: 'gateways',
  keepalived: 'entrance',
};

function serviceStages(input: PlanInput, service: Service): readonly Stage[] {
  const hosts = service
    .hosts(input.spec)
    .filter(({ name }) => input.observed.facts.has(name))
    .map((host) => serviceWork(input, service, host));
  const changes = hosts.filter(({ steps }) => steps.length > 0);
  if (changes.length === 0) return [];
  if (mustRoll(input, service, hosts)) return rolling(input, service, changes);
  const stages = [...hostsStage(service.phase, changes), gateStage(service)];
  return service.name === 'zookeeper' ? [...stages, ...claimEnsemble(input, hosts)] : stages;
}

/**
 * A service that serves now is changed host by host, or the change itself would end it. One that
 * does not (first start, power cut, an interrupted first run) starts everywhere at once: a quorum
 * cannot form while its members wait for each other.
 */
function mustRoll({ spec }: PlanInput, service: Service, hosts: readonly ServiceWork[]): boolean {
  const running = hosts.filter(({ runs }) => runs).length;
  return service.votes ? running >= quorum(service.hosts(spec).length) : running > 0;
}

/** Members that are down first (nothing is lost by starting them), the leader last. */
function rolling(
  { observed }: PlanInput,
  service: Service,
  changes: readonly ServiceWork[],
): readonly Stage[] {
  const down = changes.filter(({ runs }) => !runs);
  const running = changes.filter(({ runs }) => runs);
  const followers = running.filter(({ host }) => !observed.leaders.has(`${service.name}@${host}`));
  const leaders = running.filter((work) => !followers.includes(work));
  const later = [...followers, ...leaders];
  const first =
    down.length === 0 ? [] : [...hostsStage(service.phase, down), gateStage(service, later)];
  // Before the first of a healthy group goes down, the others must be able to carry on.
  const before =
    service.votes && running.length > 0 && down.length === 0 ? [gateStage(service)] : [];
  const rest = later.flatMap((work, index) => [
    ...hostsStage(service.phase, [work]),
    gateStage(service, later.slice(index + 1)),
  ]);
  return [...first, ...before, ...rest];
}

function hostsStage(phase: Stage['phase'], work: readonly HostWork[]): readonly Stage[] {
  const busy = work.filter(({ steps }) => steps.length > 0);
  return busy.length === 0
    ? []
    : [{ kind: 'hosts', phase, work: busy.map(({ host, steps }) => ({ host, steps })) }];
}

/** A member that votes is needed whether its turn has come or not. */
function gateStage(service: Service, later: readonly HostWork[] = []): Stage {
  const gate = { kind: 'gate', phase: service.phase, gate: gates[service.name] } as const;
  return service.votes || later.length === 0
    ? gate
    : { ...gate, except: later.map(({ host }) => host) };
}

function claimEnsemble(input: PlanInput, hosts: readonly HostWork[]): readonly Stage[] {
  return input.spec.hosts
    .filter(({ name }) => name === hosts[0]?.host)
    .map((host) => identityOf(input.spec, input.clusterId, host))
    .map((identity) => ({
      kind: 'api',
      phase: 'ensemble',
      step: { kind: 'claim-ensemble', identity },
    }));
}
