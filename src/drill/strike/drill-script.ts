import { ClusterError } from '../../errors.ts';
import type { Argv, Ports, Ran, RemoteHost } from '../../ports.ts';
import { drillLines, type DrillLine } from './drill-lines.ts';

/** What scripts need of the world: nothing that a second Ctrl-C could take while a host is healed. */
export type ScriptPorts = Pick<Ports, 'templates'>;

/** Each is preceded by `lib.sh`, so that what lies on the host needs nothing else. */
export type DrillScript = 'arm' | 'heal' | 'inject' | 'confirm' | 'heal-host';

export function drillScript(name: DrillScript, { templates }: ScriptPorts): string {
  return `${templates['remote/drill/lib.sh'] ?? ''}${templates[`remote/drill/${name}.sh`] ?? ''}`;
}

/** Letters, digits and hyphens; with `CICD-` before it the name of a chain, which has 28 at most. */
export function checkedId(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,22}$/.test(id)) return id;
  throw new Error(`no id of a drill: ${id}`);
}

export function drillFolder(id: string): string {
  return `/var/lib/ci-cluster/drills/${checkedId(id)}`;
}

/** The script comes by stdin, and its size as argument; what follows is for the script to read. */
const bootstrap = 's=$(head -c "$1") && shift && eval "$s"';

export interface Sent {
  readonly script: Exclude<DrillScript, 'heal'>;
  readonly args: readonly string[];
  readonly input?: string | undefined;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a script to the host and runs it there as root. */
export async function send(
  remote: RemoteHost,
  { script, args, input, deadlineMs, signal }: Sent,
  ports: ScriptPorts,
): Promise<readonly DrillLine[]> {
  const text = drillScript(script, ports);
  const size = String(new TextEncoder().encode(text).length);
  const ran = await remote.run(['sh', '-c', bootstrap, 'sh', size, ...args], {
    input: [text, input ?? ''],
    ...{ deadlineMs, signal, asRoot: true },
  });
  return linesOf(remote, ran);
}

/** Runs what lies with the drill on the host: the same script that its switch runs. */
export async function runThere(
  remote: RemoteHost,
  id: string,
  { words, deadlineMs }: { readonly words: readonly string[]; readonly deadlineMs: number },
): Promise<DrillLine | undefined> {
  const argv: Argv = ['sh', `${drillFolder(id)}/heal.sh`, ...words];
  const ran = await remote.run(argv, { deadlineMs, asRoot: true });
  return drillLines(ran.stdout).at(-1);
}

function linesOf(remote: RemoteHost, ran: Ran): readonly DrillLine[] {
  const lines = drillLines(ran.stdout);
  if (lines.length > 0) return lines;
  const text = `the script of the drill on ${remote.name} ended with exit code ${ran.exitCode ?? 'unknown'} and said nothing`;
  throw new ClusterError('STEP_FAILED', text, {
    host: remote.name,
    evidence: ran.stderr.split('\n').filter((line) => line.trim() !== ''),
    remedy: 'ci-cluster failover-drill heal --all takes back what it may have begun.',
  });
}
