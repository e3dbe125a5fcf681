import { quorum } from '../../cluster/members.ts';
import { ClusterError } from '../../errors.ts';
import { quorumFaults } from '../../plan/quorum-faults.ts';
import { services } from '../../services/index.ts';
import { once, type Check } from '../check.ts';
import { failing, passed } from '../check-result.ts';
import type { Scene } from '../scene.ts';

export const quorumNow: Check = {
  name: 'QUORUM_NOW',
  title: 'enough members answer for what is to be done',
  why: 'A first start needs every member; a restart needs a majority without the one that is down.',
  severity: 'fail',
  remedy: 'Bring the hosts back that do not answer.',
  judge: once((scene) => {
    const [fault] = faults(scene);
    if (fault !== undefined) return failing(fault.message, fault.remedy);
    const down = new Set(scene.missing.map(({ host }) => host));
    const told = services
      .filter(({ votes }) => votes)
      .map((service) => ({ title: service.title, hosts: service.hosts(scene.spec) }))
      .map(({ title, hosts }) => {
        const up = hosts.filter(({ name }) => !down.has(name)).length;
        return `${title} ${up} of ${hosts.length}, ${quorum(hosts.length)} needed`;
      });
    return passed(told.join('; '));
  }),
};

/** What cannot be planned is told by INIT_PREFLIGHT. */
function faults({ input, missing }: Scene): readonly ClusterError[] {
  try {
    return quorumFaults(input, missing);
  } catch (error) {
    if (error instanceof ClusterError) return [];
    throw error;
  }
}
