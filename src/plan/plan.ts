import { identityOf } from '../cluster/identity.ts';
import { quorum } from '../cluster/members.ts';
import { services } from '../services/index.ts';
import { marathon } from '../services/marathon.ts';
import { mesosAgent } from '../services/mesos-agent.ts';
import { mesosMaster } from '../services/mesos-master.ts';
import type { Service } from '../services/service.ts';
import { zookeeper } from '../services/zookeeper.ts';
import { beginAnew } from './agent-id.ts';
import { withDebts } from './agents.ts';
import { aroundAgent, patient, type Emptying } from './around-agent.ts';
import { jenkinsStages, newJenkinsFiles } from './jenkins-stages.ts';
import type { PlanInput } from './observed.ts';
import { prepareHost } from './prepare-host.ts';
import { workOf, type ServiceWork } from './service-work.ts';
import { oneWayNote, oneWayOf } from './one-way.ts';
import { rolloutStages } from './rollout.ts';
import { gateStage, hostsStage } from './service-gates.ts';
import type { HostWork, Plan, Stage } from './step.ts';

/**
 * What has to change so that the hosts match the cluster file: stages in the order in which they
 * must run. Pure; the same input gives the same plan. Hosts without facts are left out.
 */
export function plan(input: PlanInput, emptying: Emptying = patient): Plan {
  const hosts = input.spec.hosts.filter(({ name }) => input.observed.facts.has(name));
  const stages = [
    ...hostsStage(
      'hosts',
      hosts.map((host) => ({ host: host.name, steps: prepareHost(input, host) })),
    ),
    ...services.flatMap((service) => [
      ...(service === mesosAgent ? hostsStage(service.phase, newJenkinsFiles(input)) : []),
      ...serviceStages(input, service, emptying),
    ]),
  ];
  const apps = jenkinsStages(input);
  const notes = services.flatMap((service) => oneWayNotes(input, service));
  return {
    stages: withDebts(input, [...stages, ...leaderForApps(input, stages, apps), ...apps], emptying),
    ...(notes.length > 0 && { notes }),
  };
}

/** Also where the image was changed in the cluster file itself. */
function oneWayNotes(input: PlanInput, service: Service): readonly string[] {
  const found = oneWayOf(service, workOf(input, service));
  return found === undefined ? [] : [oneWayNote(service.title, found)];
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

function serviceStages(input: PlanInput, service: Service, emptying: Emptying): readonly Stage[] {
  const isAgent = service === mesosAgent;
  const hosts = workOf(input, service).map((work) => (isAgent ? beginAnew(input, work) : work));
  const changes = hosts.filter(({ steps }) => steps.length > 0);
  if (changes.length === 0) return service === zookeeper ? lateClaim(input, hosts) : [];
  const { spec, observed } = input;
  if (mustRoll(input, service, hosts)) {
    const { leaders } = observed;
    const oneWay = oneWayOf(service, changes) !== undefined;
    const around = (stages: readonly Stage[], names: readonly string[]) =>
      aroundAgent(stages, names, { input, ...emptying });
    return rolloutStages({
      ...{ spec, service, changes, leaders, settings: spec.rollout, oneWay },
      ...(isAgent && { around }),
    });
  }
  const stages = [...hostsStage(service.phase, changes), gateStage(service)];
  return service === zookeeper ? [...stages, ...claimEnsemble(input, hosts)] : stages;
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

/** A run may have ended between the start of ZooKeeper and the claim; masters start after the claim. */
function lateClaim(input: PlanInput, members: readonly ServiceWork[]): readonly Stage[] {
  const masters = workOf(input, mesosMaster);
  const isFirst =
    masters.length > 0 && masters.every(({ runs, steps }) => !runs && steps.length > 0);
  return isFirst ? [gateStage(zookeeper), ...claimEnsemble(input, members)] : [];
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
