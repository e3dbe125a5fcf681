import type { JenkinsController } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { holds, sum, told, type Amount } from './amount.ts';
import { controllersOn } from './bound-controllers.ts';
import type { PlanInput } from './observed.ts';
import type { ServiceWork } from './service-work.ts';

/**
 * Controllers and build agents of Marathon have their place in the pool for good. While a batch of
 * Mesos agents is away, the others must have it; for a single one there is no smaller batch, so it may
 * go nevertheless, and what finds no place waits until it is back.
 */
export function refuseTooLargeBatch(input: PlanInput, batch: readonly ServiceWork[]): void {
  const away = batch.map(({ host }) => host);
  const { agents } = input.observed;
  if (agents === undefined || away.length < 2) return;
  const left = [...agents].flatMap(([host, agent]) =>
    away.includes(host) || agent.state !== 'active' ? [] : [agent],
  );
  const wanted = reservedWithout(input, away);
  const room = sum(left);
  if (holds(room, wanted)) return;
  throw new ClusterError(
    'POOL_TOO_SMALL',
    `with ${away.join(', ')} away, the other Mesos agents have ${told(room)}, but controllers and build agents need ${told(wanted)}`,
    { remedy: 'Take a smaller batch: --batch 1. Nothing was changed.' },
  );
}

/** Controllers that cannot leave one of the hosts stop meanwhile and need no other place. */
function reservedWithout(input: PlanInput, away: readonly string[]): Amount {
  const stopped = new Set(away.flatMap((host) => controllersOn(input, host).stops));
  return sum(
    input.spec.jenkins.flatMap((controller) => [
      ...(stopped.has(controller.name) ? [] : [controller]),
      ...keptAgents(controller),
    ]),
  );
}

function keptAgents({
  buildAgents,
}: JenkinsController): readonly (Amount & { readonly count: number })[] {
  return buildAgents
    .filter(({ via }) => via === 'marathon')
    .map(({ count, cpus, memoryMb }) => ({ count, cpus, memoryMb }));
}
