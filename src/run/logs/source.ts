import type { ClusterSpec, Host } from '../../config/cluster-spec.ts';
import { servicesOf } from '../../plan/prepare-host.ts';
import { appId, eligibleHosts } from '../../services/jenkins.ts';
import type { Templates } from '../../services/render.ts';

/** What writes log lines on a host. */
export interface LogSource {
  readonly host: Host;
  /** `zookeeper`, or `jenkins/main`. */
  readonly service: string;
  /** A container by its name, or the task of a Marathon app, wherever that is at the moment. */
  readonly kind: 'container' | 'app';
  readonly name: string;
}

/** Everything that can be asked for, in the order of the hosts. */
export function allSources(spec: ClusterSpec, templates: Templates): readonly LogSource[] {
  return spec.hosts.flatMap((host) => [
    ...servicesOf(spec, host).map((service) => {
      const { name } = service.container({ spec, host, templates, cgroupV2: false });
      return { host, service: service.name, kind: 'container', name } as const;
    }),
    ...spec.jenkins
      .filter((controller) => eligibleHosts(spec, controller).includes(host))
      .map((controller) => {
        const service = `jenkins/${controller.name}`;
        return { host, service, kind: 'app', name: appId(controller) } as const;
      }),
  ]);
}

/** By which names the source can be chosen. */
export function namesOf({ host, service }: LogSource): readonly string[] {
  const services = service.startsWith('jenkins/') ? [service, 'jenkins'] : [service];
  return [host.name, ...services, ...services.map((name) => `${host.name}/${name}`)];
}
