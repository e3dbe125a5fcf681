import { eachSeen, type Check } from '../check.ts';
import { passed, warning } from '../check-result.ts';

export const hostArchitecture: Check = {
  name: 'HOST_ARCHITECTURE',
  title: 'a processor that the images are made for',
  why: 'Images of Mesos and Marathon are built for amd64. Elsewhere their programs end with “exec format error”.',
  severity: 'warn',
  remedy: 'Hosts with x86_64, or images of your own.',
  judge: eachSeen(({ facts }) => {
    const { architecture } = facts.machine;
    if (['x86_64', 'amd64'].includes(architecture)) return passed(architecture);
    const remedy = 'Name images for this processor in the cluster file (images:).';
    return warning(`${architecture}: images of Mesos and Marathon are built for x86_64`, remedy);
  }),
};
