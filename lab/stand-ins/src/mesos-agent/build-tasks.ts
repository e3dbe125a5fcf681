import type { Docker } from '../shared/docker.ts';
import type { Agent } from './agent.ts';
import type { Checkpoint } from './checkpoint.ts';
import { dockerExecutor } from './docker-executor.ts';
import { Drain } from './drain.ts';
import type { Executor } from './executor.ts';
import { diskUsage, Garbage, leftSandboxes } from './garbage.ts';
import { preparation } from './preparation.ts';
import { processExecutor } from './process-executor.ts';
import type { Recovered } from './recovery.ts';
import { registryLogin } from './registry-login.ts';
import type { Ready } from './start.ts';
import { frameworkIdOf } from './task-run.ts';
import { taskUsers } from './task-user.ts';
import { Tasks } from './tasks.ts';

interface Past {
  readonly checkpoint: Checkpoint;
  readonly recovered: Recovered;
}

export function buildTasks(options: Ready, agent: Agent, { checkpoint, recovered }: Past): Tasks {
  const { flags, clock, workDir, address } = options;
  const userOf = taskUsers({ switchUser: flags.isOn('switch_user'), isRoot: isRoot() });
  const stallMs = flags.durationMs('fetcher_stall_timeout');
  return new Tasks({
    clock,
    workDir,
    checkpoint,
    drain: new Drain({
      clock,
      wish: recovered.drain,
      save: (wish) => {
        checkpoint.saveDrain(agent.id, wish);
      },
    }),
    garbage: garbageOf(options, recovered),
    prepare: preparation({ clock, userOf, stallMs, counts: options.fetches }),
    docker: options.docker === undefined ? undefined : dockerTasks(options, options.docker),
    process: processExecutor({ clock, ip: address.ip, userOf }),
    registrationTimeout: {
      ms: flags.durationMs('executor_registration_timeout'),
      text: flags.required('executor_registration_timeout'),
    },
    gracePeriodMs: flags.durationMs('executor_shutdown_grace_period'),
    agentId: () => agent.id,
    send: (run, status) => {
      agent.send({
        kind: 'update',
        framework_id: frameworkIdOf(run),
        status,
        latest_state: run.state,
      });
    },
  });
}

/** Not only what ends from now on: also what ended in an earlier life. */
function garbageOf({ flags, clock, workDir }: Ready, { runs }: Recovered): Garbage {
  const garbage = new Garbage({
    clock,
    delayMs: flags.durationMs('gc_delay'),
    headroom: flags.number('gc_disk_headroom'),
    watchMs: flags.durationMs('disk_watch_interval'),
    usage: () => diskUsage(workDir),
  });
  const live = new Set(runs.map(({ sandbox }) => sandbox));
  for (const [sandbox, since] of leftSandboxes(workDir, live)) garbage.add(sandbox, since);
  return garbage;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function dockerTasks({ flags, clock, address }: Ready, docker: Docker): Executor {
  return dockerExecutor({
    docker,
    clock,
    settings: {
      mappedSandbox: flags.required('sandbox_directory'),
      enableCfs: flags.isOn('cgroups_enable_cfs'),
    },
    ip: address.ip,
    command: flags.required('docker'),
    socket: flags.required('docker_socket'),
    removeDelayMs: flags.durationMs('docker_remove_delay'),
    cgroups: { hierarchy: flags.required('cgroups_hierarchy'), proc: '/proc' },
    login: registryLogin(flags.text('docker_config')),
  });
}
