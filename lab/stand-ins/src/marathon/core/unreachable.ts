import type { App } from '../app/app-schema.ts';
import type { Instance } from './instance.ts';

/**
 * What becomes of an instance when Mesos says (again) that it cannot be reached. Mesos says so once by itself and
 * then in answer to each reconciliation, which is why 60 s can be eleven minutes (`docs/unreachable.md`, Marathon
 * 1.10). Inactive: a replacement starts beside it. Expunged: it is forgotten, and killed when it comes back.
 */
export function unreachableFate(
  { unreachableSince }: Instance,
  app: App,
  now: number,
): 'waits' | 'inactive' | 'expunged' {
  const { unreachableStrategy: strategy } = app;
  if (strategy === 'disabled') return 'waits';
  const lostSeconds = (now - (unreachableSince ?? now)) / 1000;
  if (lostSeconds < strategy.inactiveAfterSeconds) return 'waits';
  return lostSeconds < strategy.expungeAfterSeconds ? 'inactive' : 'expunged';
}
