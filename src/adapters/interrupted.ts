import { ClusterError } from '../errors.ts';

export function interrupted(what: string, host?: string): ClusterError {
  return new ClusterError('INTERRUPTED', `interrupted ${what}`, {
    host,
    remedy: 'Run the same command again: it looks first and does only what is missing.',
  });
}
