import { subscribe } from '../../src/mesos-master/frameworks.ts';
import type { FakeClock } from '../shared/support/fake-clock.ts';
import type { Replay, ReplayOptions } from './support/replay.ts';
import { ScriptedAgent } from './support/scripted-agent.ts';
import { until, type Site } from './support/site.ts';

export interface Scene {
  readonly clock: FakeClock;
  readonly leader: Site;
  readonly standby: Site;
  readonly agent: ScriptedAgent;
  /** Compares the framework of this exchange with the state recorded under that name. */
  readonly compareState: (replay: Replay, name: string) => Promise<void>;
}

type Happenings = Pick<ReplayOptions, 'notes' | 'happened'>;

/** What happened beside the calls in each recorded exchange. */
export const exchanges: Readonly<Record<string, (scene: Scene) => Happenings>> = {
  '81-01-exchange': () => ({}),
  '81-02-retries': ({ leader }) => ({
    notes: {
      'another framework subscribes again': () => {
        const framework_info = { user: 'root', name: 'other', id: { value: 'other-0001' } };
        const stream = { id: 'other', send: () => undefined, end: () => undefined };
        subscribe(leader.master.core, { framework_info, suppressed_roles: ['*'] }, stream);
      },
    },
  }),
  '81-03-not-partition-aware': () => ({}),
  '82-01-disconnect': disconnect,
  '82-02-leader-killed': leaderKilled,
  '83-01-agent-restart': agentRestart,
  '83-02-agent-unreachable': agentUnreachable,
};

function disconnect({ compareState }: Scene): Happenings {
  return {
    notes: {
      'stream closed by the scheduler (failover_timeout 20 s)': async (replay) => {
        await compareState(replay, 'framework-connected.state');
        replay.connection('fo').close();
      },
      'calls while disconnected': async (replay) => {
        await compareState(replay, 'framework-disconnected.state');
        await compareState(replay, 'framework-disconnected.GET_FRAMEWORKS');
      },
      'stream closed again, nobody comes back': (replay) => {
        replay.connection('fo-3').close();
      },
      '13.3 s after the close': (replay) => compareState(replay, 'framework-expired.state'),
    },
    happened: [
      [
        24.119,
        (replay) => {
          replay.connection('fo0').close();
        },
      ],
    ],
  };
}

function leaderKilled({ leader, standby, agent, clock }: Scene): Happenings {
  return {
    notes: {
      'kill -9 of the leader 5151': async () => {
        const { registry } = leader.master.core.registrar;
        await standby.master.core.registrar.update(() => registry);
        await leader.stop();
      },
    },
    happened: [
      [
        11.77,
        async (replay) => {
          standby.seeLeader(standby.info);
          await until(clock, () => standby.master.recovered);
          const id = { value: '1a379ca2-1f87-45b3-bb4c-4d83a4cffcf8-0005' };
          const capabilities = [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }];
          const framework_info = {
            user: 'root',
            name: 'fl-returns',
            roles: ['*'],
            capabilities,
            id,
          };
          const body = { type: 'SUBSCRIBE', framework_id: id, subscribe: { framework_info } };
          await replay.subscribe('fl-returns again', body);
          replay.adoptStream('fl-returns again');
        },
      ],
      [12.05, () => agent.register(standby.master.core)],
    ],
  };
}

function agentRestart({ leader, agent, clock }: Scene): Happenings {
  const { core } = leader.master;
  const third = new ScriptedAgent(clock, {
    hostname: 'agent3.local',
    ip: '127.0.0.3',
    port: 5163,
    rack: 'r3',
    resources: 'cpus:4;mem:1024;disk:1024;ports:[31000-32000]',
  });
  return {
    notes: {
      'kill -9 of the agent, pid 29725': () => {
        agent.cut();
      },
      'kill -9 of the task process of cp1 (sleep), then of an executor': async () => {
        agent.end('cp1', 'TASK_FAILED', { message: 'Command exited with status 137' });
        await third.register(core);
      },
      'kill -9 executor pid 31091': () => {
        agent.killExecutor('ex1');
      },
      'SIGTERM to the agent pid 31005': () => {
        agent.cut();
      },
      'SIGUSR1 to the agent (unregister)': () => agent.unregister(),
    },
    happened: [
      [8.4, () => agent.register(core)],
      [20.2, () => agent.register(core)],
      [25.67, () => third.unregister()],
    ],
  };
}

/** Beside it ran the recording above: its agents go at 28, 31 and 38 s. */
function agentUnreachable({ leader, agent, clock }: Scene): Happenings {
  const { core } = leader.master;
  const place = { hostname: 'agent2.local', ip: '127.0.0.2', port: 5162, rack: 'r2' };
  const second = new ScriptedAgent(clock, {
    ...place,
    resources: 'cpus:2;mem:1024;disk:1024;ports:[31000-32000]',
  });
  const others = ['agent3.local', 'agent4.local'].map(
    (hostname, at) => new ScriptedAgent(clock, { hostname, ip: `127.0.0.${at + 3}` }),
  );
  return {
    notes: {
      'kill -9 of agent 2': async () => {
        second.cut();
        for (const other of others) await other.register(core);
      },
    },
    happened: [
      [1.18, () => second.register(core)],
      [28.45, () => agent.unregister()],
      [31.628, () => others[0]?.unregister()],
      [38.241, () => others[1]?.unregister()],
      [95.77, () => second.register(core)],
    ],
  };
}
