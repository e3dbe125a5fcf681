import { ClusterError } from '../errors.ts';
import type { Argv, Ran } from '../ports.ts';

/** sudo translates its messages (gettext), and `refusals` below reads them: hence LC_ALL. */
export function asRoot(argv: Argv): Argv {
  return ['env', 'LC_ALL=C', 'sudo', '-n', '--', ...argv];
}

/** Texts of sudo itself (1.9.13 tried); the command behind it was not started. */
const refusals: readonly RegExp[] = [
  /^sudo: (a password is required|a terminal is required|sorry, you must have a tty)/m,
  /^sudo: (no valid sudoers sources found|The "no new privileges" flag is set)/m,
  /^sudo: .*(must be owned by uid 0|effective uid is not 0|account validation failure)/m,
  /^Sorry, user .* (is not allowed to execute|may not run sudo)/m,
  /is not in the sudoers file/,
];

/**
 * What the command behind sudo did. Throws SUDO_REFUSED if sudo did not start it; a missing program
 * is 127 as without sudo, which says 1 for everything of its own.
 */
export function behindSudo(ran: Ran, argv: Argv, place: { host: string; user: string }): Ran {
  const refusal = refusalIn(ran);
  if (refusal !== undefined) throw sudoRefused(ran, refusal, place);
  const isMissing = ran.exitCode === 1 && ran.stderr === `sudo: ${argv[0]}: command not found\n`;
  return isMissing ? { ...ran, exitCode: 127 } : ran;
}

function sudoRefused(
  ran: Ran,
  refusal: string,
  { host, user }: { host: string; user: string },
): ClusterError {
  const text = `sudo on ${host} refuses ${user}: ${refusal}`;
  return new ClusterError('SUDO_REFUSED', text, {
    host,
    remedy:
      `Let ${user} run sudo without password: "echo '${user} ALL=(ALL) NOPASSWD: ALL' ` +
      `> /etc/sudoers.d/ci-cluster" as root on ${host}; or log in as root.`,
    evidence: ran.stderr.trim().split('\n').slice(-5),
  });
}

function refusalIn(ran: Ran): string | undefined {
  if (ran.exitCode === 127 && /^env: .*sudo.*No such file/m.test(ran.stderr)) {
    return 'sudo is not installed';
  }
  if (ran.exitCode !== 1 || !refusals.some((refusal) => refusal.test(ran.stderr))) return undefined;
  const lines = ran.stderr.split('\n').map((line) => line.replace(/^sudo: /, '').trim());
  return lines.find((line) => refusals.some((refusal) => refusal.test(`sudo: ${line}\n${line}`)));
}
