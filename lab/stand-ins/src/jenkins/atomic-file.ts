import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

/** The old content or the new one, never a part: the process may be killed at any moment. */
export function writeAtomically(path: string, content: string | Buffer, mode = 0o644): void {
  const temporary = `${path}.atomic`;
  const file = openSync(temporary, 'w', mode);
  try {
    writeSync(file, Buffer.from(content));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}
