import { defaultShare, isSameShare, roleShares } from '../services/shares.ts';
import type { PlanInput } from './observed.ts';
import type { Stage } from './step.ts';

/** Weights and limits that differ from what the leading master has. Nobody to ask: those of the file. */
export function shareStages({ spec, observed }: PlanInput): readonly Stage[] {
  const shares = roleShares(spec).filter((wanted) => {
    const present = observed.shares?.get(wanted.role) ?? defaultShare(wanted.role);
    return !isSameShare(wanted, present);
  });
  if (shares.length === 0) return [];
  return [{ kind: 'api', phase: 'services', step: { kind: 'set-shares', shares } }];
}
