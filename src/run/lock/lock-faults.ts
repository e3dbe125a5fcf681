import { ClusterError } from '../../errors.ts';
import type { Claim } from './claim.ts';

/** Somebody else has the lock of the host. */
export function lockHeld(host: string, claim: Claim | undefined): ClusterError {
  const reason = claim?.reason === undefined ? '' : `: ${claim.reason}`;
  return new ClusterError('LOCK_HELD', `${host} is locked by ${holder(claim)}${reason}`, {
    host,
    remedy:
      'Nothing was changed. ci-cluster lock shows who holds what; when it is free, run the same command again.',
  });
}

/** A run that lost the lock of the host has a step there that still goes on. */
export function lockBusy(host: string, claim: Claim | undefined): ClusterError {
  const text = `${host} still works on a step of ${holder(claim)}, who has gone`;
  return new ClusterError('LOCK_HELD', text, {
    host,
    remedy:
      'Nothing was changed. It stops after that step by itself: wait (ci-cluster lock shows it), then type ci-cluster resume.',
  });
}

function holder(claim: Claim | undefined): string {
  if (claim === undefined) return 'somebody who has not said who';
  const { owner, command, since, run } = claim;
  return `${owner} since ${since}, who runs ${command} (run ${run})`;
}

export function lockLost(host: string, why: string): ClusterError {
  return new ClusterError('LOCK_LOST', `lost the lock of ${host}: ${why}`, {
    host,
    remedy:
      'Everything stopped at the next step boundary. ci-cluster lock shows who has it now; ci-cluster resume goes on from there.',
  });
}

export function lockUnable(host: string, why: string): ClusterError {
  if (why === 'flock')
    return new ClusterError('TOOL_MISSING', `${host} has no flock to lock it with`, {
      host,
      remedy: `Install it: sudo apt-get install util-linux (dnf on Red Hat) on ${host}.`,
    });
  return new ClusterError('STEP_FAILED', `cannot lock ${host}`, {
    host,
    evidence: [why],
    remedy: `Look at /run/ci-cluster on ${host} (df -h /run, ls -la), then run the same command again.`,
  });
}
