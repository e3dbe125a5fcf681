import { afterAll, beforeAll, expect, test } from 'vitest';
import { converges, idle, inTime, initOf } from './after.ts';
import { each, isFull, publish, sample, seeded, tell } from './figures.ts';
import { startFleet } from './fleet.ts';
import type { State } from './host/state.ts';
import { operate, usualMs, type Hurry } from './operator.ts';
import { buildProgram, recordsOf, type Process, type Program } from './program.ts';
import type { Point } from './sshd.ts';
import { isAt, nameOf } from './transport-case.ts';
import { healFleet } from './transport-faults.ts';
import { halfWritten, leftovers } from './verdict.ts';

const boundaries = isFull ? Infinity : 3;
const moments = isFull ? 200 : 2;
const atOnce = 2;
const budgetMs = isFull ? 6 * 3_600_000 : 300_000;

/** A real process that nobody disturbs, and how long it takes. */
interface Undisturbed {
  readonly points: readonly Point[];
  readonly state: State;
  readonly elapsedMs: number;
}

let program: Program;
let undisturbed: Undisturbed;

beforeAll(async () => {
  program = await buildProgram();
  await using fleet = await startFleet();
  const points: Point[] = [];
  fleet.onMoment = ({ point }) => points.push(point);
  const { exitCode, stderr, elapsedMs } = await program.start(fleet, initOf(fleet)).ended;
  if (exitCode !== 0) throw new Error(`the undisturbed run failed:\n${stderr}`);
  undisturbed = { points, state: fleet.state(), elapsedMs };
}, 120_000);

afterAll(() => {
  program[Symbol.dispose]();
});

interface Killed {
  readonly title: string;
  /** The process had ended by itself before. */
  readonly tooLate: boolean;
  /** A step was still running when the same command came again. */
  readonly busy: boolean;
  readonly wrong: readonly string[];
}

/** Kills the program when the trigger says so; then the same command runs again. */
async function killed(
  title: string,
  trigger: (process: Process, onPoint: (act: (point: Point) => void) => void) => void,
): Promise<Killed> {
  await using fleet = await startFleet();
  const process = program.start(fleet, initOf(fleet));
  trigger(process, (act) => {
    fleet.onMoment = ({ point }) => {
      act(point);
    };
  });
  const first = await inTime(process.ended);
  if (first === undefined) process.kill('SIGKILL');
  fleet.onMoment = () => undefined;
  const again: Hurry = { pace: 'patient', commandMs: usualMs, records: recordsOf(fleet) };
  const second = await inTime(operate(initOf(fleet), again));
  const isIdle = await idle(fleet);
  const state = fleet.state();
  const wrong = [
    ...(first === undefined ? ['it hangs'] : []),
    ...(second === undefined ? ['the second run hangs'] : []),
    ...(second?.exitCode === 0 || second?.exitCode === 7
      ? []
      : [`the second run failed: ${second?.stderr.slice(-900) ?? ''}`]),
    ...(isIdle ? [] : ['commands still run 15 s after the program was killed']),
    ...halfWritten(state, undisturbed.state).map((line) => `half written: ${line}`),
    ...leftovers(state).map((line) => `left over: ${line}`),
    ...(await converges(fleet, undisturbed.state)),
  ];
  if (wrong.length > 0) tell({ title, wrong });
  return { title, tooLate: first?.exitCode === 0, busy: second?.exitCode === 7, wrong };
}

function report(title: string, runs: readonly Killed[]): void {
  publish(title, {
    runs: runs.length,
    killed: runs.filter(({ tooLate }) => !tooLate).length,
    'ended before': runs.filter(({ tooLate }) => tooLate).length,
    'lock still held by a running step': runs.filter(({ busy }) => busy).length,
    'promises broken': runs.filter(({ wrong }) => wrong.length > 0).length,
  });
  expect(runs.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
}

test(
  'killed at a step boundary, the next run makes the same hosts as one that was never killed',
  async () => {
    const points = sample(undisturbed.points, boundaries, seeded(11));
    const runs = await each(points, atOnce, (wanted) =>
      killed(nameOf(wanted), (process, onPoint) => {
        onPoint((point) => {
          if (isAt(point, wanted)) process.kill('SIGKILL');
        });
      }),
    );
    report('kill -9 at step boundaries', runs);
  },
  budgetMs,
);

test(
  'killed at any moment, the next run makes the same hosts as one that was never killed',
  async () => {
    const random = seeded(12);
    const times = Array.from({ length: moments }, () => random() * undisturbed.elapsedMs);
    const runs = await each(times, atOnce, (ms) =>
      killed(`after ${Math.round(ms)} ms`, (process) => {
        const timer = setTimeout(() => {
          process.kill('SIGKILL');
        }, ms);
        void process.ended.then(() => {
          clearTimeout(timer);
        });
      }),
    );
    report('kill -9 at random moments', runs);
  },
  budgetMs,
);

test('Ctrl-C twice leaves at once, even where a host does not answer; the next run goes on', async () => {
  const point = undisturbed.points.find(({ marker }) => marker === 3);
  await using fleet = await startFleet();
  const process = program.start(fleet, initOf(fleet));
  let again: NodeJS.Timeout | undefined;
  fleet.onMoment = (moment) => {
    if (point === undefined || !isAt(moment.point, point)) return;
    moment.line.freeze();
    process.kill('SIGINT');
    again = setInterval(() => {
      process.kill('SIGINT');
    }, 300);
  };
  const { exitCode, stderr } = await process.ended;
  clearInterval(again);
  expect(exitCode).toBe(130);
  // Who stops after the silence of the host tells what was done.
  expect(stderr).toContain('once more to leave at once');
  expect(stderr).not.toContain('[INTERRUPTED]');
  healFleet(fleet);
  await idle(fleet);
  expect(await converges(fleet, undisturbed.state)).toEqual([]);
}, 180_000);
