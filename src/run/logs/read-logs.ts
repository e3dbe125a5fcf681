import { ClusterError } from '../../errors.ts';
import type { Ports, Ran, RemoteHost } from '../../ports.ts';
import { byTime, parseMessage, type LogLine } from './log-line.ts';
import { logsCommand, logsScript, type LogRange } from './request.ts';
import type { LogSource } from './source.ts';

/** What one host answered, or all of them together. */
export interface FoundLogs {
  readonly lines: readonly LogLine[];
  /** No such container there. */
  readonly absent: readonly LogSource[];
  /** Older lines were left out because of their size. */
  readonly cut: readonly LogSource[];
  /** What was no line of a log, with its host. */
  readonly noise: readonly string[];
  readonly failed: readonly ClusterError[];
}

interface Question {
  readonly sources: readonly LogSource[];
  readonly range: LogRange;
  readonly ports: Ports;
}

const deadlineMs = 120_000;
/** For all hosts together, and for one: the answers of all are held before the first line is shown. */
const totalBytes = 64 * 1024 * 1024;
const hostBytes = 3 * 1024 * 1024;

/** Asks every host once, and brings all lines into the order of their times. */
export async function readLogs(question: Question): Promise<FoundLogs> {
  const groups = byHost(question.sources);
  const answers = await Promise.all(groups.map((sources) => askHost(question, sources)));
  return {
    lines: answers.flatMap(({ lines }) => lines).toSorted(byTime),
    absent: answers.flatMap(({ absent }) => absent),
    cut: answers.flatMap(({ cut }) => cut),
    noise: answers.flatMap(({ noise }) => noise),
    failed: answers.flatMap(({ failed }) => failed),
  };
}

export function byHost(sources: readonly LogSource[]): readonly (readonly LogSource[])[] {
  const hosts = [...new Set(sources.map(({ host }) => host))];
  return hosts.map((host) => sources.filter((source) => source.host === host));
}

async function askHost(question: Question, sources: readonly LogSource[]): Promise<FoundLogs> {
  const { connector, signal } = question.ports;
  const [first] = sources;
  if (first === undefined) return nothing;
  try {
    await using remote = await connector.connect(first.host.ssh, signal);
    return await readThere(question, sources, remote);
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code === 'INTERRUPTED') throw error;
    return { ...nothing, failed: [error] };
  }
}

const nothing: FoundLogs = { lines: [], absent: [], cut: [], noise: [], failed: [] };

async function readThere(
  { range, ports, sources: all }: Question,
  sources: readonly LogSource[],
  remote: RemoteHost,
): Promise<FoundLogs> {
  const most = Math.min(hostBytes / sources.length, totalBytes / all.length);
  const limitBytes = Math.floor(most);
  const request = { ...range, mode: 'once', sources, limitBytes } as const;
  const ran = await remote.run(logsCommand(request, ports.templates[logsScript] ?? ''), {
    deadlineMs,
    signal: ports.signal,
    asRoot: true,
  });
  if (ran.exitCode !== 0) throw unreadable(remote.name, ran);
  return understood(ran, sources, limitBytes);
}

function understood({ stdout }: Ran, sources: readonly LogSource[], limitBytes: number): FoundLogs {
  const texts = stdout.split('\n').slice(0, -1);
  const messages = texts.map((text) => parseMessage(text, sources));
  const cut = sources.filter((_, key) => sizeOf(texts, key) >= limitBytes);
  return {
    lines: messages.flatMap((message) => (message.kind === 'line' ? [message.line] : [])),
    absent: messages.flatMap((message) => (message.kind === 'happened' ? [message.source] : [])),
    cut,
    // The first line of a cut answer is no whole one.
    noise:
      cut.length > 0
        ? []
        : messages.flatMap((message) => (message.kind === 'noise' ? [message.text] : [])),
    failed: [],
  };
}

/** Bytes of a source's answer, before its key was put in front of each line. */
function sizeOf(texts: readonly string[], key: number): number {
  const prefix = `${key}\t`;
  return texts
    .filter((text) => text.startsWith(prefix))
    .reduce((sum, text) => sum + byteLength(text) - prefix.length + 1, 0);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

export function unreadable(host: string, { stderr }: Pick<Ran, 'stderr'>): ClusterError {
  const said = stderr.split('\n').filter((line) => line !== '');
  return new ClusterError('STEP_FAILED', `cannot read logs on ${host}`, {
    host,
    evidence: said.slice(-5),
    remedy: `ci-cluster exec ${host} --root -- docker ps`,
  });
}
