import type { Check } from '../check.ts';
import { passed, skipped, warning } from '../check-result.ts';
import { eachEngine } from './engine.ts';

export const dockerLimits: Check = {
  name: 'DOCKER_LIMITS',
  title: 'the kernel limits memory and processor time of containers',
  why: 'One build that takes all of a host starves the others; with a kernel that cannot limit it, what the cluster file says of memory and cpus is a wish.',
  severity: 'warn',
  remedy: 'The memory and cpu controllers of cgroups (`cgroup_enable=memory` on some boards).',
  judge: eachEngine(({ extra }) => {
    const { limitsMemory, limitsCpu } = extra.docker;
    if (limitsMemory === undefined || limitsCpu === undefined) {
      return skipped('Docker did not tell', 'docker info shows it on the host.');
    }
    const lacks = [...(limitsMemory ? [] : ['memory']), ...(limitsCpu ? [] : ['processor time'])];
    if (lacks.length === 0) return passed('both');
    const remedy = 'Boot with cgroup_enable=memory, or a kernel with CFS bandwidth control.';
    return warning(`no limits of ${lacks.join(' and ')}`, remedy);
  }),
};
