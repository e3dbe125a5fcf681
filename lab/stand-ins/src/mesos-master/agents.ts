import type { AgentMessage, MasterMessage, WireEnd } from '../shared/agent-wire.ts';
import type { AgentInfo } from '../shared/mesos.ts';
import { adoptTasks } from './adoption.ts';
import { disconnectAgent, forgetAgent } from './agent-loss.ts';
import { startPinging } from './agent-ping.ts';
import { continueDrain } from './agent-wishes.ts';
import type { Core } from './core.ts';
import { machineInfo } from './machines.ts';
import { publishAgent } from './operator-events.ts';
import { withAgent } from './registry.ts';
import { tasksOn, type Agent } from './state.ts';

type Registration = Extract<AgentMessage, { kind: 'register' }>;
type Link = WireEnd<MasterMessage>;

/** First time (no id yet) or again. Resolves when the registry has it; `undefined`: it was sent away. */
export async function registerAgent(
  core: Core,
  message: Registration,
  link: Link,
): Promise<Agent | undefined> {
  const id = message.agent.id?.value;
  if (id !== undefined && core.registrar.registry.gone.some((one) => one.id === id)) {
    link.send({ kind: 'shutdown', message: 'Agent has been marked gone' });
    return undefined;
  }
  const place = { info: message.agent, pid: message.pid };
  if (machineInfo(core, place)?.mode === 'DOWN') {
    link.send({ kind: 'shutdown', message: 'Machine is DOWN' });
    return undefined;
  }
  return id === undefined
    ? admit(core, message, link)
    : readmit(core, { ...message, agent: { ...message.agent, id: { value: id } } }, link);
}

async function admit(core: Core, message: Registration, link: Link): Promise<Agent> {
  for (const other of core.state.agents.values()) {
    // The same place with a fresh identity: whatever was known under the old one is gone.
    if (other.pid === message.pid) {
      await forgetAgent(core, other, {
        message: `Agent ${other.info.hostname} removed: a new agent registered at the same address`,
        counter: 'slave_removals/reason_registered',
      });
    }
  }
  const id = `${core.info.id}-S${core.state.nextAgent++}`;
  const info: AgentInfo = { ...message.agent, id: { value: id }, checkpoint: true };
  await core.registrar.update((registry) => withAgent(registry, info));
  core.counters.add('slave_registrations');
  core.log.info('master.cpp:6785', `Registered agent ${id} at ${message.pid} (${info.hostname})`);
  const agent = connect(core, { ...message, agent: info }, link);
  core.allocate();
  return agent;
}

async function readmit(core: Core, message: Registration, link: Link): Promise<Agent> {
  const id = message.agent.id?.value ?? '';
  const info: AgentInfo = { ...message.agent, checkpoint: true };
  const before = core.registrar.registry.agents.find((one) => one.info.id?.value === id);
  const wasUnreachable = core.registrar.registry.unreachable.some((one) => one.id === id);
  if (before === undefined || JSON.stringify(before.info) !== JSON.stringify(info)) {
    await core.registrar.update((registry) => withAgent(registry, info));
  }
  core.counters.add('slave_reregistrations');
  core.state.recoveredAgents.delete(id);
  core.state.unreachableAgents.delete(id);
  const agent = connect(core, { ...message, agent: info }, link);
  agent.reregisteredMs = core.clock.now();
  core.log.info(
    'master.cpp:7143',
    `Re-registered agent ${id} at ${message.pid} (${info.hostname})`,
  );
  adoptTasks(core, agent, { ...message, wasUnreachable });
  tellFrameworks(core, agent);
  await continueDrain(core, id);
  // Only now: what the agent's tasks hold must not be offered.
  core.allocate();
  return agent;
}

/** Where its frameworks are now; the agent then sends again what they did not acknowledge (1.12.0: twice). */
function tellFrameworks(core: Core, agent: Agent): void {
  const ids = new Set(tasksOn(core.state, agent.id).map(({ frameworkId }) => frameworkId));
  for (const id of ids) {
    const framework = core.state.frameworks.get(id);
    if (framework?.connected !== true) continue;
    agent.link?.send({ kind: 'framework-updated', framework: framework.info });
  }
}

function connect(core: Core, message: Registration, link: Link): Agent {
  const id = message.agent.id?.value ?? '';
  const known = core.state.agents.get(id);
  if (known !== undefined) letGo(known, link);
  const now = core.clock.now();
  const agent: Agent = {
    ...(known ?? { registeredMs: now, reregisteredMs: undefined }),
    id,
    info: message.agent,
    pid: message.pid,
    version: message.version,
    capabilities: message.capabilities,
    link,
    active: true,
    connected: true,
    missedPings: 0,
    cancelPing: () => undefined,
  };
  core.state.agents.set(id, agent);
  const { agentPingTimeoutMs, maxAgentPingTimeouts } = core.settings;
  link.send({
    kind: 'registered',
    agent_id: id,
    ping_timeout_ms: agentPingTimeoutMs * maxAgentPingTimeouts,
  });
  startPinging(core, agent);
  if (known === undefined) publishAgent(core, agent);
  return agent;
}

function letGo(known: Agent, link: Link): void {
  known.cancelPing();
  if (known.link !== link) known.link?.close();
}

/** The wire ended: at once visible, unlike an agent that only stopped answering. */
export function agentLinkClosed(core: Core, agent: Agent, link: Link): void {
  if (core.state.agents.get(agent.id) !== agent || agent.link !== link) return;
  disconnectAgent(core, agent);
}
