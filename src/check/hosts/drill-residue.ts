import { residueText, type Residue } from '../../plan/residue.ts';
import type { Facts } from '../../plan/facts.ts';
import { eachSeen, type Check } from '../check.ts';
import { failing, passed, warning } from '../check-result.ts';

export const drillResidue: Check = {
  name: 'DRILL_RESIDUE',
  title: 'nothing is left of failover drills',
  why: 'A rule that drops packets, or a container that stands still, looks like the fault that it was made to look like. A drill that runs at this moment is told, too.',
  severity: 'fail',
  remedy: '`ci-cluster failover-drill heal --all`',
  judge: eachSeen(({ facts }) => {
    const found = [...facts.residue, ...pausedOf(facts)];
    if (found.length === 0) return passed('nothing');
    const detail = [...new Set(found.map(residueText))].join(', ');
    return found.every(isHarmless) ? warning(detail, remedy) : failing(detail, remedy);
  }),
};

const remedy = 'If nobody runs a drill at this moment: ci-cluster failover-drill heal --all';

/** Nobody but drills pauses containers of ours. */
function pausedOf({ containers }: Facts): Residue[] {
  return containers
    .filter(({ status }) => status === 'paused')
    .map(({ name, status }) => ({ kind: 'paused', name, detail: status }));
}

/** Its switch has taken everything back; what lies there tells when. */
function isHarmless({ kind, detail }: Residue): boolean {
  return kind === 'drill' && detail === 'healed';
}
