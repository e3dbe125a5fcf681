import type { AgentInfo, MasterInfo } from '../shared/mesos.ts';

export interface DrainConfig {
  readonly max_grace_period?: { readonly nanoseconds: number };
  readonly mark_gone: boolean;
}

export interface DrainInfo {
  readonly state: 'DRAINING' | 'DRAINED';
  readonly config: DrainConfig;
}

/** What the operator wants of an agent; it outlives the agent's absence. */
interface Wish {
  readonly deactivated: boolean;
  readonly drain?: DrainInfo;
}

interface RegisteredAgent extends Wish {
  readonly info: AgentInfo;
}

interface AbsentAgent extends Partial<Wish> {
  readonly id: string;
  readonly sinceMs: number;
}

export interface MachineId {
  readonly hostname?: string;
  readonly ip?: string;
}

export interface Unavailability {
  readonly start: { readonly nanoseconds: number };
  readonly duration?: { readonly nanoseconds: number };
}

export interface MaintenanceWindow {
  readonly machine_ids?: readonly MachineId[];
  readonly unavailability: Unavailability;
}

export interface MachineInfo {
  readonly id: MachineId;
  readonly mode: 'DRAINING' | 'DOWN';
  readonly unavailability: Unavailability;
}

type ScalarMap = Readonly<Record<string, { readonly value: number }>>;

export interface QuotaConfig {
  readonly role: string;
  readonly guarantees?: ScalarMap;
  readonly limits?: ScalarMap;
}

export interface Registry {
  readonly master: MasterInfo | undefined;
  readonly agents: readonly RegisteredAgent[];
  readonly unreachable: readonly AbsentAgent[];
  readonly gone: readonly { readonly id: string; readonly sinceMs: number }[];
  /** `undefined`: never had one, which shows in the registry's own rendering. */
  readonly schedule: readonly MaintenanceWindow[] | undefined;
  readonly machines: readonly MachineInfo[];
  readonly weights: Readonly<Record<string, number>>;
  readonly quotas: readonly QuotaConfig[];
  /** Masters that lack one of these refuse to lead. */
  readonly minimumCapabilities: readonly string[];
}

export const emptyRegistry: Registry = {
  master: undefined,
  agents: [],
  unreachable: [],
  gone: [],
  schedule: undefined,
  machines: [],
  weights: {},
  quotas: [],
  minimumCapabilities: [],
};

export function withoutAgent(registry: Registry, id: string): Registry {
  return {
    ...registry,
    agents: registry.agents.filter(({ info }) => info.id?.value !== id),
    unreachable: registry.unreachable.filter((one) => one.id !== id),
  };
}

/** New, changed or back: what the operator wanted of it stays. */
export function withAgent(registry: Registry, info: AgentInfo): Registry {
  const id = info.id?.value ?? '';
  const rest = withoutAgent(registry, id);
  return { ...rest, agents: [...rest.agents, { ...wishFor(registry, id), info }] };
}

function wishFor(registry: Registry, id: string): Wish {
  const known =
    registry.agents.find(({ info }) => info.id?.value === id) ??
    registry.unreachable.find((one) => one.id === id);
  const drain = known?.drain;
  return {
    deactivated: known?.deactivated ?? false,
    ...(drain === undefined ? {} : { drain }),
  };
}

export function asUnreachable(registry: Registry, id: string, sinceMs: number): Registry {
  const wish = wishFor(registry, id);
  const rest = withoutAgent(registry, id);
  const absent = { id, sinceMs, ...(wish.deactivated ? wish : {}) };
  return { ...rest, unreachable: [...rest.unreachable, absent] };
}

export function asGone(registry: Registry, id: string, sinceMs: number): Registry {
  const rest = withoutAgent(registry, id);
  return { ...rest, gone: [...rest.gone, { id, sinceMs }] };
}

export function asDeactivated(registry: Registry, id: string): Registry {
  return requiring(changeWish(registry, id, (wish) => ({ ...wish, deactivated: true })));
}

/** A grace period of before stays in the registry when the new wish has none (registry_operations.cpp, 1.11). */
export function asDraining(registry: Registry, id: string, config: DrainConfig): Registry {
  const change = (wish: Wish): Wish => ({
    deactivated: true,
    drain: { state: 'DRAINING', config: { ...wish.drain?.config, ...config } },
  });
  return requiring(changeWish(registry, id, change));
}

export function asDrained(registry: Registry, id: string): Registry {
  return changeWish(registry, id, (wish) =>
    wish.drain === undefined ? wish : { ...wish, drain: { ...wish.drain, state: 'DRAINED' } },
  );
}

export function asReactivated(registry: Registry, id: string): Registry {
  const next = changeWish(registry, id, () => ({ deactivated: false }));
  const more = [...next.agents, ...next.unreachable].some(({ deactivated }) => deactivated);
  if (more) return next;
  return { ...next, minimumCapabilities: without(next.minimumCapabilities, draining) };
}

const draining = 'AGENT_DRAINING';

function requiring(registry: Registry, capability = draining): Registry {
  const others = without(registry.minimumCapabilities, capability);
  return { ...registry, minimumCapabilities: [...others, capability] };
}

function without(capabilities: readonly string[], capability: string): readonly string[] {
  return capabilities.filter((one) => one !== capability);
}

function changeWish(registry: Registry, id: string, change: (wish: Wish) => Wish): Registry {
  const wish = change(wishFor(registry, id));
  return {
    ...registry,
    agents: registry.agents.map((one) =>
      one.info.id?.value === id ? { info: one.info, ...wish } : one,
    ),
    unreachable: registry.unreachable.map((one) =>
      one.id === id ? { id, sinceMs: one.sinceMs, ...wish } : one,
    ),
  };
}

export function withWeights(
  registry: Registry,
  weights: Readonly<Record<string, number>>,
): Registry {
  return { ...registry, weights: { ...registry.weights, ...weights } };
}

/** A quota without guarantees and limits is none. */
export function withQuotas(registry: Registry, configs: readonly QuotaConfig[]): Registry {
  const named = new Set(configs.map(({ role }) => role));
  const kept = registry.quotas.filter(({ role }) => !named.has(role));
  const quotas = [...kept, ...configs.filter((one) => !isDefault(one))];
  const next = { ...registry, quotas };
  if (quotas.length > 0) return requiring(next, 'QUOTA_V2');
  return { ...next, minimumCapabilities: without(next.minimumCapabilities, 'QUOTA_V2') };
}

function isDefault({ guarantees = {}, limits = {} }: QuotaConfig): boolean {
  return Object.keys(guarantees).length === 0 && Object.keys(limits).length === 0;
}
