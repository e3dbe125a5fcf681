import { notReached, type Check, type Judged } from '../check.ts';
import { failing, passed, skipped, warning } from '../check-result.ts';
import { openersOf } from '../flows.ts';
import { flowsBetween, placeOf, type Attempt, type Listening, type Matrix } from '../matrix.ts';
import type { Scene, Seen } from '../scene.ts';

export const portMatrix: Check = {
  name: 'PORT_MATRIX',
  title: 'the other hosts reach its ports',
  why: 'A firewall between two hosts shows itself only when leaders happen to be on both sides of it. Every connection that the stack makes is tried: first all hosts listen on what nothing holds, then every host tries all others.',
  severity: 'fail',
  remedy: 'Open the ports between the hosts of the cluster.',
  judge: (scene) => {
    const { matrix } = scene;
    if (matrix === undefined) return [];
    return [
      ...scene.seen.map((seen) => ({ host: seen.host.name, ...judged(seen, matrix, scene) })),
      ...notReached(scene),
    ];
  },
};

/** From the side of the host that is connected to: that is mostly where the firewall is. */
function judged({ host }: Seen, matrix: Matrix, scene: Scene): Omit<Judged, 'host'> {
  const wanted = flowsBetween(scene.spec, scene.seen).filter(({ to }) => to.name === host.name);
  const made = matrix.attempts.filter(({ flow }) => flow.to.name === host.name);
  const faults = grouped(made.flatMap((attempt) => faultOf(attempt, matrix)));
  if (faults.length > 0) {
    const remedy =
      'Let the hosts of the cluster connect to these ports: sudo nft list ruleset (or sudo iptables -S) shows on the host what stops them.';
    return failing(faults.map(told).join('; '), remedy);
  }
  const unproved = grouped(made.flatMap((attempt) => doubtOf(attempt, matrix)));
  const silent = [...matrix.mute].map(([name, why]) => `${name} could not try: ${why}`);
  const untried = made.length < wanted.length ? silent : [];
  const open = made.filter(({ ending }) => ending === 'open').length;
  const sum = `${open} of ${wanted.length} connections`;
  if (unproved.length + untried.length === 0) return passed(sum);
  const doubts = [...unproved.map(told), ...untried].join('; ');
  const remedy = 'These ports could not be proved open; perl on the hosts lets the check listen.';
  return open === 0 ? skipped(`${sum}; ${doubts}`, remedy) : partly(sum, doubts, unproved);
}

/** What a running service keeps closed until it leads is no reason to doubt the rest. */
function partly(sum: string, doubts: string, unproved: readonly Group[]): Omit<Judged, 'host'> {
  const isQuiet = unproved.every(({ kind }) => kind === 'later');
  if (isQuiet && unproved.length > 0) return passed(`${sum}; ${doubts}`);
  return warning(`${sum}; ${doubts}`, 'Install perl (perl-base), then run the check again.');
}

interface Trouble {
  readonly port: number;
  readonly use: string;
  readonly from: string;
  readonly told: string;
  readonly kind: 'fault' | 'later' | 'unknown';
}

function faultOf(attempt: Attempt, matrix: Matrix): Trouble[] {
  const listens = isListening(matrix.listening.get(placeOf(attempt.flow)));
  switch (attempt.ending) {
    case 'open':
      return [];
    case 'silent':
      return [trouble(attempt, 'no answer, a firewall drops it (DROP)')];
    case 'unreachable': {
      const errno = attempt.errno ?? 'unreachable';
      const told = `turned away on the way (REJECT by ICMP, ${errno}) or without a route`;
      return [trouble(attempt, told)];
    }
    case 'refused':
      // Our own listener, or the service, is known to listen: the refusal is somebody else's.
      return listens ? [trouble(attempt, 'refused by a firewall (REJECT), though it listens')] : [];
  }
}

function doubtOf(attempt: Attempt, matrix: Matrix): Trouble[] {
  const listening = matrix.listening.get(placeOf(attempt.flow));
  if (attempt.ending !== 'refused' || isListening(listening)) return [];
  if (listening?.kind === 'left-free') {
    const [service] = openersOf(attempt.flow);
    return [
      { ...trouble(attempt, `closed now, ${service} opens it when it needs it`), kind: 'later' },
    ];
  }
  const why = listening?.kind === 'none' ? listening.why : 'not known';
  return [{ ...trouble(attempt, `nothing listens there (${why})`), kind: 'unknown' }];
}

function isListening(listening: Listening | undefined): boolean {
  return listening?.kind === 'held' || listening?.kind === 'test';
}

function trouble({ flow }: Attempt, text: string): Trouble {
  return { port: flow.port, use: flow.use, from: flow.from.name, told: text, kind: 'fault' };
}

interface Group extends Omit<Trouble, 'from'> {
  readonly from: readonly string[];
}

/** One line for all who met the same at a port. */
function grouped(troubles: readonly Trouble[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { from, ...rest } of troubles) {
    const key = `${rest.port} ${rest.told}`;
    groups.set(key, { ...rest, from: [...(groups.get(key)?.from ?? []), from] });
  }
  return [...groups.values()];
}

function told({ port, use, from, told: text }: Group): string {
  return `${port} (${use}) from ${from.join(', ')}: ${text}`;
}
