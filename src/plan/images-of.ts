import type { ClusterSpec, Images } from '../config/cluster-spec.ts';
import type { ServiceName } from '../services/service.ts';

/** Key under `images:` in the cluster file. */
export const imageKey: Readonly<Record<ServiceName, keyof Images>> = {
  zookeeper: 'zookeeper',
  'mesos-master': 'mesosMaster',
  'mesos-agent': 'mesosAgent',
  marathon: 'marathon',
  gateway: 'haproxy',
  keepalived: 'keepalived',
};

/** The same cluster with another image of one service. */
export function withImage(spec: ClusterSpec, service: ServiceName, image: string): ClusterSpec {
  return { ...spec, images: { ...spec.images, [imageKey[service]]: image } };
}
