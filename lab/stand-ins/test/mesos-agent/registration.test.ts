import { describe, expect, test } from 'vitest';
import type { AgentMessage, MasterMessage } from '../../src/shared/agent-wire.ts';
import { Agent, type Leader } from '../../src/mesos-agent/agent.ts';
import type { LinkHandlers } from '../../src/mesos-agent/master-link.ts';
import type { Tasks } from '../../src/mesos-agent/tasks.ts';
import { agentInfo, silent } from '../mesos-master/support/cluster.ts';
import { fakeClock } from '../shared/support/fake-clock.ts';

const m1: Leader = { id: 'm1', pid: 'master@10.0.0.1:5050', host: '10.0.0.1', port: 5050 };
const m2: Leader = { id: 'm2', pid: 'master@10.0.0.2:5050', host: '10.0.0.2', port: 5050 };

function bench(down: readonly string[] = []) {
  const clock = fakeClock();
  const saved: string[] = [];
  const exits: number[] = [];
  const links: { leader: Leader; handlers: LinkHandlers; sent: AgentMessage[]; closed: boolean }[] =
    [];
  const agent = new Agent({
    info: agentInfo('a1', 'cpus:1'),
    pid: 'slave(1)@10.0.0.9:5051',
    clock,
    log: silent,
    checkpoint: {
      load: () => undefined,
      saveInfo: (info) => saved.push(info.id?.value ?? ''),
      saveRun: () => undefined,
      removeRun: () => undefined,
      saveDrain: () => undefined,
      forgetIdentity: () => saved.push('forgotten'),
    },
    backoffMs: 1000,
    random: () => 1,
    exit: (code) => exits.push(code),
    connect: (leader, handlers) => {
      if (down.includes(leader.id)) return Promise.reject(new Error('refused'));
      const link = { leader, handlers, sent: [] as AgentMessage[], closed: false };
      links.push(link);
      return Promise.resolve({
        send: (message: AgentMessage) => link.sent.push(message),
        close: () => {
          link.closed = true;
        },
      });
    },
  });
  const tasks = {
    runs: new Map(),
    report: () => [],
    resend: () => undefined,
    shutdownAll: () => 0,
    isQuiet: true,
  };
  agent.start(tasks as unknown as Tasks);
  const say = (message: MasterMessage) => links.at(-1)?.handlers.onMessage(message);
  const welcome = (agent_id: string) => {
    say({ kind: 'registered', agent_id, ping_timeout_ms: 75_000 });
  };
  return { agent, clock, saved, exits, links, say, welcome };
}

describe('an agent', () => {
  test('registers with the leader, keeps the id it is given and uses it from then on', async () => {
    const { agent, clock, links, saved, welcome } = bench();
    agent.leaderDetected(m1);
    await clock.advance(1000);
    expect(links[0]?.sent[0]).not.toHaveProperty('agent.id');
    welcome('S0');
    expect([agent.id, saved]).toEqual(['S0', ['S0']]);
    agent.leaderDetected(m2);
    await clock.advance(1000);
    expect(links[0]?.closed).toBe(true);
    expect(links[1]?.sent[0]).toMatchObject({ kind: 'register', agent: { id: { value: 'S0' } } });
    welcome('S0');
    expect(saved).toEqual(['S0']);
  });

  test('tries again with growing pauses while nobody answers', async () => {
    const { agent, clock, links } = bench(['m1']);
    agent.leaderDetected(m1);
    await clock.advance(60_000);
    expect(links).toHaveLength(0);
    agent.leaderDetected({ ...m1, id: 'm1-restarted' });
    await clock.advance(1000);
    expect(links).toHaveLength(1);
  });

  test('answers pings, and looks for its master anew when none comes', async () => {
    const { agent, clock, links, say, welcome } = bench();
    agent.leaderDetected(m1);
    await clock.advance(1000);
    welcome('S0');
    await clock.advance(74_000);
    say({ kind: 'ping' });
    expect(links[0]?.sent.at(-1)).toEqual({ kind: 'pong' });
    await clock.advance(74_000);
    expect(links).toHaveLength(1);
    await clock.advance(2000);
    expect(links).toHaveLength(2);
  });

  test('connects again when the connection breaks', async () => {
    const { agent, clock, links, welcome } = bench();
    agent.leaderDetected(m1);
    await clock.advance(1000);
    welcome('S0');
    links[0]?.handlers.onClose();
    expect(agent.registered).toBe(false);
    await clock.advance(1000);
    expect(links).toHaveLength(2);
  });

  test('without a leader sends nothing', async () => {
    const { agent, clock, links, welcome } = bench();
    agent.leaderDetected(m1);
    await clock.advance(1000);
    welcome('S0');
    agent.leaderDetected(undefined);
    const before = links[0]?.sent.length;
    agent.send({ kind: 'pong' });
    expect(links[0]?.sent).toHaveLength(before ?? 0);
    expect(agent.leader).toBeUndefined();
  });

  test.each([
    ['sent away by its master', ['S0', 'forgotten']],
    ['by SIGUSR1', ['S0', 'forgotten']],
    ['because it was marked gone', ['S0']],
  ])('that goes %s exits with 0, and comes back as a new one unless gone', async (how, kept) => {
    const { agent, clock, exits, saved, say, welcome } = bench();
    agent.leaderDetected(m1);
    await clock.advance(1000);
    welcome('S0');
    if (how === 'by SIGUSR1') agent.unregister();
    else if (how.includes('gone')) say({ kind: 'shutdown', message: 'Agent has been marked gone' });
    else say({ kind: 'shutdown', message: 'Machine is DOWN' });
    await clock.advance(1000);
    expect([exits, saved]).toEqual([[0], kept]);
  });
});
