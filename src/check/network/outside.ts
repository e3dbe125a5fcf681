import { notReached, type Check } from '../check.ts';
import { passed, skipped, warning } from '../check-result.ts';

export const controlPortsOutside: Check = {
  name: 'CONTROL_PORTS_OUTSIDE',
  title: 'its control ports cannot be reached from here',
  why: 'Who reaches ZooKeeper, Mesos or Marathon can run anything as root on every host. Only the hosts themselves need them; this machine comes in by SSH.',
  severity: 'warn',
  remedy: 'A firewall in front of the hosts that lets in SSH and the ports of the gateways only.',
  judge: (scene) => {
    const { outside } = scene;
    if (outside === undefined) return [];
    const hosts = scene.seen.map(({ host }) => {
      const reached = outside.reached.get(host.name) ?? [];
      const tried = outside.tried.get(host.name) ?? 0;
      if (reached.length > 0) {
        const detail = `this machine reached ${reached.join(', ')} without SSH`;
        const remedy =
          'Let only the hosts of the cluster connect to them; if this machine is meant to: checks: { CONTROL_PORTS_OUTSIDE: off }.';
        return { host: host.name, ...warning(detail, remedy) };
      }
      if (tried > 0) return { host: host.name, ...passed(`${tried} tried, none reached`) };
      const remedy = 'Run the check again after init.';
      return { host: host.name, ...skipped('nothing listens there yet', remedy) };
    });
    return [...hosts, ...notReached(scene)];
  },
};
