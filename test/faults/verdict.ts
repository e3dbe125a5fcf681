import { exitCodes } from '../../src/errors.ts';
import type { Fleet } from './fleet.ts';
import { difference, type State } from './host/state.ts';
import type { Outcome } from './operator.ts';

/** Exit codes with which a run that something happened to may end. */
const clean = new Set([0, 4, 5, 6, 7, 8, 10, 130, 143]);

/** How a run ended: `done`, a code such as `RESULT_UNKNOWN`, or what is wrong with it. */
export function endOf({ exitCode, stderr }: Outcome): {
  readonly end: string;
  readonly wrong: string[];
} {
  if (exitCode === 0) return { end: 'done', wrong: [] };
  const codes = [...stderr.matchAll(/\[([A-Z_]+)\]/g)].map(([, code = '']) => code);
  const known = codes.filter((code) => Object.hasOwn(exitCodes, code));
  const [end = 'no code'] = known;
  const wrong = [
    ...(clean.has(exitCode) ? [] : [`exit code ${exitCode}: ${stderr.slice(-600)}`]),
    ...(known.length > 0 ? [] : [`no stable code: ${stderr.slice(-600)}`]),
    ...(/→ \S/.test(stderr) ? [] : [`no remedy: ${stderr.slice(-600)}`]),
  ];
  return { end, wrong };
}

/** Temporary files and folders of scripts; `.ci-cluster.` stand beside what they were to become. */
const temporary = /^\S+ (\/run\/ci-cluster\.|\/tmp\/tmp\.|\S*\/\.ci-cluster\.)/;

export function leftovers(state: State): readonly string[] {
  return state.filter((line) => temporary.test(line));
}

/** Files that are there after a failed run, and are not what they are in the end. */
export function halfWritten(state: State, reference: State): readonly string[] {
  const whole = new Set(reference);
  return state.filter(
    (line) => line.includes(' file ') && !temporary.test(line) && !whole.has(line),
  );
}

export function unlike(fleet: Fleet, reference: State): readonly string[] {
  return difference(reference, fleet.state());
}
