import { ClusterError } from '../../errors.ts';
import { callLeader } from '../../health/operator-api.ts';
import { readShares } from '../../health/shares.ts';
import { failed } from '../../health/sight.ts';
import { defaultShare, isSameLimit, isSameShare, type RoleShare } from '../../services/shares.ts';
import type { Run } from '../run.ts';
import { complaint, leadingMaster, type Call, type Place } from './call.ts';

/** The operator API of Mesos 1.9+; guarantees are left alone, limits alone keep others from starving. */
export async function setShares(run: Run, wanted: readonly RoleShare[]): Promise<Call> {
  const place = await leadingMaster(run, 'to set weights and limits at');
  const call = async (): Promise<boolean> => {
    const present = await readShares(run.sight, place.host.name);
    const before = ({ role }: RoleShare) => present?.get(role) ?? defaultShare(role);
    const differing = wanted.filter((share) => !isSameShare(share, before(share)));
    const weights = differing.filter((share) => share.weight !== before(share).weight);
    const limits = differing.filter((share) => !isSameLimit(share, before(share)));
    if (weights.length > 0) await update(place, 'UPDATE_WEIGHTS', weightsOf(weights));
    if (limits.length > 0) await update(place, 'UPDATE_QUOTA', limitsOf(limits));
    return differing.length > 0;
  };
  return { host: place.host, call };
}

function weightsOf(shares: readonly RoleShare[]): object {
  return { weight_infos: shares.map(({ role, weight }) => ({ role, weight })) };
}

function limitsOf(shares: readonly RoleShare[]): object {
  return {
    quota_configs: shares.map(({ role, limit: { cpus, memoryMb } }) => ({
      role,
      limits: {
        ...(cpus === undefined ? {} : { cpus: { value: cpus } }),
        ...(memoryMb === undefined ? {} : { mem: { value: memoryMb } }),
      },
    })),
  };
}

async function update({ run, host }: Place, type: string, content: object): Promise<void> {
  const answer = await callLeader(run.sight, host.name, { type, content });
  if (answer !== undefined && !failed(answer) && answer.status < 300) return;
  const said = answer === undefined || failed(answer) ? 'no answer' : complaint(answer);
  throw new ClusterError('STEP_FAILED', `the leading master on ${host.name} refused ${type}`, {
    host: host.name,
    evidence: [said],
    remedy:
      'Correct framework.weight or framework.limit under "jenkins:" in the cluster file, then run the same command again.',
  });
}
