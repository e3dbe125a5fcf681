import type { Ports, RemoteHost } from '../ports.ts';
import type { Flow } from './flows.ts';
import { heldOpen } from './held-open.ts';
import {
  parseAttempt,
  placeOf,
  portsToTry,
  type Attempt,
  type Listening,
  type Matrix,
} from './matrix.ts';
import type { Seen } from './scene.ts';

type MatrixPorts = Pick<Ports, 'signal' | 'templates'>;

interface Trial {
  readonly flows: readonly Flow[];
  readonly seen: readonly Seen[];
  readonly remotes: ReadonlyMap<string, RemoteHost>;
  readonly ports: MatrixPorts;
  /** Filled with the first round: what is known about each port before it is tried. */
  readonly listening: Map<string, Listening>;
}

/** An attempt waits this long; a SYN is repeated after 1 s and after 3 s (Linux). */
const attemptSeconds = 4;
/** The listeners end by themselves after this, whatever happens to us. */
const listenSeconds = 180;
const deadlineMs = 150_000;

/**
 * Two rounds: first every host listens on what nothing holds, then, when all of them do, every host
 * tries all others. `meanwhile` runs while the ports are open.
 */
export async function tryPorts(trial: Trial, meanwhile: () => Promise<void>): Promise<Matrix> {
  const { listening } = trial;
  const listeners = await Promise.all(trial.seen.map((seen) => listenOn(trial, seen)));
  try {
    const [rows] = await Promise.all([
      Promise.all(trial.seen.map((seen) => connectFrom(trial, seen))),
      meanwhile(),
    ]);
    const attempts = rows.flatMap(({ attempts }) => attempts);
    const mute = rows.flatMap(({ host, why }) => (why === undefined ? [] : [[host, why] as const]));
    return { listening, attempts, mute: new Map(mute) };
  } finally {
    await Promise.all(listeners.map((listener) => listener.close()));
  }
}

interface Listener {
  readonly close: () => Promise<void>;
}

const noListener: Listener = { close: () => Promise.resolve() };

async function listenOn(
  { flows, remotes, ports, listening }: Trial,
  seen: Seen,
): Promise<Listener> {
  const states = [...portsToTry(seen, flows)];
  for (const [place, state] of states) if (state !== 'free') listening.set(place, state);
  const free = states.flatMap(([place, state]) => (state === 'free' ? [place] : []));
  const remote = remotes.get(seen.host.name);
  const why = whyMute(seen, remote);
  for (const place of free) {
    listening.set(place, { kind: 'none', why: why ?? 'the listener did not start' });
  }
  if (remote === undefined || why !== undefined || free.length === 0) return noListener;
  const script = ports.templates['check/listen.pl'] ?? '';
  return await heldOpen({
    ...{ remote, signal: ports.signal, deadlineMs },
    argv: ['perl', '-e', script, String(listenSeconds), ...free],
    isReady: (line) => {
      const [, word = '', place = '', reason = ''] = /^(\w+) (\S+)(?: (.*))?$/.exec(line) ?? [];
      if (free.includes(place)) listening.set(place, listeningAfter(word, reason));
      return line === 'ready';
    },
  });
}

function listeningAfter(word: string, reason: string): Listening {
  if (word === 'listening') return { kind: 'test' };
  return word === 'busy' ? { kind: 'held' } : { kind: 'none', why: reason };
}

function whyMute(seen: Seen, remote: RemoteHost | undefined): string | undefined {
  if (remote === undefined) return 'not reached';
  if (seen.extra === undefined) return seen.why ?? 'the host did not tell whether it has perl';
  return seen.extra.tools.has('perl') ? undefined : 'no perl there';
}

interface Row {
  readonly host: string;
  readonly attempts: readonly Attempt[];
  readonly why?: string | undefined;
}

async function connectFrom({ flows, remotes, ports }: Trial, seen: Seen): Promise<Row> {
  const host = seen.host.name;
  const own = flows.filter(({ from }) => from.name === host);
  const remote = remotes.get(host);
  const why = whyMute(seen, remote);
  if (remote === undefined || why !== undefined) return { host, attempts: [], why };
  if (own.length === 0) return { host, attempts: [] };
  const script = ports.templates['check/connect.pl'] ?? '';
  const ran = await remote.run(['perl', '-e', script, String(attemptSeconds)], {
    input: own.map(({ to, port }) => `${to.address} ${port}\n`),
    ...{ deadlineMs, signal: ports.signal, asRoot: true },
  });
  if (!ran.stdout.endsWith('end\n')) {
    return { host, attempts: [], why: `perl did not finish: ${ran.stderr.split('\n')[0] ?? ''}` };
  }
  const found = ran.stdout.split('\n').flatMap((line) => parseAttempt(line) ?? []);
  return { host, attempts: own.flatMap((flow) => attemptsOf(flow, found)) };
}

function attemptsOf(
  flow: Flow,
  found: readonly NonNullable<ReturnType<typeof parseAttempt>>[],
): Attempt[] {
  const own = found.find(({ place }) => place === placeOf(flow));
  return own === undefined ? [] : [{ flow, ending: own.ending, errno: own.errno }];
}
