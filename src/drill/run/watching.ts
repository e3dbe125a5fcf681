import type { Sight } from '../../health/sight.ts';
import type { Ports } from '../../ports.ts';
import type { DrillPlan } from '../drill-plan.ts';
import { readAftermath } from '../observe/aftermath.ts';
import { takeBaseline } from '../observe/baseline.ts';
import { observe } from '../observe/observe.ts';
import { acknowledgedIn, clearWrites } from '../observe/written.ts';
import type { Aftermath, Baseline, Recording } from '../recording.ts';
import type { Ms, Sample } from '../sample.ts';

/** The observers of one drill, as its course needs them. */
export interface Watching {
  readonly samples: () => readonly Sample[];
  readonly clocks: () => Recording['clocks'];
  /** Throws GATE_NOT_REACHED if the cluster is not green five times in a row. */
  readonly baseline: () => Promise<Baseline>;
  /** Ends the probes first: what was acknowledged is then complete. */
  readonly aftermath: () => Promise<Omit<Aftermath, 'residue'>>;
  /** Takes the writes of the drill away; harmless a second time. */
  readonly stop: () => Promise<void>;
}

export interface WatchOptions {
  readonly id: string;
  readonly plan: DrillPlan;
  readonly sight: Sight;
  readonly ports: Ports;
  readonly begin: Ms;
  readonly onSample: (sample: Sample) => void;
}

/** Observers go on when the operator interrupts: the way back is looked at as well. */
export async function watch(options: WatchOptions): Promise<Watching> {
  const { id, sight, ports } = options;
  const end = new AbortController();
  const acknowledged: string[] = [];
  const observation = await observe({
    ...options,
    spec: sight.spec,
    signal: end.signal,
    onSample: (sample) => {
      acknowledged.push(...acknowledgedIn([sample]));
      options.onSample(sample);
    },
  });
  const deaf = { ...ports, signal: end.signal };
  let isStopped = false;
  return {
    samples: observation.samples,
    clocks: observation.clocks,
    baseline: () => takeBaseline({ sight, ports }),
    aftermath: () => readAftermath({ id, sight, ports: deaf, acknowledged: [...acknowledged] }),
    stop: async () => {
      if (isStopped) return;
      isStopped = true;
      await observation.stop();
      await clearWrites(sight, id);
      end.abort();
    },
  };
}
