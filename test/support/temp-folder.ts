import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder for the tests of one file; gone with the last of them. Call it at the file's top. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ci-cluster-test-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
