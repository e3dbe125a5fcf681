import { identityFolder, identityOf, identityText } from '../cluster/identity.ts';
import type { Host } from '../config/cluster-spec.ts';
import { buildAgentFolders, buildAgentImages } from '../services/build-agents.ts';
import { services } from '../services/index.ts';
import { controllerFolders, eligibleHosts } from '../services/jenkins.ts';
import { backupFolders } from '../services/home-backup.ts';
import { isIsolated, isolationFolders } from '../services/isolation.ts';
import type { Folder } from '../services/service.ts';
import { mergedDaemonJson } from './docker-config.ts';
import { installDocker } from './docker-packages.ts';
import type { Facts } from './facts.ts';
import { backupSteps } from './home-backup.ts';
import { isolationSteps } from './isolation.ts';
import type { PlanInput } from './observed.ts';
import { factsOf, renderInput, sameMode } from './service-work.ts';
import type { HostStep } from './step.ts';

/** What a host needs before any service starts on it. */
export function prepareHost(input: PlanInput, host: Host): readonly HostStep[] {
  const facts = factsOf(input, host);
  return [
    ...claim(input, host, facts),
    ...dockerSteps(input, host, facts),
    ...folderSteps(input, host, facts),
    // Before the Mesos agent starts, and with it the first build.
    ...isolationSteps(input, host),
    ...backupSteps(input, host),
    ...imagesOf(input, host)
      .filter((image) => !facts.images.has(image))
      .map((image): HostStep => ({ kind: 'pull-image', image })),
    ...strayContainers(input, host, facts),
  ];
}

/** Folders of all services of the host, parents first. */
export function foldersOf({ spec }: Pick<PlanInput, 'spec'>, host: Host): readonly Folder[] {
  const root = { uid: 0, gid: 0 };
  const all = [
    { path: spec.folders.config, mode: '0755', owner: root },
    { path: spec.folders.data, mode: '0755', owner: root },
    ...(isIsolated(host) ? isolationFolders(spec) : []),
    ...backupFolders(spec, host),
    ...servicesOf(spec, host).flatMap((service) => service.folders(spec, host)),
    ...spec.jenkins
      .filter((controller) => eligibleHosts(spec, controller).includes(host))
      .flatMap((controller) => controllerFolders(spec, controller)),
    ...buildAgentFolders(spec, host),
  ];
  return [...new Map(all.map((folder) => [folder.path, folder])).values()];
}

/** Images of all services of the host, and of the controllers and build agents that may start there. */
export function imagesOf(input: PlanInput, host: Host): readonly string[] {
  const { spec } = input;
  const images = [
    ...servicesOf(spec, host).map((service) => service.container(renderInput(input, host)).image),
    ...spec.jenkins
      .filter((controller) => eligibleHosts(spec, controller).includes(host))
      .map(({ image }) => image),
    ...buildAgentImages(spec, host),
  ];
  return [...new Set(images)];
}

export function servicesOf(spec: PlanInput['spec'], host: Host): typeof services {
  return services.filter((service) => service.hosts(spec).includes(host));
}

function claim({ spec, clusterId }: PlanInput, host: Host, facts: Facts): HostStep[] {
  const identity = identityOf(spec, clusterId, host);
  const current = facts.texts.get('identity') === identityText(identity);
  return current ? [] : [{ kind: 'claim-host', identity }];
}

/** The configuration comes first, so that a fresh Docker starts with it at once. */
function dockerSteps({ spec }: PlanInput, host: Host, facts: Facts): HostStep[] {
  const content = mergedDaemonJson(host.name, facts.texts.get('daemon.json'), spec.docker);
  return [
    ...(content === undefined ? [] : [{ kind: 'configure-docker', content } as const]),
    ...installDocker(facts),
  ];
}

/** The folder of the identity is made by the claim, before all others. */
function folderSteps(input: PlanInput, host: Host, facts: Facts): HostStep[] {
  return foldersOf(input, host)
    .filter((folder) => folder.path !== identityFolder && !isCurrent(facts, folder))
    .map((folder) => ({ kind: 'ensure-folder', folder }));
}

function isCurrent(facts: Facts, { path, mode, owner }: Folder): boolean {
  const state = facts.folders.get(path)?.state;
  return (
    state !== undefined &&
    sameMode(state.mode, mode) &&
    state.uid === owner.uid &&
    state.gid === owner.gid
  );
}

/** Containers of a role the host no longer has; those that vote or run tasks are refused earlier. */
function strayContainers(input: PlanInput, host: Host, facts: Facts): HostStep[] {
  const wanted = new Map<string, string>(
    servicesOf(input.spec, host).map((service) => [
      service.name,
      service.container(renderInput(input, host)).name,
    ]),
  );
  const strays = facts.containers.filter(({ service, name }) => {
    const successor = wanted.get(service);
    return service !== '' && (successor === undefined || isLeftOver(facts, name, successor));
  });
  const strayKept = facts.kept.filter(({ service }) => service !== '' && !wanted.has(service));
  return [...strays, ...strayKept].map(({ name }) => ({ kind: 'remove-container', name }));
}

/** Set aside when it was replaced, and forgotten by a run that was cut off after that. */
function isLeftOver({ containers }: Facts, name: string, successor: string): boolean {
  const serves = containers.some((one) => one.name === successor && one.status === 'running');
  return name !== successor && serves;
}
