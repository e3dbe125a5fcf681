import type { Clock, Journal, RecordName } from '../../ports.ts';
import { schemaVersion } from '../events.ts';
import type { JournalEvent } from './journal-line.ts';

/** Writes the record of one run. */
export interface Recorder {
  readonly record: RecordName;
  /** Goes to the disk some time soon, in order. */
  readonly note: (event: JournalEvent) => void;
  /** On the disk when it settles, with everything before. Throws FILE_NOT_WRITTEN. */
  readonly sync: (event: JournalEvent) => Promise<void>;
}

/** Lines that come while the disk is busy are written together with the next sync of the file. */
export function createRecorder(journal: Journal, clock: Clock, record: RecordName): Recorder {
  let waiting: string[] = [];
  let writing: Promise<void> = Promise.resolve();
  const write = async () => {
    const lines = waiting;
    waiting = [];
    if (lines.length > 0) await journal.append(record, lines);
  };
  const add = (event: JournalEvent): Promise<void> => {
    const line = { schemaVersion, at: clock.date(), run: record.name, ...event };
    waiting.push(JSON.stringify(line));
    writing = writing.then(write);
    return writing;
  };
  return {
    record,
    // Its fault comes again with the next that is waited for: the chain is broken for good.
    note: (event) => void add(event).catch(() => undefined),
    sync: add,
  };
}
