import { schemaVersion } from '../../run/events.ts';
import type { Ports, RecordName } from '../../ports.ts';
import type { DrillEvent } from './drill-line.ts';

/** Adds lines to the record of one run of drills. */
export interface LineWriter {
  /** Goes to the disk some time soon, in order. */
  readonly note: (event: DrillEvent) => void;
  /** On the disk when it settles, with everything before. Throws FILE_NOT_WRITTEN. */
  readonly sync: (event: DrillEvent) => Promise<void>;
}

/**
 * Lines that come while the disk is busy are written together. A disk that is full stops no drill on
 * its way to be healed: what could not be written is tried again with the next line, and the numbers
 * of the lines tell a reader which of them came twice.
 */
export function lineWriter({ journal, clock }: Ports, record: RecordName): LineWriter {
  let waiting: string[] = [];
  let seq = 0;
  let writing: Promise<void> = Promise.resolve();
  const write = async () => {
    const lines = waiting;
    waiting = [];
    if (lines.length === 0) return;
    try {
      await journal.append(record, lines);
    } catch (fault) {
      waiting = [...lines, ...waiting];
      throw fault;
    }
  };
  const sync = (event: DrillEvent): Promise<void> => {
    const line = { schemaVersion, at: clock.date(), run: record.name, seq, ...event };
    seq += 1;
    waiting.push(JSON.stringify(line));
    writing = writing.catch(() => undefined).then(write);
    return writing;
  };
  return { note: (event) => void sync(event).catch(() => undefined), sync };
}
