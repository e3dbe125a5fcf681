import { keptIdentityPath } from '../cluster/identity.ts';
import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import { vacatedPath } from '../plan/around-agent.ts';
import { isolationFilesOf } from '../plan/isolation.ts';
import { foldersOf, imagesOf, servicesOf } from '../plan/prepare-host.ts';
import type { PlanInput } from '../plan/observed.ts';
import { renderInput } from '../plan/service-work.ts';
import { nodesOn, secretPath } from '../services/build-agents.ts';
import { controllerFiles, eligibleHosts } from '../services/jenkins.ts';
import { backedUpOn, backupFiles, timerLink } from '../services/home-backup.ts';
import { isIsolated, isolationScript } from '../services/isolation.ts';
import type { ManagedFile } from '../services/service.ts';
import type { Templates } from '../services/render.ts';
import { myidPath } from '../services/zookeeper.ts';

/** Every file that ci-cluster owns on the host. */
export function filesOf(
  spec: ClusterSpec,
  templates: Templates,
  host: Host,
): readonly ManagedFile[] {
  const input = blind(spec, templates);
  return [
    ...isolationFilesOf(input, host),
    ...backedUpOn(spec, host).flatMap((controller) => backupFiles(spec, controller, templates)),
    ...servicesOf(spec, host).flatMap((service) => service.files(renderInput(input, host))),
    ...spec.jenkins
      .filter((controller) => eligibleHosts(spec, controller).includes(host))
      .flatMap((controller) => controllerFiles(spec, controller, templates)),
  ];
}

/** Arguments of `remote/facts.sh`: what to look at besides the system itself. */
export function factsArguments(
  spec: ClusterSpec,
  templates: Templates,
  host: Host,
): readonly string[] {
  const input = blind(spec, templates);
  return [
    ...foldersOf(input, host).flatMap(({ path }) => ['folder', path]),
    ...['folder', '/var/lib/docker'],
    ...filesOf(spec, templates, host).flatMap(({ path }) => ['file', path]),
    ...nodesOn(spec, host).flatMap(({ controller, node }) => [
      'file',
      secretPath(spec, controller, node.name),
    ]),
    ...backedUpOn(spec, host).flatMap((controller) => ['file', timerLink(controller)]),
    ...['text', keptIdentityPath(spec)],
    ...(host.roles.includes('zookeeper') ? ['text', myidPath(spec)] : []),
    ...imagesOf(input, host).flatMap((image) => ['image', image]),
    ...(isIsolated(host) ? ['text', vacatedPath] : []),
    ...(isIsolated(host) ? ['isolation', isolationScript(spec), 'tasks', 'yes'] : []),
  ];
}

/** Paths and images do not depend on what is observed. */
function blind(spec: ClusterSpec, templates: Templates): PlanInput {
  const nothing = {
    facts: new Map(),
    secretSums: new Map(),
    apps: undefined,
    leaders: new Set<string>(),
  };
  return { spec, templates, observed: nothing, clusterId: '' };
}
