import { streamKey } from '../stream-key.ts';
import type { Ms, Sample } from '../sample.ts';

/** Samples in the order in which they were sent, equal ones in a row kept as one. */
export interface Runs {
  /** Of one stream: in the order of `at`. */
  readonly add: (sample: Sample) => void;
  readonly samples: () => readonly Sample[];
}

interface Run {
  readonly first: Sample;
  readonly text: string;
  count: number;
  until: Ms;
  longestGapMs: number;
}

export function createRuns(): Runs {
  const all: Run[] = [];
  const last = new Map<string, Run>();
  return {
    add: (sample) => {
      const key = streamKey(sample);
      const text = JSON.stringify(sample.seen);
      const run = last.get(key);
      if (run?.text === text && isNext(run, sample)) {
        extend(run, sample);
        return;
      }
      const begun = { first: sample, text, count: 1, until: sample.at, longestGapMs: 0 };
      last.set(key, begun);
      all.push(begun);
    },
    samples: () => all.map(sampleOf),
  };
}

/** After a longer pause another run begins, so that it can be seen when the pause was. */
const longestPauseMs = 900;

function isNext({ until }: Run, { at }: Sample): boolean {
  return at >= until && at - until <= longestPauseMs;
}

function extend(run: Run, { at }: Sample): void {
  run.count += 1;
  run.longestGapMs = Math.max(run.longestGapMs, at - run.until);
  run.until = at;
}

function sampleOf({ first, count, until, longestGapMs }: Run): Sample {
  return count === 1 ? first : { ...first, same: { count, until, longestGapMs } };
}
