import { z } from 'zod';

/** What a record of a run is made of; no content of a file and no secret is ever part of it. */
const events = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('begin'),
    cluster: z.string(),
    /** Random part of the cluster's identity. */
    clusterId: z.string(),
    /** As the operator reads it. */
    command: z.array(z.string()),
    /** As typed: to type it again. */
    args: z.array(z.string()),
    file: z.string(),
    /** Of the cluster as the file describes it, secrets left out. */
    specDigest: z.string(),
    planDigest: z.string(),
    changes: z.number(),
    /** Address of each host that the plan changes. */
    hosts: z.record(z.string(), z.string()),
    /** Hosts that could not be reached and were left out. */
    missing: z.array(z.string()),
    owner: z.string(),
    process: z.string(),
    version: z.string(),
  }),
  z.object({
    event: z.literal('intent'),
    phase: z.string(),
    /** By host; a call to a service has a host only once it is made, and stands below an empty name. */
    steps: z.record(z.string(), z.array(z.string())),
  }),
  z.object({
    event: z.literal('result'),
    host: z.string(),
    step: z.string(),
    result: z.enum(['changed', 'unchanged', 'failed', 'stopped']),
  }),
  /** Taken away for the time of the run, and given back. */
  z.object({ event: z.literal('owes'), id: z.string() }),
  z.object({ event: z.literal('settled'), id: z.string() }),
  z.object({
    event: z.literal('end'),
    code: z.string().nullable(),
    message: z.string().nullable(),
    /** Hosts that the fault names. */
    failed: z.array(z.string()),
  }),
  /** A later run has done the rest. */
  z.object({ event: z.literal('resumed'), by: z.string() }),
]);

export type JournalEvent = z.infer<typeof events>;
export type Begin = Extract<JournalEvent, { event: 'begin' }>;
export type End = Extract<JournalEvent, { event: 'end' }>;

export type JournalLine = JournalEvent & {
  readonly schemaVersion: number;
  /** ISO 8601, by the clock of who wrote it. */
  readonly at: string;
  readonly run: string;
};

const frame = z.object({ schemaVersion: z.literal(1), at: z.string(), run: z.string() });

/** Undefined for what is no such line: torn by a power cut, or of a later version. */
export function parseJournalLine(text: string): JournalLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const around = frame.safeParse(value);
    const event = events.safeParse(value);
    return around.success && event.success ? { ...around.data, ...event.data } : undefined;
  } catch {
    return undefined;
  }
}
