import { ClusterError } from '../errors.ts';
import type { Argv, Ran } from '../ports.ts';

/** sudo translates its messages (gettext), and `refusals` below reads them: hence LC_ALL. */
export function asRoot(argv: Argv): Argv {
  return ['env', 'LC_ALL=C', 'sudo', '-n', '--', ...argv];
}

/** Texts of sudo itself (1.9.13 tried) and of sudo-rs; the command behind it was not started. */
const refusals: readonly RegExp[] = [
  /^sudo: (a password|a terminal|interactive authentication) is required/,
  /^sudo: (sorry, you must have a tty|I'm sorry )/,
  /^sudo: (no valid sudoers sources found|The "no new privileges" flag is set)/,
  /^sudo: (unable to initialize PAM|you do not exist in the passwd database|invalid shell for user)/,
  /^sudo: .*(must be owned by uid 0|effective uid is not 0|is world writable|is owned by uid)/,
  /^sudo: .*(account validation failure|account management error|[Aa]ccount .*expired)/,
  /^(sudo: )?Sorry, user .* (is not allowed to execute|may not run sudo)/,
  / is not in the sudoers file/,
];

/**
 * What the command behind sudo did. Throws SUDO_REFUSED if sudo did not start it; a missing program
 * is 127 as without sudo, which says 1 for everything of its own.
 */
export function behindSudo(ran: Ran, argv: Argv, place: { host: string; user: string }): Ran {
  const refusal = refusalIn(ran);
  if (refusal !== undefined) throw sudoRefused(ran, refusal, place);
  const missing = `sudo: ${argv[0]}: command not found`;
  const isMissing = ran.exitCode === 1 && ran.stderr.split('\n').includes(missing);
  return isMissing ? { ...ran, exitCode: 127 } : ran;
}

const notInstalled = 'sudo is not installed';

function sudoRefused(
  ran: Ran,
  refusal: string,
  { host, user }: { host: string; user: string },
): ClusterError {
  const rule = ruleFor(user, refusal);
  const first = refusal === notInstalled ? 'apt-get install sudo (dnf on RHEL); ' : '';
  return new ClusterError('SUDO_REFUSED', `sudo on ${host} refuses ${user}: ${refusal}`, {
    host,
    remedy:
      `As root on ${host}: ${first}printf '%s\\n' ${rule} > ${rulesFile} && chmod 0440 ${rulesFile} ` +
      `&& visudo -c; then the same command again. Or log in as root (ssh.user in the cluster file).`,
    evidence: ran.stderr.trim().split('\n').slice(-5),
  });
}

/** The last rule that matches decides (sudoers(5)), and files are read in the order of their names. */
const rulesFile = '/etc/sudoers.d/zz-ci-cluster';

function ruleFor(user: string, refusal: string): string {
  const allow = `'${user} ALL=(ALL) NOPASSWD: ALL'`;
  return refusal.includes('tty') ? `'Defaults:${user} !requiretty' ${allow}` : allow;
}

function refusalIn(ran: Ran): string | undefined {
  if (ran.exitCode === 127 && /^env: .*sudo.*No such file/m.test(ran.stderr)) return notInstalled;
  if (ran.exitCode !== 1) return undefined;
  const line = ran.stderr.split('\n').find((text) => refusals.some((one) => one.test(text)));
  return line?.replace(/^sudo: /, '').trim();
}
