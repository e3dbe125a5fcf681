import { eachSeen, type Check } from '../check.ts';
import { failing, passed } from '../check-result.ts';
import { atLeast } from '../versions.ts';

/** overlay2 needs 4.0, or the 3.10 of Red Hat 7 (docs.docker.com, storage drivers). */
const least = '4.0';

export const hostKernel: Check = {
  name: 'HOST_KERNEL',
  title: `a kernel of ${least} or later`,
  why: 'Docker keeps layers of images with overlay2, which older kernels do not have.',
  severity: 'fail',
  remedy: 'A newer kernel.',
  judge: eachSeen(({ facts }) => {
    const { kernel } = facts.machine;
    if (atLeast(kernel, least) || /^3\.10\..*\.el7/.test(kernel)) return passed(kernel);
    return failing(`kernel ${kernel} is older than ${least}`, 'Upgrade the system of the host.');
  }),
};
