import { failureTolerance, hostsWith } from '../../cluster/members.ts';
import type { Role } from '../../config/cluster-spec.ts';
import { once, type Check } from '../check.ts';
import { failing, passed, warning } from '../check-result.ts';

export const ensembleSize: Check = {
  name: 'ENSEMBLE_SIZE',
  title: 'odd numbers of members that vote, and room for a loss',
  why: 'An even number survives no more losses than one host less; a single member survives none.',
  severity: 'fail',
  remedy: '3 or 5 hosts in `masters`.',
  judge: once(({ spec }) => {
    const groups = (['zookeeper', 'mesos-master'] as const).map((role) => ({
      role,
      count: hostsWith(spec, role).length,
    }));
    const told = groups.map(({ role, count }) => `${count} ${role}`).join(', ');
    const even = groups.filter(({ count }) => count % 2 === 0);
    const remedy = 'Name 3 or 5 hosts in masters.';
    if (even.length > 0) return failing(`${told}: even numbers`, remedy);
    const weak = groups.filter(({ count }) => failureTolerance(count, count) === 0);
    if (weak.length > 0) return warning(`${told}: ${listed(weak)} may not be lost`, remedy);
    const lose = Math.min(...groups.map(({ count }) => failureTolerance(count, count)));
    return passed(`${told}: ${lose} may be lost`);
  }),
};

function listed(groups: readonly { readonly role: Role }[]): string {
  return `the only ${groups.map(({ role }) => role).join(' and ')}`;
}
