import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const outputLimitBytes = 4 * 1024 * 1024;

/** What a process wrote, kept up to the limit; the rest is read and dropped, or it would stall. */
export interface Collected {
  text(): string;
  truncated(): boolean;
  /** All bytes seen, dropped ones included. */
  seenBytes(): number;
}

export function collect(stream: Readable, limitBytes = outputLimitBytes): Collected {
  const chunks: Buffer[] = [];
  let kept = 0;
  let seen = 0;
  stream.on('data', (chunk: Buffer) => {
    seen += chunk.length;
    const room = limitBytes - kept;
    if (room <= 0) return;
    chunks.push(chunk.subarray(0, room));
    kept += Math.min(room, chunk.length);
  });
  return {
    text: () => new StringDecoder('utf8').end(Buffer.concat(chunks)),
    truncated: () => seen > kept,
    seenBytes: () => seen,
  };
}

/** Rejects when `onLine` throws; otherwise pending for ever. */
export function splitLines(stream: Readable, onLine: (line: string) => void): Promise<never> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return new Promise((_resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = (lines.pop() ?? '').slice(0, outputLimitBytes);
      try {
        lines.forEach((line) => {
          onLine(line);
        });
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}
