import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ClusterError, exitCodeOf, exitCodes, type ErrorCode } from '../../src/errors.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

describe('docs/errors.md', () => {
  test('lists every error code with its exit code, and no other', () => {
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\S[^|]*) \|/gm)];
    const listed = Object.fromEntries(rows.map(([, code = '', exit]) => [code, exit?.trim()]));
    const known = Object.entries(exitCodes).map(([code, exit]) => [
      code,
      code === 'HOSTS_FAILED' ? 'by its parts' : String(exit),
    ]);
    expect(listed).toEqual({ BUG: '1', ...Object.fromEntries(known) });
  });
});

function fault(code: ErrorCode, parts: readonly ClusterError[] = []): ClusterError {
  return new ClusterError(code, 'x', { remedy: 'y', parts });
}

describe('the exit code of several faults', () => {
  test.each<[string, ErrorCode[], number]>([
    ['an unknown result beats a failed step', ['STEP_FAILED', 'RESULT_UNKNOWN'], 10],
    ['a refusal beats a failed check', ['PORT_IN_USE', 'MEMBERSHIP_CHANGE'], 8],
    ['a failed step beats an unreachable host', ['HOST_UNREACHABLE', 'IMAGE_MISSING'], 5],
    ['a failed check beats an unreachable host', ['HOST_UNREACHABLE', 'DISK_FULL'], 6],
    ['unreachable hosts alone', ['HOST_UNREACHABLE', 'HOST_KEY_CHANGED'], 4],
    ['faults of the cluster file alone', ['SECRET_UNREADABLE', 'SECRET_UNREADABLE'], 2],
  ])('%s', (_name, codes, expected) => {
    const parts = codes.map((code) => fault(code));
    expect(exitCodeOf(fault('HOSTS_FAILED', parts))).toBe(expected);
  });

  test('anything that is no ClusterError is a bug: 1', () => {
    expect(exitCodeOf(new TypeError('x'))).toBe(1);
  });
});
