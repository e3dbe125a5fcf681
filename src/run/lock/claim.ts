import { z } from 'zod';
import type { Ports } from '../../ports.ts';
import { schemaVersion } from '../events.ts';

/** Where a host keeps its lock (gone with a reboot, as its holder is) and what outlives it. */
export const lockFolder = '/run/ci-cluster';
export const recordFolder = '/var/lib/ci-cluster';

/** Who wants or has a lock, as it stands in the token file of a host. */
export interface Claim {
  readonly run: string;
  readonly owner: string;
  readonly command: string;
  /** Wall clock of the operator's machine; shown, never compared. */
  readonly since: string;
  /** Of a change freeze. */
  readonly reason?: string | undefined;
}

export function newClaim(
  { caller, clock }: Ports,
  { run, command, reason }: Pick<Claim, 'run' | 'command' | 'reason'>,
): Claim {
  return { run, owner: caller.owner, command, since: clock.date(), reason };
}

/** One line; the script puts the token before it. */
export function claimText(claim: Claim): string {
  return JSON.stringify({ schemaVersion, ...claim });
}

const schema = z.object({
  run: z.string(),
  owner: z.string(),
  command: z.string(),
  since: z.string(),
  reason: z.string().optional(),
});

/** Undefined where the holder had not written it yet, or was another version of ci-cluster. */
export function parseClaim(text: string): Claim | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
