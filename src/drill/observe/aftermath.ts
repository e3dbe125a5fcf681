import type { Aftermath } from '../recording.ts';
import type { Ms } from '../sample.ts';
import type { Ports } from '../../ports.ts';
import { readJobs } from './read-jobs.ts';
import { awaitSteady } from './steady.ts';
import { readBackWrites, type ReadBack } from './written.ts';

export interface AftermathOptions extends Omit<ReadBack, 'ports'> {
  readonly ports: Pick<Ports, 'clock' | 'signal' | 'randomId'>;
  /** Time until everything has to be in order again. */
  readonly waitMs?: Ms | undefined;
}

const rounds = 2;
const defaultWaitMs = 120_000;

/** What is left when the fault was taken back; who looks at the hosts themselves tells of residue. */
export async function readAftermath(
  options: AftermathOptions,
): Promise<Omit<Aftermath, 'residue'>> {
  const { sight, ports, waitMs = defaultWaitMs } = options;
  const steadiness = await awaitSteady({ sight, ports, rounds, waitMs });
  const [writes, jobs] = await Promise.all([readBackWrites(options), readJobs(sight)]);
  return { ...writes, jobs, ...steadiness };
}
