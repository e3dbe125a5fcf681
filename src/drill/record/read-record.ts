import type { DrillPlan, Skipped } from '../drill-plan.ts';
import type { Judgement } from '../judgement.ts';
import type { Confirmation, DrillBuild, Phase, Recording } from '../recording.ts';
import type { Ms, Sample } from '../sample.ts';
import { parseDrillLine, type DrillBegin, type DrillEnd, type DrillLine } from './drill-line.ts';
import { chunkReader } from './sample-chunk.ts';

/** What a record tells of a run of drills, however it ended. */
export interface DrillRun extends DrillBegin {
  readonly id: string;
  /** ISO 8601. */
  readonly began: string;
  /** Undefined: it still runs, or the program was ended. */
  readonly ended: string | undefined;
  readonly end: DrillEnd | undefined;
  readonly drills: readonly RecordedDrill[];
  readonly skipped: readonly Skipped[];
}

export interface RecordedDrill {
  /** ISO 8601. */
  readonly began: string;
  readonly recording: Recording;
  /** Undefined: the program did not come so far. */
  readonly judgement: Judgement | undefined;
  readonly phases: readonly { readonly phase: Phase; readonly ms: Ms }[];
  readonly armed: readonly { readonly host: string; readonly detail: string }[];
  /** Acts that were about to be done. */
  readonly intents: readonly string[];
}

/** Undefined where not even the first line is there. Lines that cannot be read are left out. */
export function readRecord(texts: readonly string[]): DrillRun | undefined {
  const lines = withoutDoubles(texts.map(parseDrillLine).filter((line) => line !== undefined));
  const begin = lines.find((line) => line.event === 'begin');
  if (begin === undefined) return undefined;
  const { run, at, cluster, command, notice, owner, process, version } = begin;
  const end = lines.findLast((line) => line.event === 'end');
  return {
    ...{ id: run, began: at, cluster, command, notice, owner, process, version },
    ended: end?.at,
    end: end && { exitCode: end.exitCode, code: end.code, message: end.message },
    drills: drillsIn(lines),
    skipped: lines.flatMap((line) => (line.event === 'skipped' ? [line.skipped] : [])),
  };
}

/** A line whose end the disk had no room for may have been written again. */
function withoutDoubles(lines: readonly DrillLine[]): readonly DrillLine[] {
  const seen = new Set<number>();
  return lines.filter(({ seq }) => {
    const isNew = !seen.has(seq);
    seen.add(seq);
    return isNew;
  });
}

function drillsIn(lines: readonly DrillLine[]): readonly RecordedDrill[] {
  const drills = new Map<number, Draft>();
  for (const line of lines) {
    if (line.event === 'plan') drills.set(line.drill, newDraft(line.plan, line.at));
    else if ('drill' in line) {
      const draft = drills.get(line.drill);
      if (draft !== undefined) take(draft, line);
    }
  }
  return [...drills.values()].map(finished);
}

interface Draft {
  readonly began: string;
  readonly plan: DrillPlan;
  readonly known: { -readonly [Key in keyof Recording]?: Recording[Key] };
  readonly builds: Map<string, DrillBuild>;
  readonly confirmations: Confirmation[];
  readonly samples: Sample[];
  readonly decode: ReturnType<typeof chunkReader>;
  readonly phases: { phase: Phase; ms: Ms }[];
  readonly armed: { host: string; detail: string }[];
  readonly intents: string[];
  judgement?: Judgement;
}

function newDraft(plan: DrillPlan, began: string): Draft {
  return {
    ...{ began, plan, known: {}, builds: new Map(), confirmations: [], samples: [] },
    ...{ decode: chunkReader(), phases: [], armed: [], intents: [] },
  };
}

type DrillPart = Exclude<Extract<DrillLine, { drill: number }>, { event: 'plan' }>;

function take(draft: Draft, line: DrillPart): void {
  switch (line.event) {
    case 'phase':
      draft.phases.push({ phase: line.phase, ms: line.ms });
      return;
    case 'armed':
      draft.armed.push({ host: line.host, detail: line.detail });
      return;
    case 'intent':
      draft.intents.push(line.act);
      return;
    case 'samples':
      draft.samples.push(...draft.decode(line.chunk));
      return;
    case 'build':
      draft.builds.set(nameOf(line.build), line.build);
      return;
    case 'confirmation':
      draft.confirmations.push(line.confirmation);
      if (line.ms !== undefined) draft.known.confirmedAt = line.ms;
      return;
    case 'judgement':
      draft.judgement = line.judgement;
      return;
    default:
      Object.assign(draft.known, knownFrom(line));
  }
}

type KnownPart = Extract<
  DrillPart,
  { event: 'baseline' | 'injected' | 'aborted' | 'healed' | 'aftermath' }
>;

function knownFrom(line: KnownPart): Partial<Recording> {
  switch (line.event) {
    case 'baseline':
      return { baseline: line.baseline, clocks: line.clocks };
    case 'injected':
      return { injectedAt: line.ms };
    case 'aborted':
      return { aborted: line.reason };
    case 'healed':
      return { healedAt: line.ms };
    case 'aftermath':
      return { aftermath: line.aftermath };
  }
}

/** The same build is told when it starts and when it ends. */
function nameOf({ when, controller, startedAt }: DrillBuild): string {
  return JSON.stringify([when, controller, startedAt]);
}

/** A field of the recording that is added one day must not be forgotten here. */
type AllFields = Recording & Record<keyof Recording, unknown>;

function finished(draft: Draft): RecordedDrill {
  const { began, known, phases, armed, intents, judgement } = draft;
  const recording: AllFields = {
    plan: draft.plan,
    baseline: known.baseline,
    injectedAt: known.injectedAt,
    confirmedAt: known.confirmedAt,
    healedAt: known.healedAt,
    confirmations: draft.confirmations,
    samples: draft.samples,
    builds: [...draft.builds.values()],
    aftermath: known.aftermath,
    clocks: known.clocks ?? [],
    aborted: known.aborted,
  };
  return { began, recording, judgement, phases, armed, intents };
}
