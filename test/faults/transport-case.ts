import { startFleet, type Fleet } from './fleet.ts';
import type { State } from './host/state.ts';
import { operate, type Outcome } from './operator.ts';
import type { Point } from './sshd.ts';
import { healFleet, type TransportFault } from './transport-faults.ts';
import { endOf, halfWritten, leftovers, unlike } from './verdict.ts';

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

/** No run takes this long, whatever happens; a busy machine is allowed for. */
const hangMs = 45_000;
const usualMs = 20_000;
/** For commands that never answer. */
const shortMs = 2500;

const argv = (fleet: Fleet) => ['init', '-c', fleet.config, '--yes'];

/** A run that nothing happens to: where faults can strike, and what comes out. */
export async function record(): Promise<Recording> {
  await using fleet = await startFleet();
  const points: Point[] = [];
  fleet.onMoment = ({ point }) => points.push(point);
  const outcome = await operate(argv(fleet), { commandMs: usualMs, records: fleet.folder });
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
  const first = await inTime(operate(argv(fleet), { commandMs, records: fleet.folder }));
  const title = `${fault.name} at ${nameOf(point)}`;
  if (first === undefined) return { title, end: 'hang', elapsedMs: hangMs, wrong: ['it hangs'] };
  healFleet(fleet);
  const { end, wrong } = endOf(first);
  const more = [...wrong, ...(struck === 0 ? ['never struck'] : [])];
  more.push(...(await afterwards(fleet, fault, reference)));
  return {
    title,
    end: struck === 0 ? 'never struck' : end,
    elapsedMs: first.elapsedMs,
    wrong: more,
  };
}

async function afterwards(
  fleet: Fleet,
  fault: TransportFault,
  reference: State,
): Promise<readonly string[]> {
  const idle = await Promise.all([...fleet.hosts.values()].map(({ sshd }) => sshd.idle(15_000)));
  const between = fleet.state();
  const isKilled = fault.name === 'exit status without close';
  const second = await inTime(operate(argv(fleet), { commandMs: usualMs, records: fleet.folder }));
  if (second === undefined) return ['the second run hangs'];
  return [
    ...(idle.every(Boolean) ? [] : ['commands still run 15 s after the connection was lost']),
    ...halfWritten(between, reference).map((line) => `half written: ${line}`),
    ...(isKilled ? [] : leftovers(between).map((line) => `left over: ${line}`)),
    ...(second.exitCode === 0 ? [] : [`the second run failed: ${second.stderr.slice(-900)}`]),
    ...unlike(fleet, reference).map((line) => `afterwards: ${line}`),
  ];
}

export function isAt(left: Point, right: Point): boolean {
  return left.host === right.host && left.exec === right.exec && left.marker === right.marker;
}

export function nameOf(point: Point | { readonly host: string; readonly exec: 'connect' }): string {
  if (point.exec === 'connect') return `${point.host}, connecting`;
  return `${point.host}, command ${point.exec}, line ${point.marker}`;
}

async function inTime(run: Promise<Outcome>): Promise<Outcome | undefined> {
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
