import { markUnreachable } from './agent-loss.ts';
import type { Core } from './core.ts';
import type { Agent } from './state.ts';

/**
 * Pings go on while an agent is disconnected: their count decides when it is unreachable. With the defaults that
 * is 75 to 90 s after its last answer (89 s observed with 1.12.0).
 */
export function startPinging(core: Core, agent: Agent): void {
  agent.missedPings = 0;
  agent.cancelPing = core.clock.every(core.settings.agentPingTimeoutMs, () => {
    if (agent.missedPings >= core.settings.maxAgentPingTimeouts) {
      agent.cancelPing();
      void markUnreachable(core, agent);
      return;
    }
    agent.missedPings += 1;
    agent.link?.send({ kind: 'ping' });
  });
}

export function pong(agent: Agent): void {
  agent.missedPings = 0;
}
