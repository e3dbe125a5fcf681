import type { Container, Folder, ManagedFile, Phase, ServiceName } from '../services/service.ts';
import type { MarathonApp } from '../services/marathon-app.ts';
import type { RoleShare } from '../services/shares.ts';
import type { Identity } from '../cluster/identity.ts';
import { agentTellings, listed, type AgentStep } from './agent-step.ts';
import type { PackageManager } from './facts.ts';
import { rolloutTellings, type RolloutStep } from './rollout-step.ts';

/** One change on one host. All steps of a host in a stage become one script. */
export type HostStep =
  | { readonly kind: 'claim-host'; readonly identity: Identity }
  | InstallDocker
  | { readonly kind: 'configure-docker'; readonly content: string }
  | { readonly kind: 'ensure-folder'; readonly folder: Folder }
  | { readonly kind: 'write-file'; readonly file: ManagedFile }
  /** The content is what `fetch-agent-secrets` found; file and mode as of `secretFile`. */
  | {
      readonly kind: 'write-agent-secret';
      readonly controller: string;
      readonly node: string;
      readonly path: string;
    }
  | { readonly kind: 'pull-image'; readonly image: string }
  | { readonly kind: 'enable-timer'; readonly unit: string }
  | { readonly kind: 'isolate-builds'; readonly unit: string; readonly script: string }
  | StartContainer
  | RestartContainer
  | TakeBackContainer
  | { readonly kind: 'remove-container'; readonly name: string }
  | { readonly kind: 'remove-file'; readonly path: string }
  /** Data is deleted where the host carries our claim only, and only where it was asked for by name. */
  | { readonly kind: 'remove-folder'; readonly path: string; readonly identity: Identity }
  | { readonly kind: 'disable-unit'; readonly unit: string }
  /** Every container that Mesos made here, builds and controllers alike. */
  | { readonly kind: 'remove-tasks' }
  /** Takes back what `isolate-builds` did. */
  | { readonly kind: 'release-builds'; readonly unit: string; readonly script: string }
  /** Enables it as well, and waits until it runs. */
  | { readonly kind: 'start-unit'; readonly unit: string }
  /** A line of /etc/hosts that has the host's own names on loopback gets its service address. */
  | {
      readonly kind: 'correct-hosts-line';
      readonly from: string;
      readonly to: string;
      readonly names: readonly string[];
    }
  /** Keeps ports from being taken for outgoing connections, now and after a reboot. */
  | { readonly kind: 'reserve-ports'; readonly ports: readonly number[] }
  /** Takes the record of the cluster off the host; refused if it is another cluster's. */
  | { readonly kind: 'release-host'; readonly identity: Identity };

/** Starts Docker Engine; installs it first where it is missing, and only then are there packages. */
export interface InstallDocker {
  readonly kind: 'install-docker';
  readonly manager: PackageManager;
  readonly packages: readonly string[];
}

/** The same container again, with the definition that it has. */
export interface RestartContainer {
  readonly kind: 'restart-container';
  readonly name: string;
  readonly listens: readonly number[];
  /** Grace between TERM and KILL. */
  readonly stopSeconds: number;
}

/** The container that the present one replaced, where it was kept; the present one is kept instead. */
export interface TakeBackContainer {
  readonly kind: 'take-back-container';
  readonly name: string;
  /** Of the one to take back. */
  readonly fingerprint: string;
  readonly listens: readonly number[];
  readonly stopSeconds: number;
}

export interface StartContainer {
  readonly kind: 'start-container';
  readonly service: ServiceName;
  readonly container: Container;
  readonly cluster: string;
  readonly fingerprint: string;
  /** Start a new one even if one with this fingerprint runs: it has read older files. */
  readonly replace: boolean;
}

/** A call to a service, over a forwarded channel. */
export type ApiStep =
  | { readonly kind: 'claim-ensemble'; readonly identity: Identity }
  | {
      readonly kind: 'put-app';
      readonly app: MarathonApp;
      /** Also when the definition is equal: a mounted file has changed. */
      readonly restart: boolean;
      /** Version of Mesos that the app cannot do without; asked of the leading master. */
      readonly mesosAtLeast?: string | undefined;
    }
  | { readonly kind: 'remove-app'; readonly id: string }
  | { readonly kind: 'set-shares'; readonly shares: readonly RoleShare[] }
  | AgentStep
  | RolloutStep
  /** Reads only; what it finds is kept for the steps that write it. */
  | {
      readonly kind: 'fetch-agent-secrets';
      readonly controller: string;
      readonly nodes: readonly string[];
    };

/** What must be true before the next stage may begin. */
export type Gate =
  | 'ensemble'
  | 'masters'
  | 'registered'
  | 'agents'
  | 'marathon'
  | 'deployments'
  | 'gateways'
  | 'entrance'
  | 'jenkins'
  | 'build-agents';

export interface HostWork {
  readonly host: string;
  readonly steps: readonly HostStep[];
}

/** A stage runs on all its hosts at once; the next one begins when every host has finished. */
export type Stage =
  | {
      readonly kind: 'hosts';
      readonly phase: Phase;
      readonly work: readonly HostWork[];
      /** Hosts that may fail in the whole run before it stops; they are told at its end. */
      readonly maxFailures?: number;
    }
  | { readonly kind: 'api'; readonly phase: Phase; readonly step: ApiStep }
  | {
      readonly kind: 'gate';
      readonly phase: Phase;
      readonly gate: Gate;
      /** Hosts whose turn is still to come: what was changed before may have left them behind. */
      readonly except?: readonly string[];
      /** What was just changed, for the case that the gate is not reached. */
      readonly wayBack?: WayBack;
      /** As of the hosts before it: those that failed do not hold it. */
      readonly maxFailures?: number;
      /** It must stay reached for this time. */
      readonly holdMs?: number;
    };

/** From a change that turned out badly to what was there before. */
export interface WayBack {
  readonly service: ServiceName;
  readonly work: readonly HostWork[];
  /**
   * Hosts that have the new version, where state moves forward with the first of them that leads:
   * from then on there is no way back.
   */
  readonly oneWay?: readonly string[];
}

export interface Plan {
  readonly stages: readonly Stage[];
  /** Order of the phases where it is not the usual one: a teardown goes backwards. */
  readonly phases?: readonly Phase[];
  /** What the operator should know before confirming, a sentence each. */
  readonly notes?: readonly string[];
}

/** What is done, as the operator reads it. */
export function describe(step: HostStep | ApiStep): string {
  // One of them fits its own kind, which is more than the compiler sees.
  const tell = tellings[step.kind] as (step: HostStep | ApiStep) => string;
  return tell(step);
}

type Kind = (HostStep | ApiStep)['kind'];
type Tellings = {
  readonly [K in Kind]: (step: Extract<HostStep | ApiStep, { readonly kind: K }>) => string;
};

const tellings: Tellings = {
  'claim-host': ({ identity }) => `claim the host for cluster ${identity.name}`,
  'install-docker': ({ packages }) =>
    packages.length === 0 ? 'start Docker' : `install ${packages.join(', ')}`,
  'configure-docker': () => 'configure Docker (/etc/docker/daemon.json)',
  'ensure-folder': ({ folder }) => `make folder ${folder.path}`,
  'write-file': ({ file }) => `write ${file.path}`,
  'write-agent-secret': ({ path }) => `write ${path}`,
  'pull-image': ({ image }) => `pull ${image}`,
  'enable-timer': ({ unit }) => `enable ${unit}`,
  'start-unit': ({ unit }) => `start and enable ${unit}`,
  'correct-hosts-line': ({ from, to, names }) =>
    `give ${names.join(' ')} in /etc/hosts the address ${to} instead of ${from}`,
  'reserve-ports': ({ ports }) => `reserve ports ${ports.join(', ')} for services`,
  'isolate-builds': () => 'keep builds away from control ports',
  'start-container': ({ container }) => `start ${container.name} from ${container.image}`,
  'restart-container': ({ name }) => `restart ${name}`,
  'take-back-container': ({ name }) => `take back the ${name} before`,
  'remove-container': ({ name }) => `remove container ${name}`,
  'remove-file': ({ path }) => `remove ${path}`,
  'remove-folder': ({ path }) => `delete ${path} and all data in it`,
  'disable-unit': ({ unit }) => `disable ${unit}`,
  'remove-tasks': () => 'remove what Mesos still runs in Docker: it ends',
  'release-builds': () => 'take away the rules between builds and control ports',
  'release-host': ({ identity }) => `release the host from cluster ${identity.name}`,
  'claim-ensemble': ({ identity }) => `claim the ensemble for cluster ${identity.name}`,
  'put-app': ({ app }) => `submit app ${app.id} to Marathon`,
  'remove-app': ({ id }) => `remove app ${id} from Marathon: ${whatEnds(id)}`,
  'set-shares': ({ shares }) => `set in Mesos: ${shares.map(shareText).join('; ')}`,
  ...agentTellings,
  ...rolloutTellings,
  'fetch-agent-secrets': ({ controller, nodes }) =>
    `ask Jenkins ${controller} for the secrets of ${listed(nodes)}`,
};

function whatEnds(id: string): string {
  return id.startsWith('/ci/jenkins-') && !id.includes('-agents/')
    ? 'this controller ends, its home stays'
    : 'this build agent ends, and a build that runs on it';
}

function shareText({ role, weight, limit: { cpus, memoryMb } }: RoleShare): string {
  const limits = [
    ...(cpus === undefined ? [] : [`${cpus} cores`]),
    ...(memoryMb === undefined ? [] : [`${memoryMb} MiB`]),
  ];
  const most = limits.length === 0 ? 'no limit' : `at most ${limits.join(' and ')}`;
  return `role ${role} weight ${weight}, ${most}`;
}

/** How many changes the plan holds; gates and questions change nothing. */
export function countChanges(plan: Plan): number {
  return plan.stages.reduce((sum, stage) => {
    if (stage.kind === 'gate') return sum;
    if (stage.kind === 'api') return stage.step.kind === 'fetch-agent-secrets' ? sum : sum + 1;
    return sum + stage.work.reduce((steps, work) => steps + work.steps.length, 0);
  }, 0);
}
