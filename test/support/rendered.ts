import type { ClusterSpec, Host } from '../../src/config/cluster-spec.ts';
import { dockerRun } from '../../src/run/docker-run.ts';
import { services } from '../../src/services/index.ts';
import { buildAgentApp, buildNodes } from '../../src/services/build-agents.ts';
import { controllerApp, controllerFiles, eligibleHosts } from '../../src/services/jenkins.ts';
import type { Container, ManagedFile, ServiceName } from '../../src/services/service.ts';
import { templates } from './fake-ports.ts';

/** What one service renders for one host. */
export interface Rendered {
  readonly host: Host;
  readonly service: ServiceName;
  readonly files: readonly ManagedFile[];
  readonly container: Container;
}

/** What all services render for all their hosts; `cgroupV2` as on a new kernel, if not told otherwise. */
export function rendered(spec: ClusterSpec, cgroupV2 = true): readonly Rendered[] {
  return services.flatMap((service) =>
    service.hosts(spec).map((host) => {
      const input = { spec, host, templates, cgroupV2 };
      const files = service.files(input);
      return { host, service: service.name, files, container: service.container(input) };
    }),
  );
}

export function ofService(all: readonly Rendered[], name: ServiceName): readonly Rendered[] {
  return all.filter(({ service }) => service === name);
}

/** Content of a rendered file, by the end of its path. */
export function contentOf({ files }: Pick<Rendered, 'files'>, end: string): string {
  const file = files.find(({ path }) => path.endsWith(end));
  if (typeof file?.content !== 'string') throw new Error(`no file ${end}`);
  return file.content;
}

/** Every text that leaves for a host or for Marathon: files, `docker run` lines, apps. */
export function allTexts(spec: ClusterSpec): readonly string[] {
  const ofHosts = rendered(spec).flatMap(({ files, container, service }) => [
    ...files.map(({ content }) => String(content)),
    dockerRun({
      ...{ kind: 'start-container', service, container, cluster: 'ci/1', replace: false },
      fingerprint: 'f00',
    }).join(' '),
  ]);
  const ofControllers = spec.jenkins.flatMap((controller) => [
    ...controllerFiles(spec, controller, templates).map(({ content }) => String(content)),
    JSON.stringify(controllerApp(spec, controller)),
    ...buildNodes(controller).map((node) => JSON.stringify(buildAgentApp(spec, controller, node))),
    ...eligibleHosts(spec, controller).map(({ address }) => address),
  ]);
  return [...ofHosts, ...ofControllers];
}
