import { readFileSync } from 'node:fs';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One answer of a real Mesos 1.12.0: only headers that carry meaning; numbers that mean nothing are `null`. */
export interface RecordedAnswer {
  readonly name: string;
  readonly request: RecordedRequest;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer?: unknown;
  readonly port?: number;
  /** Some keys of it were left out. */
  readonly partial?: boolean;
  /** With which credentials: none, bad, good. */
  readonly who?: string;
}

/** One line of a recorded exchange with the scheduler API; `at` in seconds. */
export interface RecordedLine {
  readonly at: number;
  readonly on?: string;
  readonly note?: string;
  readonly subscribe?: object;
  readonly port?: number;
  readonly send?: string;
  readonly stream?: string | null;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly reply?: number;
  readonly body?: string;
  readonly event?: RecordedEvent;
  readonly closed?: string;
}

export interface RecordedEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export function recordedAnswers(name: string): RecordedAnswer[] {
  return read(name) as RecordedAnswer[];
}

export function recordedLines(name: string): RecordedLine[] {
  return read(name) as RecordedLine[];
}

function read(name: string): unknown[] {
  const path = new URL(`../../fixtures/captures/${name}.jsonl`, import.meta.url);
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}
