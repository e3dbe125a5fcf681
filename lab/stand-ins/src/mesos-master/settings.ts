import type { Clock } from '../shared/clock.ts';
import type { Flags } from '../shared/flags.ts';
import type { MasterSettings } from './core.ts';
import { whitelist } from './whitelist.ts';

export function masterSettings(flags: Flags, clock: Clock): MasterSettings {
  return {
    agentPingTimeoutMs: flags.durationMs('agent_ping_timeout'),
    maxAgentPingTimeouts: flags.number('max_agent_ping_timeouts'),
    allocationIntervalMs: flags.durationMs('allocation_interval'),
    offerTimeoutMs:
      flags.text('offer_timeout') === undefined ? undefined : flags.durationMs('offer_timeout'),
    maxCompletedFrameworks: flags.number('max_completed_frameworks'),
    maxCompletedTasks: flags.number('max_completed_tasks_per_framework'),
    weights: parseWeights(flags.text('weights') ?? ''),
    isListed: whitelist(flags.text('whitelist'), clock),
  };
}

/** `role=weight,role=weight`. */
function parseWeights(text: string): ReadonlyMap<string, number> {
  const parts = text.split(',').filter((part) => part !== '');
  return new Map(
    parts.map((part) => {
      const [role = '', weight = ''] = part.split('=');
      return [role, Number(weight)];
    }),
  );
}
