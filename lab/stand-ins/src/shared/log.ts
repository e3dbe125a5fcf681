import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lines in glog's form on stderr, as Mesos writes them: `I1122 16:35:48.711189 18285 main.cpp:243] text`. */
export interface Log {
  readonly info: (source: string, text: string) => void;
  readonly warning: (source: string, text: string) => void;
  readonly error: (source: string, text: string) => void;
  readonly fatal: (source: string, text: string) => void;
}

export interface LogSink {
  readonly write: (line: string) => void;
  readonly now: () => Date;
  readonly pid: number;
}

/** stderr, and with `--log_dir` a file as well. */
export function programSink(name: string, folder: string | undefined): LogSink {
  if (folder === undefined) return stderrSink;
  const path = join(folder, `${name}.INFO`);
  return {
    ...stderrSink,
    write: (line) => {
      stderrSink.write(line);
      appendOrSay(path, line);
    },
  };
}

function appendOrSay(path: string, line: string): void {
  try {
    appendFileSync(path, line);
  } catch {
    process.stderr.write(`Could not create logging file: ${path}\n`);
  }
}

const stderrSink: LogSink = {
  write: (line) => process.stderr.write(line),
  now: () => new Date(),
  pid: process.pid,
};

export function createLog(sink: LogSink = stderrSink): Log {
  const line = (level: string) => (source: string, text: string) => {
    sink.write(`${level}${stamp(sink.now())} ${String(sink.pid).padStart(5)} ${source}] ${text}\n`);
  };
  return { info: line('I'), warning: line('W'), error: line('E'), fatal: line('F') };
}

function stamp(time: Date): string {
  const iso = time.toISOString();
  return `${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 23)}000`;
}
