import type { TaskStatus } from '../../../src/shared/mesos.ts';
import { checkpointIn } from '../../../src/mesos-agent/checkpoint.ts';
import { dockerExecutor } from '../../../src/mesos-agent/docker-executor.ts';
import { Garbage } from '../../../src/mesos-agent/garbage.ts';
import { Drain } from '../../../src/mesos-agent/drain.ts';
import { preparation } from '../../../src/mesos-agent/preparation.ts';
import { processExecutor } from '../../../src/mesos-agent/process-executor.ts';
import { registryLogin } from '../../../src/mesos-agent/registry-login.ts';
import { Tasks } from '../../../src/mesos-agent/tasks.ts';
import { fakeClock, type FakeClock } from '../../shared/support/fake-clock.ts';
import type { FakeDocker } from './fake-docker.ts';

export interface Bench {
  readonly tasks: Tasks;
  readonly docker: FakeDocker;
  readonly clock: FakeClock;
  readonly sent: TaskStatus[];
  readonly states: () => string[];
  /** Acknowledges the update that is under way. */
  readonly acknowledge: () => void;
}

/** The tasks of an agent `S4` with a fake Docker, time in hand, and updates that arrive at `sent`. */
export function taskBench(workDir: string, docker: FakeDocker, dockerConfig?: string): Bench {
  const clock = fakeClock();
  const sent: TaskStatus[] = [];
  const checkpoint = checkpointIn(workDir);
  const userOf = () => undefined;
  const tasks = new Tasks({
    clock,
    workDir,
    checkpoint,
    drain: new Drain({
      clock,
      wish: checkpoint.load()?.drain,
      save: (wish) => {
        checkpoint.saveDrain('S4', wish);
      },
    }),
    garbage: new Garbage({
      clock,
      delayMs: 604_800_000,
      headroom: 0.1,
      watchMs: 60_000,
      usage: () => 0,
    }),
    prepare: preparation({ clock, userOf, stallMs: 60_000, counts: { succeeded: 0, failed: 0 } }),
    docker: executorOver(docker, clock, dockerConfig),
    process: processExecutor({ clock, ip: '10.0.0.1', userOf }),
    registrationTimeout: { ms: 60_000, text: '1mins' },
    gracePeriodMs: 5000,
    agentId: () => 'S4',
    send: (_run, status) => sent.push(status),
  });
  return {
    tasks,
    docker,
    clock,
    sent,
    states: () => sent.map(({ state }) => state),
    acknowledge: () => {
      const last = sent.at(-1);
      tasks.acknowledge('F', last?.task_id.value ?? '', last?.uuid ?? '');
    },
  };
}

function executorOver(docker: FakeDocker, clock: FakeClock, dockerConfig: string | undefined) {
  return dockerExecutor({
    docker,
    clock,
    settings: { mappedSandbox: '/mnt/mesos/sandbox', enableCfs: false },
    ip: '10.0.0.1',
    command: 'docker',
    socket: '/var/run/docker.sock',
    removeDelayMs: 21_600_000,
    cgroups: { hierarchy: '/nowhere', proc: '/nowhere' },
    login: registryLogin(dockerConfig),
  });
}
