import { hostsWith, quorum } from '../cluster/members.ts';
import { ClusterError } from '../errors.ts';
import type { Run } from './run.ts';

/**
 * Gives back what the run took away and did not give back itself, the last first. What cannot be
 * given back is told with the command to type, and returned by name; it does not hide the fault that
 * ended the run.
 */
export async function undoAll(run: Run): Promise<readonly string[]> {
  const { undo, report } = run;
  const kept: string[] = [];
  const isAllowed = undo.size === 0 || (await holdsMasters(run));
  for (const [name, { told, work, byHand }] of [...undo].reverse()) {
    undo.delete(name);
    try {
      if (!isAllowed) throw lostMasters();
      await work();
      report({ kind: 'note', text: `${told}, as before the run` });
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      kept.push(name);
      report({ kind: 'note', text: `could not ${told}: ${error.message}; type: ${byHand}` });
    }
  }
  return kept;
}

/** Somebody who has them now may be taking the same away for a purpose of his own. */
async function holdsMasters({ session, spec }: Run): Promise<boolean> {
  if (session?.locks.lost.aborted !== true) return true;
  const masters = hostsWith(spec, 'mesos-master').map(({ name }) => name);
  const held = await session.locks.held();
  return masters.filter((name) => held.includes(name)).length >= quorum(masters.length);
}

function lostMasters(): ClusterError {
  return new ClusterError('LOCK_LOST', 'the lock of the masters was lost', {
    remedy: 'ci-cluster resume gives it back under a new lock.',
  });
}
