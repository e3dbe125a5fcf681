import type { ClusterSpec, Host } from '../../config/cluster-spec.ts';
import { eligibleHosts } from '../../services/jenkins.ts';
import { eachSeen, type Check } from '../check.ts';
import { passed, warning } from '../check-result.ts';

export const hostMemory: Check = {
  name: 'HOST_MEMORY',
  title: 'memory for what the cluster file puts on the host',
  why: 'A heap that does not fit ends in swap, where ZooKeeper loses its sessions, or with the kernel killing the largest program.',
  severity: 'warn',
  remedy: 'Smaller heaps in the cluster file, or a larger host.',
  judge: eachSeen(({ host, facts }, { spec }) => {
    const planned = parts(spec, host);
    const neededMb = planned.reduce((sum, { mb }) => sum + mb, 0);
    const haveMb = Math.floor(facts.memoryKib / 1024);
    const told = planned.map(({ name, mb }) => `${name} ${mb}`).join(', ');
    const sum = `${neededMb} of ${haveMb} MiB (${told})`;
    if (neededMb <= haveMb) return passed(sum);
    return warning(`planned are ${sum}`, 'Lower the heaps in the cluster file, or move a role.');
  }),
};

/** A JVM takes about this beside its heap; so do the programs of Mesos, HAProxy and the system. */
const besideHeapMb = 200;
const nativeMb = 128;

function parts(spec: ClusterSpec, host: Host): { name: string; mb: number }[] {
  const { roles } = host;
  const controllers = spec.jenkins.filter(({ home }) => home.kind === 'pinned');
  return [
    { name: 'system', mb: nativeMb },
    ...(roles.includes('zookeeper')
      ? [{ name: 'ZooKeeper', mb: spec.zookeeper.heapMb + besideHeapMb }]
      : []),
    ...(roles.includes('mesos-master') ? [{ name: 'Mesos master', mb: nativeMb }] : []),
    ...(roles.includes('marathon')
      ? [{ name: 'Marathon', mb: spec.marathon.heapMb + besideHeapMb }]
      : []),
    ...(roles.includes('mesos-agent') ? [{ name: 'Mesos agent', mb: nativeMb }] : []),
    // One that may move is counted by Mesos where it goes.
    ...controllers
      .filter((controller) =>
        eligibleHosts(spec, controller).some(({ name }) => name === host.name),
      )
      .map(({ name, memoryMb }) => ({ name: `Jenkins ${name}`, mb: memoryMb })),
  ];
}
