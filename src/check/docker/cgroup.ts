import type { ClusterSpec } from '../../config/cluster-spec.ts';
import { eachSeen, type Check } from '../check.ts';
import { failing, passed, warning } from '../check-result.ts';
import { atLeast } from '../versions.ts';

export const cgroupVersion: Check = {
  name: 'CGROUP_VERSION',
  title: 'the version of cgroups suits the images',
  why: 'Mesos 1.11 knows version 1 only and runs with its posix launcher elsewhere; its fork clusterd wants version 2; Docker 29 gives version 1 up.',
  severity: 'fail',
  remedy:
    'Other images, or `systemd.unified_cgroup_hierarchy=0` or `=1` on the kernel’s command line.',
  judge: eachSeen(({ host, facts }, { spec }) => {
    const version = facts.cgroupVersion;
    const isAgent = host.roles.includes('mesos-agent');
    if (version === 2) {
      return passed(isAgent ? 'version 2: the Mesos agent gets the posix launcher' : 'version 2');
    }
    if (isAgent && isFork(spec)) {
      const remedy = 'Boot with systemd.unified_cgroup_hierarchy=1, or name another mesosAgent.';
      return failing(`version 1, but ${spec.images.mesosAgent} needs version 2`, remedy);
    }
    const { docker } = facts;
    if (docker.kind === 'running' && atLeast(docker.version, '29')) {
      const told = `version 1, which Docker ${docker.version} supports for the last time`;
      return warning(told, 'Boot with systemd.unified_cgroup_hierarchy=1 before the next upgrade.');
    }
    return passed('version 1');
  }),
};

/** Version 2 is mandatory from clusterd 1.11.0-0.6.0 on (its README). */
function isFork({ images }: ClusterSpec): boolean {
  return /(^|\/)(clusterd|avhost\/)/.test(images.mesosAgent);
}
