import type { BuildRecord } from '../../build/build-record.ts';
import { canaryJob, type CanaryJob } from '../../build/canary-job.ts';
import { runBuild, type BuildRequest } from '../../build/run-build.ts';
import { ClusterError } from '../../errors.ts';
import type { Ports } from '../../ports.ts';
import type { DrillBuild } from '../recording.ts';
import type { Ms } from '../sample.ts';

/** What builds of drills need; `at` is the clock of the drill. */
export type BuildPlace = Pick<BuildRequest, 'sight' | 'ports' | 'controller' | 'label'>;

/** A build that runs while the fault is injected. */
export interface Flight {
  readonly controller: string;
  /** Settles when it runs; with the reason where it does not. */
  readonly started: Promise<string | undefined>;
  /** Jenkins' name of its build agent, once it runs. */
  readonly node: () => string | undefined;
  /** Settles when it has ended, or nobody waits any more. */
  readonly ended: Promise<DrillBuild>;
  readonly giveUp: () => void;
}

/** Long enough to be under way from before the fault until the leaders are back. */
const flightS = 30;
const startMs = 180_000;
/** After it nobody waits for a build in flight: it is lost. */
const flightMs = 15 * 60_000;

/** A job of the drill's own, so that canary builds can run beside it. */
function flightJob(label: string, quote: Ports['quote']): CanaryJob {
  const canary = { label, repository: undefined, run: `sleep ${flightS}`, artifacts: undefined };
  return { name: `ci-cluster-drill-${label}`, xml: canaryJob(canary, label, quote).xml };
}

export function startFlight(place: BuildPlace, at: () => Ms): Flight {
  const { ports, label, controller } = place;
  const leaving = new AbortController();
  const known: { record?: Readonly<BuildRecord> } = {};
  const begin = at();
  let starts: (why: string | undefined) => void = () => undefined;
  const started = new Promise<string | undefined>((resolve) => (starts = resolve));
  const request: BuildRequest = {
    ...place,
    ports: { ...ports, signal: AbortSignal.any([ports.signal, leaving.signal]) },
    job: flightJob(label, ports.quote),
    timeoutMs: flightMs,
    onRecord: (record) => (known.record = record),
    report: (event) => {
      if (event.kind === 'build' && event.moment === 'started') starts(undefined);
    },
  };
  const ended = outcomeOf(request).then(({ record, fault }): DrillBuild => {
    starts(fault ?? 'it ended before it was seen to run');
    const endedAt = record?.result === undefined ? undefined : at();
    return buildOf(
      { when: 'in-flight', controller: controller.name, begin, endedAt },
      record,
      fault,
    );
  });
  const late = ports.clock.sleep(startMs, leaving.signal).then(
    () => `it did not start within ${startMs / 1000} s`,
    () => 'nobody waited for it',
  );
  return {
    controller: controller.name,
    started: Promise.race([started, late]),
    node: () => known.record?.buildAgent,
    ended,
    giveUp: () => {
      leaving.abort();
    },
  };
}

interface Ended {
  readonly record: Readonly<BuildRecord> | undefined;
  readonly fault: string | undefined;
}

/** Never throws but for bugs: what became of a build is a result. */
async function outcomeOf(request: BuildRequest): Promise<Ended> {
  try {
    const { record, error } = await runBuild(request);
    return { record, fault: error?.message };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { record: undefined, fault: error.message };
  }
}

interface Frame {
  readonly when: DrillBuild['when'];
  readonly controller: string;
  readonly begin: Ms;
  readonly endedAt: Ms | undefined;
}

function buildOf(
  { when, controller, begin, endedAt }: Frame,
  record: Readonly<BuildRecord> | undefined,
  fault: string | undefined,
): DrillBuild {
  const { number, result } = record ?? {};
  return { when, controller, number, startedAt: begin, endedAt, result, fault };
}

const againMs = 1000;
const attemptMs = 180_000;

/** Canary builds one after the other until one has succeeded: whether CI is back, as its users see it. */
export async function buildUntilGood(
  place: BuildPlace,
  at: () => Ms,
  tell: (build: DrillBuild) => void,
): Promise<void> {
  const { ports, controller } = place;
  while (!ports.signal.aborted) {
    const begin = at();
    const request = { ...place, timeoutMs: attemptMs, report: () => undefined };
    const { record, fault } = await outcomeOf(request);
    const isGood = record?.result === 'SUCCESS' && fault === undefined;
    const frame = { when: 'after', controller: controller.name, begin } as const;
    // Attempts that Jenkins did not even accept are no builds.
    if (record?.number !== undefined) tell(buildOf({ ...frame, endedAt: at() }, record, fault));
    if (isGood) return;
    await ports.clock.sleep(againMs, ports.signal).catch(() => undefined);
  }
}
