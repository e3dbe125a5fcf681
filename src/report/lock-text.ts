import type { LockState } from '../run/lock/lock-status.ts';
import type { Palette } from './palette.ts';
import { printable } from './screen.ts';
import { hangingTable, wrap } from './table.ts';

export interface HostState extends Omit<LockState, 'state'> {
  readonly host: string;
  readonly state: LockState['state'] | 'unreachable';
  /** Why it could not be asked. */
  readonly detail: string;
}

/** Hosts that somebody has, a line each; the others in one. */
export function lockText(states: readonly HostState[], paint: Palette, columns: number): string {
  const free = states.filter(({ state }) => state === 'free').map(({ host }) => host);
  const others = states.filter(({ state }) => state !== 'free');
  const rows = others.map((one) => [one.host, one.state, told(one)]);
  const all = free.length === states.length ? 'all hosts' : free.join(', ');
  return [
    ...hangingTable(rows, columns).map((line) => paint.yellow(line)),
    ...(free.length === 0 ? [] : [paint.green(wrap(`free: ${all}`, columns))]),
  ].join('\n');
}

function told({ state, claim, detail }: HostState): string {
  if (state === 'unreachable') return printable(detail);
  if (claim === undefined) return 'by somebody who has not said who';
  const { owner, command, since, run, reason } = claim;
  const why = reason === undefined ? '' : `: ${reason}`;
  const gone = state === 'busy' ? '; gone, but a step of it still runs' : '';
  return printable(`${owner} since ${since}: ${command} (run ${run})${why}${gone}`);
}

export function heldText(hosts: readonly string[], reason: string): string {
  return `nobody else can change ${hosts.join(', ')} (${reason}); Ctrl-C gives them back`;
}
