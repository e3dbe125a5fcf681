import type { Log } from '../log.ts';
import type { SchedulerMessage } from '../../shared/scheduler-wire.ts';
import type { Options } from '../options.ts';

/** What the core needs from outside; a test hands in its own. */
export interface World {
  readonly now: () => number;
  readonly uuid: () => string;
  readonly send: (call: SchedulerMessage) => void;
  /** To `/v2/events`. */
  readonly publish: (eventType: string, fields: Readonly<Record<string, unknown>>) => void;
  /** To `/metrics`: a total that only grows. */
  readonly count: (name: string, by?: number) => void;
  readonly log: Log;
  readonly options: Options;
}
