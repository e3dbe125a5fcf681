import { hostsWith } from '../../cluster/members.ts';
import type { ClusterSpec, Host } from '../../config/cluster-spec.ts';
import { ClusterError } from '../../errors.ts';
import type { Argv, Ports, RemoteHost } from '../../ports.ts';
import type { Ms, Sample } from '../sample.ts';
import { createOffsets, type Offset } from './clock-offset.ts';
import { leaderEveryMs, lookMs } from './probe.ts';
import { parseWatchLine, seenIn, type Target, type WatchLine } from './watch-lines.ts';

export interface InsideOptions {
  readonly spec: ClusterSpec;
  readonly host: Host;
  readonly remote: RemoteHost;
  readonly ports: Pick<Ports, 'clock' | 'templates'>;
  readonly begin: Ms;
  /** It ends by itself after this time. */
  readonly lifeMs: number;
  readonly signal: AbortSignal;
  readonly write: (sample: Sample) => void;
}

/** A sampler on a host of the cluster: it sees what the servers see of each other. */
export interface Inside {
  readonly host: string;
  readonly offsets: () => readonly Offset[];
  /** Settles when it samples, or never will. */
  readonly ready: Promise<void>;
  /** Settles when it has ended, with the reason if nobody had asked for that. */
  readonly ended: Promise<string | undefined>;
}

/** The script comes through stdin, which then carries questions about the clock and signs of life. */
const bootstrap =
  'my $n = shift; my $s = ""; while (length $s < $n) ' +
  '{ sysread(STDIN, $s, $n - length $s, length $s) or exit 1 } eval $s; die $@ if $@';

export function watchFromInside(options: InsideOptions): Inside {
  const { ports, remote, host, signal } = options;
  const reader = createReader(options);
  const script = ports.templates['remote/drill-watch.pl'] ?? '';
  const talking = new AbortController();
  const run = remote.run(argvOf(options, script), {
    input: [script],
    deadlineMs: options.lifeMs,
    asRoot: true,
    forgetsLines: true,
    signal,
    onLine: reader.take,
    talk: {
      beat: 'alive\n',
      everyMs: beatMs,
      opened: (say) => {
        void keepAsking(say, reader, { clock: ports.clock, signal: talking.signal });
      },
    },
  });
  const ended = run.then(
    ({ exitCode, stderr }) =>
      `ended with ${exitCode ?? 'a signal'}: ${stderr.split('\n')[0] ?? ''}`,
    (error: unknown) => {
      if (!(error instanceof ClusterError)) throw error;
      return signal.aborted ? undefined : error.message;
    },
  );
  void ended.finally(() => {
    talking.abort();
  });
  const ready = Promise.race([reader.ready, ended.then(() => undefined)]);
  return { host: host.name, offsets: reader.offsets.ends, ready, ended };
}

const beatMs = 2000;

function argvOf({ spec }: InsideOptions, script: string): Argv {
  const places = targetsOf(spec).map(({ kind, address, port }) => `${kind}:${address}:${port}`);
  const size = String(new TextEncoder().encode(script).length);
  return ['perl', '-e', bootstrap, size, String(leaderEveryMs), String(lookMs), ...places];
}

function targetsOf(spec: ClusterSpec): readonly (Target & { address: string; port: number })[] {
  const ports = {
    zookeeper: spec.zookeeper.clientPort,
    mesos: spec.mesos.masterPort,
    marathon: spec.marathon.port,
  };
  const kinds = [
    ['zookeeper', 'zookeeper'],
    ['mesos', 'mesos-master'],
    ['marathon', 'marathon'],
  ] as const;
  return kinds.flatMap(([kind, role]) =>
    hostsWith(spec, role).map(({ name, address }) => {
      return { kind, host: name, address, port: ports[kind] };
    }),
  );
}

interface Reader {
  readonly take: (line: string) => void;
  readonly ready: Promise<void>;
  readonly offsets: ReturnType<typeof createOffsets>;
  /** Call with the name of a question about the clock when it is sent. */
  readonly asked: (name: string) => void;
}

type SampleLine = Extract<WatchLine, { kind: 'sample' }>;

function createReader(options: InsideOptions): Reader {
  const { ports, begin } = options;
  const offsets = createOffsets();
  const asked = new Map<string, Ms>();
  const early: SampleLine[] = [];
  const write = createWriter(options);
  let enough: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    enough = resolve;
  });
  let pongs = 0;
  const pong = ({ name, at }: Extract<WatchLine, { kind: 'pong' }>): void => {
    const sentAt = asked.get(name);
    asked.delete(name);
    if (sentAt === undefined) return;
    const receivedAt = ports.clock.now() - begin;
    offsets.add({ sentAt, answeredAt: at, receivedAt });
    pongs += 1;
    if (pongs === firstQuestions) enough();
  };
  const sample = (line: SampleLine): void => {
    const offset = pongs < firstQuestions ? undefined : offsets.current();
    if (offset === undefined) {
      early.push(line);
      return;
    }
    early.splice(0).forEach((one) => {
      write(one, offset);
    });
    write(line, offset);
  };
  return {
    offsets,
    ready,
    asked: (name) => asked.set(name, ports.clock.now() - begin),
    take: (text) => {
      const line = parseWatchLine(text);
      if (line?.kind === 'pong') pong(line);
      if (line?.kind === 'sample') sample(line);
    },
  };
}

/** Answers come as they come; they are written down in the order of their questions. */
function createWriter({ spec, host, write }: InsideOptions) {
  const targets = targetsOf(spec);
  const lanes = targets.map(() => ({ next: 0, held: new Map<number, Sample>() }));
  return (line: SampleLine, { offsetMs }: Offset): void => {
    const target = targets[line.target];
    const lane = lanes[line.target];
    if (target === undefined || lane === undefined) return;
    const seen = seenIn(spec, target, line.words);
    const at = line.sentAt - offsetMs;
    lane.held.set(line.number, { at, tookMs: line.tookMs, from: host.name, seen });
    for (let one = lane.held.get(lane.next); one !== undefined; one = lane.held.get(lane.next)) {
      lane.held.delete(lane.next);
      lane.next += 1;
      write(one);
    }
  };
}

/** Several at once at first, then one every now and then: the clocks drift. */
const firstQuestions = 16;
const firstPauseMs = 60;
const laterPauseMs = 1000;

async function keepAsking(
  say: (text: string) => void,
  reader: Reader,
  { clock, signal }: { readonly clock: Ports['clock']; readonly signal: AbortSignal },
): Promise<void> {
  for (let count = 1; !signal.aborted; count += 1) {
    const name = String(count);
    reader.asked(name);
    say(`ping ${name}\n`);
    const pauseMs = count < firstQuestions ? firstPauseMs : laterPauseMs;
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}
