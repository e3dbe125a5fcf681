import type { Writable } from 'node:stream';
import type { Input } from '../ports.ts';

export interface Feeding {
  /** Closes the process' stdin now; what is not yet written is dropped. */
  stop(): void;
  /** Settles when all input was written or nobody reads it any more. */
  readonly written: Promise<void>;
  /** Writes more; dropped where nobody reads any more. */
  say(text: string): void;
}

/**
 * Writes the input without waiting for a process that ends before it has read everything: its exit
 * code tells more than a broken pipe.
 */
export function feed(stdin: Writable, input: Input, keepOpen: boolean): Feeding {
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    if (!stdin.writableEnded) stdin.end();
  };
  stdin.on('error', () => {
    stopped = true;
  });
  const isOver = (): boolean => stopped || stdin.destroyed || !stdin.writable;
  const written = writeParts(stdin, input, isOver).then(() => {
    if (!keepOpen) stop();
  });
  const say = (text: string): void => {
    if (!isOver()) stdin.write(text);
  };
  return { stop, written, say };
}

async function writeParts(stdin: Writable, input: Input, isOver: () => boolean): Promise<void> {
  for (const part of input) {
    if (isOver()) return;
    const hasRoom = stdin.write(bytesOf(part));
    if (!hasRoom && !isOver()) await drained(stdin);
  }
}

function bytesOf(part: Input[number]): Uint8Array {
  if (part instanceof Uint8Array) return part;
  return Buffer.from(typeof part === 'string' ? part : part.reveal(), 'utf8');
}

/** ssh2 1.17 never calls back a write on a channel that closed, hence the other two events. */
function drained(stdin: Writable): Promise<void> {
  return new Promise((resolve) => {
    const events = ['drain', 'close', 'error', 'finish'];
    const done = (): void => {
      events.forEach((event) => stdin.off(event, done));
      resolve();
    };
    events.forEach((event) => stdin.on(event, done));
  });
}
