import type { Ports, RecordName } from '../../ports.ts';
import type { DrillPlan, Skipped } from '../drill-plan.ts';
import type { Judgement } from '../judgement.ts';
import type {
  Aftermath,
  Baseline,
  Confirmation,
  DrillBuild,
  Phase,
  Recording,
} from '../recording.ts';
import type { Ms, Sample } from '../sample.ts';
import type { DrillBegin, DrillEnd } from './drill-line.ts';
import { lineWriter, type LineWriter } from './line-writer.ts';
import { chunkWriter } from './sample-chunk.ts';

/** The record of one run of drills. What returns a promise is on the disk when that settles. */
export interface DrillRecord {
  readonly record: RecordName;
  readonly path: string;
  readonly begin: (begin: DrillBegin) => Promise<void>;
  readonly skipped: (skipped: Skipped) => void;
  /** The next drill of the run. */
  readonly drill: (plan: DrillPlan) => Promise<DrillLog>;
  /** Throws FILE_NOT_WRITTEN if anything before could not be written either. */
  readonly end: (end: DrillEnd) => Promise<void>;
}

/** The record of one drill. What returns nothing never fails and never waits. */
export interface DrillLog {
  readonly phase: (phase: Phase, ms: Ms) => void;
  readonly baseline: (baseline: Baseline, clocks: Recording['clocks']) => void;
  readonly armed: (host: string, detail: string) => Promise<void>;
  /** Before the act: `SIGKILL to zookeeper on m2`. */
  readonly intent: (act: string) => Promise<void>;
  readonly injected: (ms: Ms) => void;
  /** `ms` once the whole fault is in effect. */
  readonly confirmation: (confirmation: Confirmation, ms: Ms | undefined) => void;
  readonly sample: (sample: Sample) => void;
  /** When it starts and again when it ends. */
  readonly build: (build: DrillBuild) => void;
  readonly aborted: (reason: string) => void;
  readonly healed: (ms: Ms) => void;
  readonly aftermath: (aftermath: Aftermath) => void;
  readonly judgement: (judgement: Judgement) => Promise<void>;
}

/** Records of drills stand apart from those of other runs, which are read whole by many commands. */
export function drillFolder(folder: string): string {
  return `${folder}.drills`;
}

/** `folder` is the one of the cluster, `id` that of the run. */
export function openRecord(ports: Ports, folder: string, id: string): DrillRecord {
  const record = { folder: drillFolder(folder), name: id };
  const lines = lineWriter(ports, record);
  let drills = 0;
  return {
    record,
    path: ports.journal.pathOf(record),
    begin: (begin) => lines.sync({ event: 'begin', ...begin }),
    skipped: (skipped) => {
      lines.note({ event: 'skipped', skipped });
    },
    drill: async (plan) => {
      const drill = drills;
      drills += 1;
      await lines.sync({ event: 'plan', drill, plan });
      return drillLog(lines, drill);
    },
    end: (end) => lines.sync({ event: 'end', ...end }),
  };
}

function drillLog({ note, sync }: LineWriter, drill: number): DrillLog {
  const samples = sampleBuffer({ note, sync }, drill);
  return {
    phase: (phase, ms) => {
      samples.flush();
      note({ event: 'phase', drill, phase, ms });
    },
    baseline: (baseline, clocks) => {
      note({ event: 'baseline', drill, baseline, clocks: [...clocks] });
    },
    armed: (host, detail) => sync({ event: 'armed', drill, host, detail }),
    intent: (act) => sync({ event: 'intent', drill, act }),
    injected: (ms) => {
      note({ event: 'injected', drill, ms });
    },
    confirmation: (confirmation, ms) => {
      note({ event: 'confirmation', drill, ms, confirmation });
    },
    sample: samples.add,
    build: (build) => {
      note({ event: 'build', drill, build });
    },
    aborted: (reason) => {
      note({ event: 'aborted', drill, reason });
    },
    healed: (ms) => {
      note({ event: 'healed', drill, ms });
    },
    aftermath: (aftermath) => {
      note({ event: 'aftermath', drill, aftermath });
    },
    judgement: (judgement) => {
      samples.flush();
      return sync({ event: 'judgement', drill, judgement });
    },
  };
}

/** As much as is lost at most, with the tool. */
const chunkMs = 1000;

function sampleBuffer({ note }: LineWriter, drill: number) {
  const encode = chunkWriter();
  let waiting: Sample[] = [];
  const flush = () => {
    if (waiting.length === 0) return;
    note({ event: 'samples', drill, chunk: encode(waiting) });
    waiting = [];
  };
  const add = (sample: Sample) => {
    const [first = sample] = waiting;
    waiting.push(sample);
    if (sample.at - first.at >= chunkMs) flush();
  };
  return { add, flush };
}
