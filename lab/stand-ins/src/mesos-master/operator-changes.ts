import { CallError, type JsonCall } from '../shared/mesos-call.ts';
import { deactivateAgent, drainAgent, reactivateAgent, removeForever } from './agent-wishes.ts';
import type { Core } from './core.ts';
import { removeFramework } from './frameworks.ts';
import { startMaintenance, stopMaintenance, updateSchedule } from './maintenance.ts';
import { updateQuota } from './quota.ts';
import type { MachineId, MaintenanceWindow, QuotaConfig } from './registry.ts';
import { updateWeights, type WeightInfo } from './weights.ts';

type Change = (core: Core, call: JsonCall) => void | Promise<void>;

interface Bodies {
  readonly teardown: { readonly framework_id: { readonly value: string } };
  readonly drain_agent: {
    readonly agent_id: { readonly value: string };
    /** Asked for as a protobuf Duration, kept and shown as Mesos' own kind. */
    readonly max_grace_period?: { readonly seconds?: number; readonly nanos?: number };
    readonly mark_gone?: boolean;
  };
  readonly update_maintenance_schedule: {
    readonly schedule: { readonly windows?: readonly MaintenanceWindow[] };
  };
  readonly update_weights: { readonly weight_infos?: readonly WeightInfo[] };
  readonly update_quota: {
    readonly force?: boolean;
    readonly quota_configs?: readonly QuotaConfig[];
  };
  readonly set_logging_level: {
    readonly level: number;
    readonly duration: { readonly nanoseconds: number };
  };
}

/** The part of a call that bears its name; the grammar has seen to it that it is there. */
function body<Name extends keyof Bodies>(call: JsonCall, name: Name): Bodies[Name] {
  return call[name] as Bodies[Name];
}

/** Calls that change something; all of them answer 200 without a body (1.12.0). */
export const operatorChanges: Readonly<Record<string, Change>> = {
  TEARDOWN: (core, call) => {
    teardown(core, body(call, 'teardown').framework_id.value);
  },
  DEACTIVATE_AGENT: (core, call) => deactivateAgent(core, agentOf(call)),
  REACTIVATE_AGENT: (core, call) => reactivateAgent(core, agentOf(call)),
  DRAIN_AGENT: (core, call) => {
    const { max_grace_period: grace, mark_gone = false } = body(call, 'drain_agent');
    if (grace === undefined) return drainAgent(core, agentOf(call), { mark_gone });
    const nanoseconds = (grace.seconds ?? 0) * 1e9 + (grace.nanos ?? 0);
    return drainAgent(core, agentOf(call), { max_grace_period: { nanoseconds }, mark_gone });
  },
  MARK_AGENT_GONE: (core, call) => removeForever(core, agentOf(call)),
  UPDATE_MAINTENANCE_SCHEDULE: (core, call) =>
    updateSchedule(core, body(call, 'update_maintenance_schedule').schedule.windows ?? []),
  START_MAINTENANCE: (core, call) => startMaintenance(core, machinesOf(call)),
  STOP_MAINTENANCE: (core, call) => stopMaintenance(core, machinesOf(call)),
  UPDATE_WEIGHTS: (core, call) =>
    updateWeights(core, body(call, 'update_weights').weight_infos ?? []),
  UPDATE_QUOTA: (core, call) => updateQuota(core, body(call, 'update_quota')),
  SET_LOGGING_LEVEL: (core, call) => {
    const { level, duration } = body(call, 'set_logging_level');
    setLoggingLevel(core, level, duration.nanoseconds / 1e6);
  },
};

function agentOf(call: JsonCall): string {
  const { agent_id: id } = call[call.type.toLowerCase()] as { agent_id: { value: string } };
  return id.value;
}

function machinesOf(call: JsonCall): readonly MachineId[] {
  const { machines } = call[call.type.toLowerCase()] as { machines?: readonly MachineId[] };
  return machines ?? [];
}

export function teardown(core: Core, frameworkId: string | undefined): void {
  const framework = core.state.frameworks.get(frameworkId ?? '');
  if (framework === undefined) {
    throw new CallError(400, 'No framework found with specified ID');
  }
  removeFramework(core, framework);
}

export function setLoggingLevel(core: Core, level: number, durationMs: number): void {
  core.logging.level = level;
  core.clock.after(durationMs, () => {
    core.logging.level = 0;
  });
}
