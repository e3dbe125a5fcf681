import { CallError } from '../shared/mesos-call.ts';
import { amountsOf, atMost, nothing, plus, scalar, type Amounts } from '../shared/resources.ts';
import type { Core } from './core.ts';
import { withQuotas, type QuotaConfig } from './registry.ts';
import { roleFault } from './roles.ts';

function quotaOf({ registrar }: Core, role: string): QuotaConfig | undefined {
  return registrar.registry.quotas.find((one) => one.role === role);
}

/** The checks of src/master/quota_handler.cpp and quota.cpp (1.11). */
export async function updateQuota(
  core: Core,
  update: { readonly force?: boolean; readonly quota_configs?: readonly QuotaConfig[] },
): Promise<void> {
  const configs = update.quota_configs ?? [];
  for (const config of configs) checkConfig(config);
  if (update.force !== true) checkCapacity(core, configs);
  await core.registrar.update((registry) => withQuotas(registry, configs));
  core.allocate();
}

function checkConfig(config: QuotaConfig): void {
  const { role } = config;
  if (role.includes('/')) {
    throw new CallError(400, `Updating quota on nested role '${role}' is not supported yet`);
  }
  const fault = roleFault(role);
  if (fault !== undefined) throw invalid(`Invalid 'QuotaConfig.role': ${fault}`);
  const { guarantees = {}, limits = {} } = config;
  for (const [name, { value }] of Object.entries({ ...guarantees, ...limits })) {
    if (value >= 0) continue;
    const kind = name in limits ? 'limit' : 'guarantee';
    throw invalid(`Invalid ${kind} configuration {'${name}': ${value}}: negative value`);
  }
  const above = Object.entries(guarantees).some(
    ([name, { value }]) => value > (limits[name]?.value ?? Infinity),
  );
  if (!above) return;
  throw invalid(
    `'QuotaConfig.guarantees' ${mapText(guarantees)} is not contained within the 'QuotaConfig.limits' ${mapText(limits)}`,
  );
}

function invalid(fault: string): CallError {
  return new CallError(400, `Invalid QuotaConfig: ${fault}`);
}

function mapText(map: Readonly<Record<string, { readonly value: number }>>): string {
  return `{ ${Object.entries(map)
    .map(([name, { value }]) => `${name}: ${value}`)
    .join(', ')} }`;
}

function checkCapacity(core: Core, configs: readonly QuotaConfig[]): void {
  const named = new Set(configs.map(({ role }) => role));
  const kept = core.registrar.registry.quotas.filter(({ role }) => !named.has(role));
  const wanted = [...kept, ...configs]
    .map(({ guarantees = {} }) => amountsIn(guarantees))
    .reduce(plus, nothing);
  const capacity = [...core.state.agents.values()]
    .map(({ info }) => amountsOf(info.resources.filter(({ type }) => type === 'SCALAR')))
    .reduce(plus, nothing);
  const fits = [...wanted.scalars].every(
    ([name, value]) => value <= (capacity.scalars.get(name) ?? 0),
  );
  if (fits) return;
  throw invalid(
    `total quota guarantees '${text(wanted)}' exceed cluster capacity '${text(capacity)}' (use 'force' flag to bypass this check)`,
  );
}

function amountsIn(map: Readonly<Record<string, { readonly value: number }>>): Amounts {
  const scalars = Object.entries(map).map(([name, { value }]) => ({
    name,
    type: 'SCALAR' as const,
    scalar: { value },
  }));
  return amountsOf(scalars);
}

function text(amounts: Amounts): string {
  return [...amounts.scalars.keys()].map((name) => `${name}:${scalar(amounts, name)}`).join('; ');
}

/** What a role that holds `held` may still get of `free`. */
export function withinLimits(
  core: Core,
  role: string,
  { held, free }: { readonly held: Amounts; readonly free: Amounts },
): Amounts {
  const limits = quotaOf(core, role)?.limits;
  if (limits === undefined) return free;
  const left = Object.entries(limits).map(([name, { value }]): [string, number] => [
    name,
    Math.max(0, value - scalar(held, name)),
  ]);
  return atMost(free, new Map(left));
}

/** Roles that hold less than they are guaranteed are served first. */
export function belowGuarantee(core: Core, role: string, held: Amounts): boolean {
  const guarantees = quotaOf(core, role)?.guarantees ?? {};
  return Object.entries(guarantees).some(([name, { value }]) => scalar(held, name) < value);
}

/** GET_QUOTA and `/quota`; protobuf leaves empty lists out. */
export function quotaStatus({ registrar }: Core): object {
  const { quotas } = registrar.registry;
  if (quotas.length === 0) return {};
  return {
    infos: quotas.map(({ role, guarantees = {} }) => ({
      role,
      guarantee: Object.entries(guarantees).map(([name, quantity]) => ({
        name,
        type: 'SCALAR',
        scalar: quantity,
      })),
    })),
    configs: quotas,
  };
}

/** As `/roles` shows it. */
export function quotaSummary(core: Core, role: string, consumed: object): object {
  const { guarantees = {}, limits = {} } = quotaOf(core, role) ?? {};
  return { role, guarantee: plain(guarantees), limit: plain(limits), consumed };
}

function plain(map: Readonly<Record<string, { readonly value: number }>>): object {
  return Object.fromEntries(Object.entries(map).map(([name, { value }]) => [name, value]));
}
