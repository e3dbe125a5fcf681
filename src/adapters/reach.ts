import type { Endpoint } from '../ports.ts';
import { startDeadline } from './deadline.ts';
import { dialLocally } from './local-dial.ts';

/** Opens a connection from this machine and closes it at once. */
export async function reaches(endpoint: Endpoint, deadlineMs: number): Promise<boolean> {
  using deadline = startDeadline(deadlineMs);
  const wire = await dialLocally(endpoint, deadline.signal);
  if ('failure' in wire) return false;
  wire[Symbol.dispose]();
  return true;
}
