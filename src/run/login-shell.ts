import type { Host } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import type { Ran, RemoteHost } from '../ports.ts';

const deadlineMs = 10_000;
const question = String.raw`printf '\nlogin-shell=%s\n' "$SHELL"`;

interface Unreadable {
  readonly host: Host;
  readonly remote: RemoteHost;
  readonly ran: Ran;
  /** What is wrong with the answer. */
  readonly cause: Error;
}

/**
 * Why a host's answer holds something else than was asked. A login shell that runs no commands (nologin,
 * a menu) is told apart from one whose start files print; sshd sets SHELL from the passwd entry.
 */
export async function unreadableFacts(found: Unreadable): Promise<ClusterError> {
  const shell = await askLoginShell(found.remote);
  return shell === undefined ? unfit(found) : unreadable(found, shell);
}

/** Undefined if it does not run commands, empty if nobody knows. */
async function askLoginShell(remote: RemoteHost): Promise<string | undefined> {
  try {
    const { stdout } = await remote.run(['sh', '-c', question], { deadlineMs });
    return /^login-shell=(.*)$/m.exec(stdout)?.[1];
  } catch {
    return '';
  }
}

function unfit({ host, ran, cause }: Unreadable): ClusterError {
  const { user } = host.ssh;
  const says = linesOf(ran.stdout + ran.stderr);
  const first = says[0] === undefined ? 'nothing' : `"${says[0]}"`;
  const message = `the login shell of ${user} on ${host.name} runs no commands: it says ${first} and ends with ${ending(ran)}`;
  return new ClusterError('SHELL_UNFIT', message, {
    ...{ host: host.name, cause, evidence: says.slice(0, 10) },
    remedy: `As root on ${host.name}: chsh -s /bin/sh ${user}; or name another ssh.user in the cluster file. A ForceCommand in sshd_config does the same.`,
  });
}

function unreadable({ host, ran, cause }: Unreadable, shell: string): ClusterError {
  const { user, address, port } = host.ssh;
  const named =
    shell === '' ? `The login shell of ${user}` : `${shell}, the login shell of ${user},`;
  const message = `cannot read the facts of ${host.name}: ${cause.message}`;
  return new ClusterError('FACTS_UNREADABLE', message, {
    ...{ host: host.name, cause, evidence: linesOf(ran.stderr).slice(-10) },
    remedy: `Log in and look: ssh -p ${port} ${user}@${address}. ${named} may print text while it starts: keep its start files silent where there is no terminal.`,
  });
}

function ending({ exitCode, signal }: Ran): string {
  return signal === undefined ? `code ${exitCode ?? 'unknown'}` : `signal ${signal}`;
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/[\p{Cc}\p{Cf}]/gu, ' ').trim())
    .filter((line) => line !== '');
}
