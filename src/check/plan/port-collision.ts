import { once, type Check } from '../check.ts';
import { failing, passed } from '../check-result.ts';
import { needsOf } from '../network/ports-free.ts';
import type { Scene } from '../scene.ts';

export const portCollision: Check = {
  name: 'PORT_COLLISION',
  title: 'no two services of a host share a port',
  why: 'ZooKeeper’s AdminServer, Marathon and Jenkins all like 8080, and containers share the network of their host. Asked of what is rendered, not of the cluster file.',
  severity: 'fail',
  remedy: 'Another port in the cluster file.',
  judge: once((scene) => {
    const faults = scene.spec.hosts.flatMap((host) =>
      collisions(scene, host).map((told) => `${host.name}: ${told}`),
    );
    if (faults.length === 0) return passed(`${scene.spec.hosts.length} hosts`);
    return failing(faults.join('; '), 'Give one of them another port in the cluster file.');
  }),
};

function collisions(scene: Scene, host: Scene['spec']['hosts'][number]): string[] {
  const needs = needsOf({ host }, scene);
  return needs.flatMap(({ port, who }, index) => {
    const other = needs.slice(0, index).find((earlier) => earlier.port === port);
    return other === undefined ? [] : [`${port} of ${other.who} and ${who}`];
  });
}
