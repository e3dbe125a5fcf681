import { eachKnown, type Check } from '../check.ts';
import { passed, warning } from '../check-result.ts';

export const hostSelinux: Check = {
  name: 'HOST_SELINUX',
  title: 'SELinux does not keep containers from their folders',
  why: 'Folders of the host are mounted into containers without SELinux labels; an enforcing policy refuses them.',
  severity: 'warn',
  remedy: 'A policy that allows it, or `setenforce 0`.',
  judge: eachKnown(({ extra }) =>
    extra.selinuxEnforces
      ? warning(
          'SELinux enforces, which nobody has tried',
          'Try one host first; "sudo ausearch -m avc" shows what was refused.',
        )
      : passed('not enforcing'),
  ),
};
