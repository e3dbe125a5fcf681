import { createWriteStream, truncateSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { TaskRun } from './task-run.ts';

export interface Output {
  readonly stdout: (chunk: Buffer) => void;
  readonly stderr: (chunk: Buffer) => void;
}

/** `stdout` and `stderr` of the sandbox, from their start: Docker tells everything again to an agent that restarted. */
export function openOutput(run: TaskRun): Output {
  const stdout = rewound(join(run.sandbox, 'stdout'), 0);
  const stderr = rewound(join(run.sandbox, 'stderr'), run.fetcherLogBytes ?? 0);
  return {
    stdout: (chunk) => stdout.write(chunk),
    stderr: (chunk) => stderr.write(chunk),
  };
}

function rewound(path: string, bytes: number): WriteStream {
  try {
    truncateSync(path, bytes);
  } catch {
    // Not there yet, or the sandbox is gone: then nobody reads it either.
  }
  const stream = createWriteStream(path, { flags: 'a' });
  stream.on('error', () => undefined);
  return stream;
}

export function sayInSandbox(run: TaskRun, text: string): void {
  const stream = createWriteStream(join(run.sandbox, 'stderr'), { flags: 'a' });
  stream.on('error', () => undefined);
  stream.end(text);
}
