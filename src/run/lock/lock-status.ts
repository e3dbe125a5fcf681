import type { Ports, RemoteHost } from '../../ports.ts';
import { lockFolder, parseClaim, type Claim } from './claim.ts';
import { lockUnable } from './lock-faults.ts';
import { parseLockLine } from './lock-lines.ts';

/** `busy`: whoever had the lock is gone, but a script of his still runs. */
export interface LockState {
  readonly state: 'free' | 'held' | 'busy';
  /** Undefined while nobody has it, or where the holder has not said who he is. */
  readonly claim: Claim | undefined;
}

const deadlineMs = 30_000;

/** Asks without taking it. */
export async function readLock({
  remote,
  ports,
}: {
  readonly remote: RemoteHost;
  readonly ports: Ports;
}): Promise<LockState> {
  const script = ports.templates['remote/lock-status.sh'] ?? '';
  const { stdout, stderr } = await remote.run(['sh', '-s', '--', lockFolder], {
    input: [script],
    deadlineMs,
    signal: ports.signal,
    asRoot: true,
  });
  const line = stdout.split('\n').map(parseLockLine).find(Boolean);
  if (line?.lock !== 'free' && line?.lock !== 'held' && line?.lock !== 'busy')
    throw lockUnable(remote.name, stderr.trim() || 'it does not say whether it is locked');
  return { state: line.lock, claim: parseClaim(line.detail) };
}
