import { identityFolder, identityOf, identityText, keptIdentityPath } from '../cluster/identity.ts';
import type { Host } from '../config/cluster-spec.ts';
import { backedUpOn, backupTimer } from '../services/home-backup.ts';
import { services } from '../services/index.ts';
import { isIsolated, isolationScript, isolationUnit } from '../services/isolation.ts';
import { phases, root, type Service } from '../services/service.ts';
import type { Facts } from './facts.ts';
import type { PlanInput } from './observed.ts';
import { keptIdentity, recorded } from './preflight.ts';
import { foldersOf } from './prepare-host.ts';
import { factsOf } from './service-work.ts';
import type { HostStep, HostWork, Plan, Stage } from './step.ts';

export interface Teardown extends PlanInput {
  /** Delete the data, too. */
  readonly purge: boolean;
}

/**
 * Everything that the cluster put on its hosts, taken away in the reverse order: apps, services, what
 * starts by itself, configuration, at last the claim. Made from what is there, so half a cluster is as
 * good as a whole one, and a second time there is nothing to do. Docker and its settings stay.
 */
export function teardown(input: Teardown): Plan {
  const hosts = input.spec.hosts.filter((host) => isOurs(input, host));
  const stages = [
    ...(hosts.length === 0 ? [] : appStages(input)),
    ...services.toReversed().flatMap((service) => serviceStage(input, service, hosts)),
    ...stageOf('hosts', hosts, (host) => cleanHost(input, host)),
  ];
  const notes = input.purge ? purgeNotes(input, hosts) : [];
  return { stages, phases: phases.toReversed(), ...(notes.length > 0 && { notes }) };
}

/** Docker is there but does not answer: nobody can tell which containers are left. */
export function dockerStopped({ spec, observed }: PlanInput): readonly Host[] {
  return spec.hosts.filter(({ name }) => observed.facts.get(name)?.docker.kind === 'stopped');
}

function isOurs(input: Teardown, host: Host): boolean {
  if (!input.observed.facts.has(host.name) || dockerStopped(input).includes(host)) return false;
  if (recorded(input, host)?.id === input.clusterId) return true;
  return input.purge && hasKeptData(input, host);
}

function hasKeptData(input: Teardown, host: Host): boolean {
  return keptIdentity(input, host)?.id === input.clusterId;
}

/** Without Marathon the tasks are ended on their hosts. */
function appStages({ observed }: Teardown): readonly Stage[] {
  return [...(observed.apps ?? [])]
    .filter(([, fingerprint]) => fingerprint !== '')
    .map(([id]) => ({ kind: 'api', phase: 'services', step: { kind: 'remove-app', id } }));
}

/** Every container of the service, those that were set aside as well. */
function serviceStage(input: Teardown, service: Service, hosts: readonly Host[]): readonly Stage[] {
  const cluster = `${input.spec.name}/${input.clusterId}`;
  return stageOf(service.phase, hosts, (host) => {
    const facts = factsOf(input, host);
    const own = [...facts.containers, ...facts.kept].filter(
      (container) => container.cluster === cluster && container.service === service.name,
    );
    const tasks = service.name === 'mesos-agent' && facts.docker.kind === 'running';
    return [
      ...own.map(({ name }): HostStep => ({ kind: 'remove-container', name })),
      // They outlive the Mesos agent that started them.
      ...(tasks && isIsolated(host) && isClaimed(input, host)
        ? [{ kind: 'remove-tasks' } as const]
        : []),
    ];
  });
}

function isClaimed(input: Teardown, host: Host): boolean {
  return recorded(input, host) !== undefined;
}

function stageOf(
  phase: Stage['phase'],
  hosts: readonly Host[],
  stepsOf: (host: Host) => readonly HostStep[],
): readonly Stage[] {
  const work = hosts
    .map((host): HostWork => ({ host: host.name, steps: stepsOf(host) }))
    .filter(({ steps }) => steps.length > 0);
  return work.length === 0 ? [] : [{ kind: 'hosts', phase, work }];
}

function cleanHost(input: Teardown, host: Host): readonly HostStep[] {
  const facts = factsOf(input, host);
  const identity = identityOf(input.spec, input.clusterId, host);
  const remove = (path: string): HostStep => ({ kind: 'remove-folder', path, identity });
  return [
    // Nothing is deleted on a host that does not say whose it is.
    ...(isClaimed(input, host) ? [] : [{ kind: 'claim-host', identity } as const]),
    ...unitSteps(input, host, facts),
    ...configFolders(input, host).map(remove),
    ...(input.purge ? purged(input, host).map(remove) : []),
    ...recordSteps(input, host, facts),
    { kind: 'release-host', identity },
  ];
}

const systemFolder = '/etc/systemd/system';

/** What systemd starts at boot or by time. */
function unitSteps({ spec }: Teardown, host: Host, facts: Facts): readonly HostStep[] {
  const removed = (paths: readonly string[]): HostStep[] =>
    paths.filter((path) => facts.files.has(path)).map((path) => ({ kind: 'remove-file', path }));
  const script = isolationScript(spec);
  const rules = facts.files.has(script) || facts.files.has(`${systemFolder}/${isolationUnit}`);
  const timers = backedUpOn(spec, host).map(backupTimer);
  return [
    ...(rules ? [{ kind: 'release-builds', unit: isolationUnit, script } as const] : []),
    ...removed([`${systemFolder}/${isolationUnit}`]),
    ...timers.flatMap((unit): HostStep[] => {
      const paths = [unit, unit.replace(/timer$/, 'service')].map(
        (name) => `${systemFolder}/${name}`,
      );
      const steps = removed(paths);
      return steps.length === 0 ? [] : [{ kind: 'disable-unit', unit }, ...steps];
    }),
  ];
}

/** Directly below the folder for configuration; the folder itself may hold somebody else's files. */
function configFolders(input: Teardown, host: Host): readonly string[] {
  const { config } = input.spec.folders;
  const below = present(input, host).filter((path) => path.startsWith(`${config}/`));
  return topmost(below.filter((path) => path !== identityFolder));
}

/**
 * Data folders that the cluster file names for this host. A shared home is on storage that is not the
 * host's: deleting it is nothing that several hosts should do at once.
 */
function purged(input: Teardown, host: Host): readonly string[] {
  const { folders, jenkins } = input.spec;
  const shared = jenkins.flatMap(({ home }) => (home.kind === 'shared' ? [home.path] : []));
  const holdsShared = (path: string): boolean =>
    shared.some((home) => home === path || home.startsWith(`${path}/`));
  const data = present(input, host).filter(
    (path) =>
      ![folders.config, folders.data, identityFolder].includes(path) &&
      !path.startsWith(`${folders.config}/`) &&
      !holdsShared(path),
  );
  return topmost(data);
}

function present(input: Teardown, host: Host): readonly string[] {
  const facts = factsOf(input, host);
  return foldersOf(input, host)
    .map(({ path }) => path)
    .filter((path) => facts.folders.get(path)?.state !== undefined);
}

function topmost(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
}

/** Data that stays says whose it is, so that the same cluster, and no other, can begin again on it. */
function recordSteps(input: Teardown, host: Host, facts: Facts): readonly HostStep[] {
  const path = keptIdentityPath(input.spec);
  if (input.purge) return facts.texts.has(path) ? [{ kind: 'remove-file', path }] : [];
  if (facts.folders.get(input.spec.folders.data)?.state === undefined) return [];
  const content = identityText(identityOf(input.spec, input.clusterId, host));
  return [{ kind: 'write-file', file: { path, content, mode: '0644', owner: root } }];
}

/** By name, whatever the width of the screen: hosts with the same folders together. */
function purgeNotes(input: Teardown, hosts: readonly Host[]): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const host of hosts) {
    const folders = purged(input, host).join(', ');
    if (folders !== '') groups.set(folders, [...(groups.get(folders) ?? []), host.name]);
  }
  const kept = input.spec.jenkins.flatMap(({ name, home }) =>
    home.kind === 'shared' ? [`The shared home of ${name} stays: ${home.path}`] : [],
  );
  return [
    ...[...groups].map(([folders, names]) => `DELETED for ever on ${names.join(', ')}: ${folders}`),
    ...kept,
  ];
}
