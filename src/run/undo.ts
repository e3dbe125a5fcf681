import { ClusterError } from '../errors.ts';
import type { Run } from './run.ts';

/**
 * Gives back what the run took away and did not give back itself, the last first. What cannot be
 * given back is told with the command to type; it does not hide the fault that ended the run.
 */
export async function undoAll({ undo, report }: Run): Promise<void> {
  for (const [name, { told, work, byHand }] of [...undo].reverse()) {
    undo.delete(name);
    try {
      await work();
      report({ kind: 'note', text: `${told}, as before the run` });
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      report({ kind: 'note', text: `could not ${told}: ${error.message}; type: ${byHand}` });
    }
  }
}
