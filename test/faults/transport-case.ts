import { converges, idle, inTime, initOf } from './after.ts';
import { startFleet, type Fleet } from './fleet.ts';
import type { State } from './host/state.ts';
import { operate, usualMs } from './operator.ts';
import { recordsOf } from './program.ts';
import type { Point } from './sshd.ts';
import { healFleet, type TransportFault } from './transport-faults.ts';
import { endOf, halfWritten, leftovers } from './verdict.ts';

/** What came of one fault at one point. */
export interface CaseResult {
  readonly title: string;
  /** `done`, or the code of the error that the first run ended with. */
  readonly end: string;
  readonly elapsedMs: number;
  /** Empty if all promises were kept. */
  readonly wrong: readonly string[];
}

export interface Recording {
  readonly points: readonly Point[];
  readonly state: State;
}

/** For commands that never answer. */
const shortMs = 2500;

/** A run that nothing happens to: where faults can strike, and what comes out. */
export async function record(): Promise<Recording> {
  await using fleet = await startFleet();
  const points: Point[] = [];
  fleet.onMoment = ({ point }) => points.push(point);
  const outcome = await operate(initOf(fleet), {
    ...{ pace: 'patient', commandMs: usualMs, records: recordsOf(fleet) },
  });
  if (outcome.exitCode !== 0) throw new Error(`the undisturbed run failed:\n${outcome.stderr}`);
  return { points, state: fleet.state() };
}

export async function transportCase(
  fault: TransportFault,
  point: Point | { readonly host: string; readonly exec: 'connect' },
  reference: State,
): Promise<CaseResult> {
  await using fleet = await startFleet();
  let struck = 0;
  if (point.exec === 'connect') {
    struck = 1;
    fault.atConnect?.(fleet, point.host);
  } else {
    fleet.onMoment = (moment) => {
      if (struck > 0 || !isAt(moment.point, point)) return;
      struck += 1;
      fault.strike(moment, fleet);
    };
  }
  const commandMs = fault.isEndless === true ? shortMs : usualMs;
  const first = await inTime(
    operate(initOf(fleet), { pace: 'hasty', commandMs, records: recordsOf(fleet) }),
  );
  const title = `${fault.name} at ${nameOf(point)}`;
  if (first === undefined) return { title, end: 'hang', elapsedMs: Infinity, wrong: ['it hangs'] };
  healFleet(fleet);
  const { end, wrong } = endOf(first);
  const more = [...wrong, ...(await afterwards(fleet, fault, reference))];
  // A busy machine is taken for a silent one before the fault has its turn.
  const told = struck === 0 ? 'never struck' : end;
  return { title, end: told, elapsedMs: first.elapsedMs, wrong: more };
}

async function afterwards(
  fleet: Fleet,
  fault: TransportFault,
  reference: State,
): Promise<readonly string[]> {
  const isIdle = await idle(fleet);
  const between = fleet.state();
  const isKilled = fault.name === 'exit status without close';
  return [
    ...(isIdle ? [] : ['commands still run 15 s after the connection was lost']),
    ...halfWritten(between, reference).map((line) => `half written: ${line}`),
    ...(isKilled ? [] : leftovers(between).map((line) => `left over: ${line}`)),
    ...(await converges(fleet, reference)),
  ];
}

export function isAt(left: Point, right: Point): boolean {
  return left.host === right.host && left.exec === right.exec && left.marker === right.marker;
}

export function nameOf(point: Point | { readonly host: string; readonly exec: 'connect' }): string {
  if (point.exec === 'connect') return `${point.host}, connecting`;
  return `${point.host}, command ${point.exec}, line ${point.marker}`;
}
