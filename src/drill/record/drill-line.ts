import { z } from 'zod';
import { schemaVersion } from '../../run/events.ts';
import { phases } from '../recording.ts';
import { absent } from './absent.ts';
import { planSchema, skippedSchema } from './plan-schema.ts';
import {
  aftermathSchema,
  baselineSchema,
  buildSchema,
  clocksSchema,
  confirmationSchema,
  judgementSchema,
} from './recording-schema.ts';
import { chunkSchema } from './sample-chunk.ts';

/** Which drill of the run, from 0. */
const drill = z.number();
const ms = z.number();

/** What the record of a run of drills is made of. */
const events = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('begin'),
    cluster: z.string(),
    /** As the operator reads it. */
    command: z.array(z.string()),
    /** What the cluster file wants to be said with every result. */
    notice: absent(z.string()),
    owner: z.string(),
    process: z.string(),
    version: z.string(),
  }),
  z.object({ event: z.literal('skipped'), skipped: skippedSchema }),
  z.object({ event: z.literal('plan'), drill, plan: planSchema }),
  z.object({ event: z.literal('phase'), drill, phase: z.enum(phases), ms }),
  z.object({
    event: z.literal('baseline'),
    drill,
    baseline: baselineSchema,
    clocks: clocksSchema,
  }),
  /** The switch of this host was read back; `detail` says until when it waits. */
  z.object({ event: z.literal('armed'), drill, host: z.string(), detail: z.string() }),
  /** On the disk before the act: what comes after it may never be heard of. */
  z.object({ event: z.literal('intent'), drill, act: z.string() }),
  z.object({ event: z.literal('injected'), drill, ms }),
  z.object({
    event: z.literal('confirmation'),
    drill,
    /** When the whole fault was in effect; absent if it was not, or not yet. */
    ms: absent(ms),
    confirmation: confirmationSchema,
  }),
  z.object({ event: z.literal('samples'), drill, chunk: chunkSchema }),
  z.object({ event: z.literal('build'), drill, build: buildSchema }),
  z.object({ event: z.literal('aborted'), drill, reason: z.string() }),
  z.object({ event: z.literal('healed'), drill, ms }),
  z.object({ event: z.literal('aftermath'), drill, aftermath: aftermathSchema }),
  z.object({ event: z.literal('judgement'), drill, judgement: judgementSchema }),
  z.object({
    event: z.literal('end'),
    exitCode: z.number(),
    /** Of the fault that ended it; absent if it went through. */
    code: absent(z.string()),
    message: absent(z.string()),
  }),
]);

export type DrillEvent = z.infer<typeof events>;
export type DrillBegin = Omit<Extract<DrillEvent, { event: 'begin' }>, 'event'>;
export type DrillEnd = Omit<Extract<DrillEvent, { event: 'end' }>, 'event'>;

export type DrillLine = DrillEvent & {
  /** ISO 8601, by the operator's clock. */
  readonly at: string;
  readonly run: string;
  /** Counts the lines: one that was written twice is read once. */
  readonly seq: number;
};

const frame = z.object({
  schemaVersion: z.literal(schemaVersion),
  at: z.string(),
  run: z.string(),
  seq: z.number(),
});

/** Undefined for what is no such line: torn by a power cut, or of a later version. */
export function parseDrillLine(text: string): DrillLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const { at, run, seq } = frame.parse(value);
    return { at, run, seq, ...events.parse(value) };
  } catch {
    return undefined;
  }
}
