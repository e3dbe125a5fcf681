import type { ClusterSpec } from '../../config/cluster-spec.ts';
import type { Ms, Seen } from '../sample.ts';
import { hostAt } from './place.ts';
import { epochOf } from './probe-zookeeper.ts';

/** A server that the script on a host asks. */
export interface Target {
  readonly kind: 'zookeeper' | 'mesos' | 'marathon';
  readonly host: string;
}

/** A line of `remote/drill-watch.pl`. */
export type WatchLine =
  | { readonly kind: 'ready' }
  | { readonly kind: 'pong'; readonly name: string; readonly at: Ms }
  | {
      readonly kind: 'sample';
      /** Place in the list of targets, and number of the question to it. */
      readonly target: number;
      readonly number: number;
      /** By the clock of the host. */
      readonly sentAt: Ms;
      readonly tookMs: number;
      readonly words: readonly string[];
    };

/** Undefined for any other line. */
export function parseWatchLine(line: string): WatchLine | undefined {
  const [word, ...rest] = line.split(' ');
  if (line === 'ready') return { kind: 'ready' };
  if (word === 'pong') return pongOf(rest);
  if (word !== 's') return undefined;
  const [target, number, sentAt, tookMs, ...words] = rest;
  const figures = [target, number, sentAt, tookMs].map(Number);
  const [one = NaN, two = NaN, three = NaN, four = NaN] = figures;
  if (figures.some((figure) => !Number.isFinite(figure)) || words.length < 2) return undefined;
  return { kind: 'sample', target: one, number: two, sentAt: three, tookMs: four, words };
}

function pongOf([name, time]: readonly string[]): WatchLine | undefined {
  const at = Number(time);
  return name === undefined || !Number.isFinite(at) ? undefined : { kind: 'pong', name, at };
}

/** What the words of a sample say about its target. */
export function seenIn(spec: ClusterSpec, { kind, host }: Target, words: readonly string[]): Seen {
  const [ending, ...rest] = words;
  const error = ending === 'ok' ? undefined : (rest[0] ?? 'closed');
  const told = error === undefined ? rest : [];
  switch (kind) {
    case 'zookeeper':
      return zookeeperSeen(host, told, error);
    case 'mesos':
      return {
        probe: 'mesos',
        host,
        status: error === undefined ? Number(told[0]) : undefined,
        error,
      };
    case 'marathon':
      return marathonSeen({ spec, host }, told, error);
  }
}

const modes = ['leader', 'follower', 'standalone', 'looking'] as const;

function zookeeperSeen(
  host: string,
  [word, zxid]: readonly string[],
  error: string | undefined,
): Seen {
  const mode = modes.find((one) => one === word);
  return { probe: 'zookeeper', host, mode, epoch: epochOf(zxid), error };
}

function marathonSeen(
  { spec, host }: { readonly spec: ClusterSpec; readonly host: string },
  [status, leader, own, framework]: readonly string[],
  error: string | undefined,
): Seen {
  if (error !== undefined || status !== '200') {
    const none = { leader: undefined, elected: undefined, frameworkId: undefined };
    return { probe: 'marathon', host, ...none, error: error ?? `answers-${status ?? ''}` };
  }
  return {
    ...{ probe: 'marathon', host },
    leader: hostAt(spec, leader?.split(':')[0]),
    elected: own === 'yes',
    frameworkId: framework === '-' ? undefined : framework,
    error: undefined,
  };
}
