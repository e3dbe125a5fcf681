import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export interface Written {
  readonly acknowledged: number;
  /** Acknowledged and not there at the end. */
  readonly missing: readonly number[];
  /** Without a certain result: the connection was lost meanwhile. */
  readonly unknown: number;
  readonly longestGapMs: number;
}

const script = fileURLToPath(new URL('writer.py', import.meta.url));

/** A client by others writes to the real ensemble for as long as `work` runs. */
export async function writingTo(
  servers: readonly string[],
  work: () => Promise<void>,
): Promise<Written> {
  // Debian's own Python: another one on the path does not see Debian's packages.
  const writer = execa('/usr/bin/python3', [script, servers.join(',')], {
    stdin: 'pipe',
    timeout: 1_500_000,
  });
  try {
    await work();
  } finally {
    writer.stdin.end();
  }
  return JSON.parse((await writer).stdout) as Written;
}
