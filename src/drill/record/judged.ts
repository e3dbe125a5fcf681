import type { Caller } from '../../ports.ts';
import type { Judgement, Moment } from '../judgement.ts';
import type { Phase, Recording } from '../recording.ts';
import type { DrillRun, RecordedDrill } from './read-record.ts';

/** Written elsewhere; a record does not know how drills are judged. */
export type Judge = (recording: Recording) => Judgement;

export interface JudgedDrill extends RecordedDrill {
  readonly judgement: Judgement;
  /** The program ended in this phase, before anything was judged. */
  readonly diedIn: Phase | undefined;
  /** By whoever ran it: nothing was missing. */
  readonly isJudged: boolean;
}

export interface JudgedRun extends DrillRun {
  readonly drills: readonly JudgedDrill[];
}

export interface Judging {
  /** Absent: such a drill is shown as aborted. */
  readonly judge?: Judge | undefined;
  readonly isRunning?: Caller['isRunning'];
}

/** Every drill with a judgement: the one on record, or one from what is on record. */
export function judged(run: DrillRun, judging: Judging = {}): JudgedRun {
  const isRunning = run.end === undefined && judging.isRunning?.(run.process) === true;
  const drills = run.drills.map((drill) => judgedDrill(drill, { ...judging, isRunning }));
  return { ...run, drills };
}

interface Known extends Pick<Judging, 'judge'> {
  readonly isRunning: boolean;
}

function judgedDrill(drill: RecordedDrill, { judge, isRunning }: Known): JudgedDrill {
  const { judgement: own, phases } = drill;
  if (own !== undefined) return { ...drill, judgement: own, diedIn: undefined, isJudged: true };
  const lastPhase = phases.at(-1)?.phase ?? 'plan';
  if (isRunning) {
    const still = `not over yet: it is in phase ${lastPhase}`;
    const recording = { ...drill.recording, aborted: still };
    const aborted = abortedOne(recording);
    return { ...drill, recording, judgement: aborted, diedIn: undefined, isJudged: false };
  }
  const recording = cutOff(drill.recording, lastPhase);
  const judgement = (judge ?? abortedOne)(recording);
  return { ...drill, recording, judgement, diedIn: lastPhase, isJudged: false };
}

/** With the aftermath all is there that was to be seen; before it the end of the program cut it short. */
function cutOff(recording: Recording, phase: Phase): Recording {
  if (recording.aborted !== undefined || recording.aftermath !== undefined) return recording;
  return { ...recording, aborted: `the program ended in phase ${phase}` };
}

function abortedOne(recording: Recording): Judgement {
  const { aborted, injectedAt, confirmedAt, healedAt } = recording;
  const at = { injected: injectedAt, confirmed: confirmedAt, healed: healedAt };
  const timeline = (['injected', 'confirmed', 'healed'] as const).flatMap((name): Moment[] =>
    at[name] === undefined ? [] : [{ name, at: at[name], errorMs: 0, detail: '' }],
  );
  return {
    verdict: 'ABORTED',
    reason: aborted ?? 'the program ended before it judged',
    timeline,
    ...{ bounds: [], invariants: [], coverage: [] },
  };
}
