import { ClusterError } from '../../../errors.ts';
import type { Run } from '../../run.ts';
import type { BuildsThere } from './builds-there.ts';

export interface Waiting {
  readonly run: Run;
  /** Completes "builds run on …": `a2`, or `the controllers`. */
  readonly place: string;
  readonly timeoutMs: number;
  readonly look: () => Promise<BuildsThere>;
}

const pauseMs = 2000;
const shownBuilds = 3;

/** Until nothing runs. Throws BUILDS_RUNNING, with what still does, when the bound has passed. */
export async function awaitBuilds({ run, place, timeoutMs, look }: Waiting): Promise<void> {
  const { clock, signal } = run.ports;
  const begin = clock.now();
  const since = new Map<string, number>();
  for (;;) {
    const found = await look();
    const left = [...found.running, ...found.silent];
    if (left.length === 0 && found.fresh === 0) return;
    for (const one of left) since.set(one, since.get(one) ?? clock.now());
    const told = left.map((one) => `${one} (${minutes(clock.now() - (since.get(one) ?? 0))})`);
    if (clock.now() - begin >= timeoutMs) throw stillRunning(place, timeoutMs, { found, told });
    if (told.length > 0) report(run, place, { told, timeoutMs });
    await clock.sleep(pauseMs, signal);
  }
}

function report(
  { report: tell }: Run,
  place: string,
  { told, timeoutMs }: { readonly told: readonly string[]; readonly timeoutMs: number },
): void {
  const more = told.length > shownBuilds ? ` and ${told.length - shownBuilds} more` : '';
  const reason = `${told.slice(0, shownBuilds).join('; ')}${more}`;
  tell({ kind: 'emptying', place, reason, deadlineMs: timeoutMs });
}

function stillRunning(
  place: string,
  timeoutMs: number,
  { found, told }: { readonly found: BuildsThere; readonly told: readonly string[] },
): ClusterError {
  const count = found.running.length;
  const what =
    count === 0
      ? `nobody tells whether builds run on ${place}`
      : count === 1
        ? `a build still runs on ${place}`
        : `${count} builds still run on ${place}`;
  return new ClusterError('BUILDS_RUNNING', `${what} after ${minutes(timeoutMs)}`, {
    evidence: told,
    remedy:
      'Wait longer (--drain-timeout 2h), or end them (--kill-builds). What was taken away for the wait is given back.',
  });
}

/** How long it was seen, in the coarse steps in which the wait is told again. */
function minutes(ms: number): string {
  const whole = Math.floor(ms / 60_000);
  if (whole > 0) return `${whole} min`;
  return ms >= 1000 && ms < 60_000 && ms % 60_000 >= 30_000 ? '30 s' : 'just now';
}
