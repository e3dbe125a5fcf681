import { ClusterError } from '../../errors.ts';
import type { Argv, Ran } from '../../ports.ts';
import { nameOf } from '../supervise.ts';

/**
 * csh (not tcsh) takes no word longer than about 8000 characters and says so instead of running the
 * command. Everything else that a login shell does to a command, `commandLine` knows how to avoid.
 */
export function behindShell(ran: Ran, argv: Argv, place: { host: string; user: string }): Ran {
  if (ran.exitCode !== 1 || !/^Word too long\.$/m.test(ran.stderr)) return ran;
  const { host, user } = place;
  const text = `the login shell of ${user} on ${host} does not take a command as long as ${nameOf(argv)}`;
  const remedy = `csh is its kind; tcsh has no such bound. As root on ${host}: chsh -s /bin/sh ${user}`;
  throw new ClusterError('SHELL_UNFIT', text, { host, remedy });
}
