import { CallError } from '../shared/mesos-call.ts';
import type { Core } from './core.ts';
import { roleFault } from './roles.ts';
import { rescindWhere } from './offers.ts';
import { withWeights } from './registry.ts';
import { rolesOf } from './state.ts';

export interface WeightInfo {
  readonly role: string;
  readonly weight: number;
}

/** What the operator set last, else `--weights`, else 1. */
export function weightOf({ registrar, settings }: Core, role: string): number {
  return registrar.registry.weights[role] ?? settings.weights.get(role) ?? 1;
}

export function weightInfos({ registrar, settings }: Core): WeightInfo[] {
  const all = { ...Object.fromEntries(settings.weights), ...registrar.registry.weights };
  return Object.entries(all).map(([role, weight]) => ({ role, weight }));
}

/** The checks of src/master/weights_handler.cpp (1.11). */
export async function updateWeights(core: Core, infos: readonly WeightInfo[]): Promise<void> {
  for (const info of infos) checkWeight(info);
  const weights = Object.fromEntries(infos.map(({ role, weight }) => [role.trim(), weight]));
  await core.registrar.update((registry) => withWeights(registry, weights));
  const inUse = [...core.state.frameworks.values()].flatMap(({ info }) => rolesOf(info));
  if (inUse.some((role) => role in weights)) rescindWhere(core, () => true);
  core.allocate();
}

function checkWeight({ role, weight }: WeightInfo): void {
  const start = 'Failed to validate update weights request JSON';
  const fault = roleFault(role.trim());
  if (fault !== undefined) throw new CallError(400, `${start}: Invalid role '${role}': ${fault}`);
  if (weight <= 0) {
    throw new CallError(
      400,
      `${start} for role '${role}': Invalid weight '${weight}': Weights must be positive`,
    );
  }
}
