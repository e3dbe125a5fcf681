import { ClusterError } from '../errors.ts';
import type { Argv, Ran } from '../ports.ts';

/** sudo translates its messages (gettext), and `refusals` below reads them: hence LC_ALL. */
export function asRoot(argv: Argv): Argv {
  return ['env', 'LC_ALL=C', 'sudo', '-n', '--', ...argv];
}

/** Texts of sudo 1.8 to 1.9 itself; the command behind it was not started. */
const refusals: readonly RegExp[] = [
  /^sudo: (a password is required|a terminal is required|sorry, you must have a tty)/m,
  /^sudo: (no valid sudoers sources found|The "no new privileges" flag is set)/m,
  /^sudo: .*(must be owned by uid 0|effective uid is not 0|account validation failure)/m,
  /^Sorry, user .* (is not allowed to execute|may not run sudo)/m,
  /is not in the sudoers file/,
];

/** Throws SUDO_REFUSED if it was sudo, not the command, that failed. */
export function checkElevation(ran: Ran, host: string, user: string): void {
  const refusal = refusalIn(ran);
  if (refusal === undefined) return;
  throw new ClusterError('SUDO_REFUSED', `sudo on ${host} refuses ${user}: ${refusal}`, {
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
