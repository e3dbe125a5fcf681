import type { Fleet } from './fleet.ts';
import type { State } from './host/state.ts';
import { operate, usualMs, type Hurry, type Outcome } from './operator.ts';
import { recordsOf } from './program.ts';
import { unlike } from './verdict.ts';

/** No run takes this long, whatever happens; a busy machine is allowed for. */
const hangMs = 180_000;

export const initOf = ({ config }: Fleet) => ['init', '-c', config, '--yes'];

/** Whether all that was started on the hosts has ended, or does so in time. */
export async function idle({ hosts }: Fleet): Promise<boolean> {
  const all = await Promise.all([...hosts.values()].map(({ sshd }) => sshd.idle(15_000)));
  return all.every(Boolean);
}

/** What is wrong after the same command was run again. */
export async function converges(fleet: Fleet, reference: State): Promise<readonly string[]> {
  const again: Hurry = { pace: 'patient', commandMs: usualMs, records: recordsOf(fleet) };
  const second = await inTime(operate(initOf(fleet), again));
  if (second === undefined) return ['the second run hangs'];
  return [
    ...(second.exitCode === 0 ? [] : [`the second run failed: ${second.stderr.slice(-900)}`]),
    ...unlike(fleet, reference).map((line) => `afterwards: ${line}`),
  ];
}

/** Undefined if it hangs. */
export async function inTime(run: Promise<Outcome>): Promise<Outcome | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, hangMs, undefined);
  });
  try {
    return await Promise.race([run, late]);
  } finally {
    clearTimeout(timer);
  }
}
