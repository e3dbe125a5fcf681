import { ClusterError } from '../../errors.ts';
import { preflight } from '../../plan/preflight.ts';
import type { Check, Judged } from '../check.ts';
import { failing, passed } from '../check-result.ts';
import type { Scene } from '../scene.ts';

export const initPreflight: Check = {
  name: 'INIT_PREFLIGHT',
  title: 'nothing speaks against ci-cluster init',
  why: 'The same questions that `init` asks before it changes anything: another cluster’s host, a changed membership, a daemon.json that is no JSON, a Docker that cannot be installed.',
  severity: 'fail',
  remedy: 'As the finding says.',
  judge: (scene) => {
    const faults = faultsOf(scene);
    if (faults.length > 0) return faults;
    return [passed('identity, quorum, system, disk and ports as far as hosts answered')];
  },
};

/** Told by checks of their own. */
const elsewhere = ['PORT_IN_USE', 'DISK_FULL', 'TOO_FEW_MASTERS'];

function faultsOf({ input, missing }: Scene): Judged[] {
  return found(() => preflight(input, missing))
    .filter(({ code }) => !elsewhere.includes(code))
    .map(({ code, host, message, remedy }) => ({
      ...{ host, title: `speaks against ci-cluster init (${code})` },
      ...failing(message, remedy),
    }));
}

/** What cannot even be planned is a fault, too. */
function found(look: () => readonly ClusterError[]): readonly ClusterError[] {
  try {
    return look();
  } catch (error) {
    if (error instanceof ClusterError) return [error];
    throw error;
  }
}
