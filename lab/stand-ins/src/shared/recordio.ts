/** One record of Mesos' RecordIO: its length in bytes in decimal, a line feed, the JSON text. */
export function encodeRecord(value: unknown): string {
  const text = JSON.stringify(value);
  return `${Buffer.byteLength(text)}\n${text}`;
}

/** Feed it chunks as they come; it calls back with each complete record, parsed. */
export class RecordDecoder {
  readonly #onRecord: (record: unknown) => void;
  #pending: Buffer = Buffer.alloc(0);

  constructor(onRecord: (record: unknown) => void) {
    this.#onRecord = onRecord;
  }

  push(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const record = this.#take();
      if (record === undefined) return;
      this.#onRecord(JSON.parse(record));
    }
  }

  #take(): string | undefined {
    const newline = this.#pending.indexOf('\n');
    if (newline === -1) return undefined;
    const length = Number(this.#pending.subarray(0, newline).toString('ascii'));
    if (!Number.isInteger(length) || length < 0) throw new Error('malformed RecordIO length');
    const end = newline + 1 + length;
    if (this.#pending.length < end) return undefined;
    const text = this.#pending.subarray(newline + 1, end).toString('utf8');
    this.#pending = this.#pending.subarray(end);
    return text;
  }
}
