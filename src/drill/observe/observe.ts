import type { ClusterSpec } from '../../config/cluster-spec.ts';
import type { Clock, Ports } from '../../ports.ts';
import type { DrillPlan } from '../drill-plan.ts';
import type { Recording } from '../recording.ts';
import type { Ms, Sample } from '../sample.ts';
import { openCanary } from './canary.ts';
import { createGround } from './ground.ts';
import { pace } from './pace.ts';
import { createLeaders, type Watch } from './place.ts';
import { allProbes } from './probes.ts';
import { createRuns } from './runs.ts';
import { startInside } from './start-inside.ts';

export interface ObserveOptions {
  /** Of this run of the drill: names its writes. Letters, digits, hyphens. */
  readonly id: string;
  readonly plan: DrillPlan;
  readonly spec: ClusterSpec;
  readonly ports: Pick<Ports, 'connector' | 'clock' | 'templates'>;
  /** `clock.now()` at the begin of the drill: all times count from it. */
  readonly begin: Ms;
  /** Ends it, as `stop` does. */
  readonly signal: AbortSignal;
  /** Every sample, those that are kept as one with others included. */
  readonly onSample?: ((sample: Sample) => void) | undefined;
}

/** Probes that are under way until they are stopped. */
export interface Observation extends AsyncDisposable {
  /** What there is so far; equal ones in a row as one. */
  readonly samples: () => readonly Sample[];
  readonly clocks: () => Recording['clocks'];
  /** Why a vantage is missing; empty if none is. */
  readonly faults: () => readonly string[];
  /** Ends all probes and closes their connections. Samples stay. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts all probes, over connections of their own. Returns when every host was tried once and the
 * sampler inside runs, or is known not to.
 */
export async function observe(options: ObserveOptions): Promise<Observation> {
  const { ports, spec, begin } = options;
  const end = new AbortController();
  const signal = AbortSignal.any([options.signal, end.signal]);
  const runs = createRuns();
  const write = (sample: Sample): void => {
    if (signal.aborted) return;
    runs.add(sample);
    options.onSample?.(sample);
  };
  const now = (): Ms => ports.clock.now() - begin;
  const ground = createGround({ spec, ports, signal });
  const watch: Watch = { spec, places: ground.places, now, leaders: createLeaders(now) };
  await within(ground.tried, { clock: ports.clock, signal });
  await openCanary(watch, options.id);
  const all = allProbes(watch, options.id);
  const pacing = pace(all.probes, { clock: ports.clock, begin, signal, write });
  const inside = await startInside(options, { connector: ground.spare, signal, write });
  await within(inside.sampler?.ready ?? Promise.resolve(), { clock: ports.clock, signal });
  const stop = once(async () => {
    end.abort();
    await pacing;
    await inside.sampler?.ended;
    await Promise.all(all.sessions.map((session) => session[Symbol.asyncDispose]()));
    await ground[Symbol.asyncDispose]();
  });
  return {
    samples: runs.samples,
    clocks: inside.clocks,
    faults: inside.faults,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Hosts that do not answer for so long are seen later, or never. */
const startMs = 15_000;

async function within(
  work: Promise<unknown>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const over = new AbortController();
  const late = clock.sleep(startMs, AbortSignal.any([signal, over.signal])).catch(() => undefined);
  await Promise.race([work, late]);
  over.abort();
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= act());
}
