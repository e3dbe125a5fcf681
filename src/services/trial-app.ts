import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import { fingerprintLabel, neverTwice, soonAgain, type MarathonApp } from './marathon-app.ts';

export function trialId({ name }: Pick<Host, 'name'>): string {
  return `/ci/trial-${name.toLowerCase().replace(/[^a-z0-9-]/g, '-')}`;
}

/** One task on one host. From the image of the Mesos agent, as that is on every host that has one. */
export function trialApp(spec: ClusterSpec, host: Host): MarathonApp {
  return {
    id: trialId(host),
    ...neverTwice,
    // Mesos offers nothing below 0.01 CPUs and 32 MiB (1.11).
    ...{ cpus: 0.1, mem: 32 },
    user: 'root',
    cmd: 'exec sleep 600',
    networks: [{ mode: 'host' }],
    portDefinitions: [],
    container: {
      type: 'DOCKER',
      docker: { image: spec.images.mesosAgent, forcePullImage: false },
      volumes: [],
    },
    // Agents register with their address as hostname.
    constraints: [['hostname', 'IS', host.address]],
    ...soonAgain,
    labels: { [fingerprintLabel]: 'trial' },
  };
}
