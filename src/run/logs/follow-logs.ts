import { ClusterError } from '../../errors.ts';
import type { Ports } from '../../ports.ts';
import { parseMessage, type Happening, type LogLine } from './log-line.ts';
import { createMerge } from './merge.ts';
import { byHost, unreadable } from './read-logs.ts';
import { logsCommand, logsScript, type LogRange } from './request.ts';
import { Seen } from './seen.ts';
import type { LogSource } from './source.ts';

/** Who shows what comes. */
export interface LogViewer {
  readonly line: (line: LogLine) => void;
  /** Something about a source or host that is no line of a log. */
  readonly note: (text: string) => void;
}

export interface Following {
  readonly sources: readonly LogSource[];
  readonly range: LogRange;
  readonly ports: Ports;
  readonly viewer: LogViewer;
}

/** A day; then the host is asked again from where it was left, as after a lost connection. */
const deadlineMs = 86_400_000;
const firstPauseMs = 2000;
const longestPauseMs = 30_000;

/**
 * Until the signal aborts, or until no host is left that could be followed: then the faults are thrown.
 * A host that is lost on the way is tried again for ever; one that refuses us is not.
 */
export async function followLogs(following: Following): Promise<void> {
  const { ports, viewer, sources } = following;
  const merge = createMerge(ports.clock, viewer.line);
  const groups = byHost(sources);
  const ends = await Promise.all(
    groups.map((group) =>
      followHost(following, group, (line) => {
        merge.add(line);
      }),
    ),
  );
  merge.flush();
  if (ports.signal.aborted) return;
  const parts = ends.flatMap((end) => (end === undefined ? [] : [end]));
  const [first] = parts;
  if (first === undefined) return;
  throw parts.length === 1 ? first : noneLeft(parts);
}

function noneLeft(parts: readonly ClusterError[]): ClusterError {
  return new ClusterError('HOSTS_FAILED', 'no host is left to follow', {
    parts,
    remedy: 'Correct what is named for each host, then run the same command again.',
  });
}

/** Returns why it gave up; undefined when it was told to end. */
async function followHost(
  following: Following,
  sources: readonly LogSource[],
  show: (line: LogLine) => void,
): Promise<ClusterError | undefined> {
  const { ports, viewer } = following;
  const seen = new Seen();
  let pauseMs = firstPauseMs;
  const onLine = reader(following, sources, (line) => {
    pauseMs = firstPauseMs;
    if (seen.isNew(line)) show(line);
  });
  for (;;) {
    const error = await followOnce(following, { sources, from: seen.ends() }, onLine);
    if (ports.signal.aborted) return undefined;
    if (!isWorthARetry(error)) {
      viewer.note(`${error.message}; this host is not followed any more`);
      return error;
    }
    viewer.note(`${error.message}; again in ${pauseMs / 1000} s`);
    if (await isOver(ports, pauseMs)) return undefined;
    pauseMs = Math.min(2 * pauseMs, longestPauseMs);
  }
}

/** Also a host that was never reached: it may be on its way up. */
function isWorthARetry({ code }: ClusterError): boolean {
  return ['RESULT_UNKNOWN', 'HOST_UNREACHABLE', 'STEP_FAILED'].includes(code);
}

async function isOver({ clock, signal }: Ports, pauseMs: number): Promise<boolean> {
  try {
    await clock.sleep(pauseMs, signal);
    return signal.aborted;
  } catch {
    return true;
  }
}

interface Part {
  readonly sources: readonly LogSource[];
  readonly from: ReadonlyMap<LogSource, string>;
}

/** Until the connection or the script on the host ends; that is always an error. */
async function followOnce(
  { ports, range }: Following,
  { sources, from }: Part,
  onLine: (line: string) => void,
): Promise<ClusterError> {
  const { host } = sources[0] ?? {};
  if (host === undefined) throw new Error('nothing to follow');
  const tail = from.size === 0 ? range.tail : 'all';
  const request = { ...range, tail, from, sources, mode: 'follow', limitBytes: 0 } as const;
  try {
    await using remote = await ports.connector.connect(host.ssh, ports.signal);
    const ran = await remote.run(logsCommand(request, ports.templates[logsScript] ?? ''), {
      ...{ deadlineMs, signal: ports.signal, asRoot: true, onLine, forgetsLines: true },
    });
    return unreadable(host.name, ran);
  } catch (error) {
    if (error instanceof ClusterError) return error;
    throw error;
  }
}

const told: Readonly<Record<Happening, string>> = {
  absent: 'is not there; waiting for it',
  started: 'has started',
  restarted: 'was restarted',
  replaced: 'was replaced by another container',
};

/** A controller waits on every host where it may run, and most of them never see it. */
function reader(
  { viewer, ports }: Following,
  sources: readonly LogSource[],
  show: (line: LogLine) => void,
): (text: string) => void {
  return (text) => {
    const message = parseMessage(text, sources);
    if (ports.signal.aborted) return;
    if (message.kind === 'line') {
      show(message.line);
      return;
    }
    if (message.kind === 'noise') {
      viewer.note(`${sources[0]?.host.name ?? ''}: ${message.text}`);
      return;
    }
    const { source, what } = message;
    if (source.kind === 'app' && what === 'absent') return;
    viewer.note(`${source.host.name} ${source.service} ${told[what]}`);
  };
}
