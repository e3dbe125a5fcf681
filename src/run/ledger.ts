import { describe, type ApiStep, type HostWork, type Plan } from '../plan/step.ts';
import type { Phase } from '../services/service.ts';
import type { StepResult } from './events.ts';
import type { PastStep } from './journal/history.ts';
import type { Recorder } from './journal/recorder.ts';

/** Of a call to a service: which host it goes to is known only when it is made. */
const nowhere = '';

/** What a run meant to do, did, and owes; kept in memory for its summary and on the disk for the next. */
export interface Ledger {
  /** On the disk before anything is done. */
  readonly intend: (phase: Phase, work: readonly HostWork[]) => Promise<void>;
  readonly intendCall: (phase: Phase, step: ApiStep) => Promise<void>;
  readonly result: (host: string, step: string, result: StepResult) => void;
  readonly callResult: (step: ApiStep, result: StepResult) => void;
  /** What is taken away for the time of the run, by name; the rest of what was owed is settled. */
  readonly owes: (names: Iterable<string>) => Promise<void>;
  /** Steps of the plan that did not come to a good end, in its order. */
  readonly left: (plan: Plan) => readonly LeftStep[];
}

/** `unknown`: it was begun, and nobody heard how it ended. */
export type LeftStep = Omit<PastStep, 'result'> & {
  readonly result: 'failed' | 'stopped' | 'unknown' | 'waiting';
};

export function createLedger(recorder: Recorder): Ledger {
  const results = new Map<string, StepResult>();
  const owed = new Set<string>();
  const intended = (phase: Phase, steps: Readonly<Record<string, string[]>>) => {
    for (const [host, told] of Object.entries(steps))
      for (const step of told) results.delete(keyOf(host, step));
    return recorder.sync({ event: 'intent', phase, steps });
  };
  const result = (host: string, step: string, outcome: StepResult) => {
    results.set(keyOf(host, step), outcome);
    if (outcome !== 'started') recorder.note({ event: 'result', host, step, result: outcome });
  };
  return {
    intend: (phase, work) => intended(phase, toldByHost(work)),
    intendCall: (phase, step) => intended(phase, { [nowhere]: [describe(step)] }),
    result,
    callResult: (step, outcome) => {
      result(nowhere, describe(step), outcome);
    },
    owes: async (names) => {
      const now = new Set(names);
      const fresh = [...now].filter((id) => !owed.has(id));
      const settled = [...owed].filter((id) => !now.has(id));
      for (const id of settled) {
        owed.delete(id);
        recorder.note({ event: 'settled', id });
      }
      for (const id of fresh) {
        owed.add(id);
        await recorder.sync({ event: 'owes', id });
      }
    },
    left: (plan) => stepsOf(plan).flatMap((step) => leftOf(step, results.get(keyOf(...step)))),
  };
}

function keyOf(host: string, step: string): string {
  return JSON.stringify([host, step]);
}

function toldByHost(work: readonly HostWork[]): Record<string, string[]> {
  return Object.fromEntries(work.map(({ host, steps }) => [host, steps.map(describe)]));
}

function stepsOf({ stages }: Plan): readonly (readonly [host: string, step: string])[] {
  return stages.flatMap((stage) => {
    if (stage.kind === 'gate') return [];
    if (stage.kind === 'api') return [[nowhere, describe(stage.step)] as const];
    return stage.work.flatMap(({ host, steps }) =>
      steps.map((step) => [host, describe(step)] as const),
    );
  });
}

function leftOf(
  [host, step]: readonly [string, string],
  result: StepResult | undefined,
): LeftStep[] {
  switch (result) {
    case 'changed':
    case 'unchanged':
      return [];
    case 'started':
      return [{ host, step, result: 'unknown' }];
    case undefined:
      return [{ host, step, result: 'waiting' }];
    case 'failed':
    case 'stopped':
      return [{ host, step, result }];
  }
}
