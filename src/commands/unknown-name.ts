import { nearestOf } from '../config/nearest.ts';
import { ClusterError } from '../errors.ts';

/** A name that the cluster file does not have, with the nearest one that it has. */
export function unknownName(kind: string, name: string, known: readonly string[]): ClusterError {
  const near = nearestOf(name, known);
  const meant = near === undefined ? '' : `, did you mean ${near}?`;
  const list = known.length === 0 ? 'none' : known.join(', ');
  return new ClusterError('USAGE', `the cluster file has no ${kind} ${name}${meant}`, {
    remedy: `Take one of: ${list}.`,
  });
}
