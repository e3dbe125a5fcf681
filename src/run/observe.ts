import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { factsFrom, lackIn, type Facts, type Lack } from '../plan/facts.ts';
import { readRows } from '../plan/facts-rows.ts';
import { toolsMissing } from '../plan/missing-tools.ts';
import type { Missing } from '../plan/quorum-faults.ts';
import type { Ports, Ran, RemoteHost } from '../ports.ts';
import type { Report } from './events.ts';
import { factsArguments } from './facts-request.ts';
import { unreadableFacts } from './login-shell.ts';

/** Open connections and what the hosts answered; hosts that could not be reached are in `missing`. */
export interface Sighting {
  readonly remotes: ReadonlyMap<string, RemoteHost>;
  readonly facts: ReadonlyMap<string, Facts>;
  readonly missing: readonly Missing[];
}

const factsDeadlineMs = 90_000;

/** Connects to all hosts at once and asks each one question. One host's trouble never stops another. */
export async function observeHosts(
  spec: ClusterSpec,
  ports: Ports,
  report: Report,
): Promise<Sighting> {
  report({ kind: 'observing', hosts: spec.hosts.length });
  const remotes = new Map<string, RemoteHost>();
  const facts = new Map<string, Facts>();
  const missing: Missing[] = [];
  const observations = spec.hosts.map(async (host) => {
    try {
      const remote = await ports.connector.connect(host.ssh, ports.signal);
      remotes.set(host.name, remote);
      facts.set(host.name, await readFacts({ spec, ports, host, remote }));
      report({ kind: 'observed', host: host.name });
    } catch (cause) {
      const error = asMissing(cause);
      missing.push({ host: host.name, error });
      report({ kind: 'observed', host: host.name, error: error.message });
    }
  });
  await Promise.all(observations);
  return { remotes, facts, missing: inFileOrder(spec, missing) };
}

/** Interruption ends the run, a bug is shown as one; anything else belongs to the host. */
function asMissing(cause: unknown): ClusterError {
  if (cause instanceof ClusterError && cause.code !== 'INTERRUPTED') return cause;
  throw cause;
}

function inFileOrder(spec: ClusterSpec, missing: readonly Missing[]): readonly Missing[] {
  const place = (name: string) => spec.hosts.findIndex((host) => host.name === name);
  return missing.toSorted((left, right) => place(left.host) - place(right.host));
}

interface Question {
  readonly spec: ClusterSpec;
  readonly ports: Pick<Ports, 'templates' | 'signal'>;
  readonly host: Host;
  readonly remote: RemoteHost;
}

export async function readFacts({ spec, ports, host, remote }: Question): Promise<Facts> {
  const names = ['remote/drill/residue.sh', 'remote/facts.sh'];
  const ran = await remote.run(['sh', '-s', '--', ...factsArguments(spec, ports.templates, host)], {
    input: names.map((name) => ports.templates[name] ?? ''),
    deadlineMs: factsDeadlineMs,
    signal: ports.signal,
    asRoot: true,
  });
  const answer = await answerIn(ran, { host, remote });
  if ('system' in answer) return answer;
  throw toolsMissing(host, answer);
}

async function answerIn(ran: Ran, place: Pick<Question, 'host' | 'remote'>): Promise<Facts | Lack> {
  try {
    const rows = readRows(ran.stdout);
    return lackIn(rows) ?? factsFrom(rows);
  } catch (cause) {
    throw await unreadableFacts({ ...place, ran, cause: cause as Error });
  }
}
