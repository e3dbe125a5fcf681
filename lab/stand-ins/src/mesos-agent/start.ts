import { lookupService } from 'node:dns/promises';
import { mkdirSync } from 'node:fs';
import type { Address } from '../shared/address.ts';
import { realClock, withDeadline, type Clock } from '../shared/clock.ts';
import { dockerOver, type Docker } from '../shared/docker.ts';
import type { Flags } from '../shared/flags.ts';
import { serve } from '../shared/http.ts';
import type { Log } from '../shared/log.ts';
import { buildFields } from '../shared/build.ts';
import { parseDurationMs } from '../shared/quantities.ts';
import { metricsSpacingMs, rateLimit } from '../shared/rate-limit.ts';
import { Agent } from './agent.ts';
import { agentInfo, thisMachine } from './agent-info.ts';
import { buildTasks } from './build-tasks.ts';
import { checkpointIn, type Checkpoint } from './checkpoint.ts';
import { checkDocker, checkEnvironment, type Environment } from './environment.ts';
import { detectLeader } from './leader.ts';
import { connectToMaster } from './master-link.ts';
import { renderMetrics } from './metrics.ts';
import type { FetchCounts } from './preparation.ts';
import { clearContainers, recoverIdentity, recoverTasks, type Recovered } from './recovery.ts';
import type { AgentView } from './render.ts';
import { answer } from './routes.ts';
import type { Tasks } from './tasks.ts';

export interface StartOptions {
  readonly flags: Flags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly address: Address;
  readonly environment: Environment;
  readonly log: Log;
  readonly exit: (code: number) => void;
  readonly clock?: Clock;
  readonly docker?: Docker;
}

export type Ready = Omit<StartOptions, 'docker'> & {
  readonly clock: Clock;
  /** Present with `--containerizers=docker,…`. */
  readonly docker: Docker | undefined;
  readonly workDir: string;
  readonly pid: string;
  readonly fetches: FetchCounts;
  /** Set once the recovery is through. */
  readonly recovery: { ms: number };
};

export interface RunningAgent {
  readonly agent: Agent;
  readonly tasks: Tasks;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Rejects with `StartError`, `RecoveryError`, `FlagError`, or Node's error when the port cannot be bound. */
export async function startAgent(options: StartOptions): Promise<RunningAgent> {
  checkEnvironment(options.flags, options.environment);
  const ready = prepare(options);
  if (ready.docker !== undefined) await checkDocker(ready.docker);
  const checkpoint = checkpointIn(ready.workDir);
  const info = agentInfo(options.flags, options.address, thisMachine(ready.workDir));
  const recovered = recoverIdentity(checkpoint, info, {
    policy: options.flags.text('reconfiguration_policy') === 'additive' ? 'additive' : 'equal',
    workDir: ready.workDir,
  });
  const agent = buildAgent(ready, checkpoint, recovered);
  const tasks = buildTasks(ready, agent, { checkpoint, recovered });
  const server = await listen(ready, agent, tasks);
  await recover(ready, tasks, recovered);
  agent.start(tasks);
  detectLeader({
    master: options.flags.required('master'),
    sessionTimeoutMs: options.flags.durationMs('zk_session_timeout'),
    clock: ready.clock,
    onLeader: (leader) => {
      agent.leaderDetected(leader);
    },
    onError: (error) => {
      options.log.warning('group.cpp:455', String(error));
    },
  });
  return { agent, tasks, port: server.port, stop: server.close };
}

function prepare(options: StartOptions): Ready {
  const { flags, address } = options;
  const workDir = flags.required('work_dir');
  mkdirSync(workDir, { recursive: true });
  const wantsDocker = (flags.text('containerizers') ?? '').split(',').includes('docker');
  const docker = options.docker ?? dockerOver(flags.required('docker_socket'));
  return {
    ...options,
    clock: options.clock ?? realClock,
    docker: wantsDocker ? docker : undefined,
    workDir,
    fetches: { succeeded: 0, failed: 0 },
    recovery: { ms: 0 },
    pid: `slave(1)@${address.ip}:${address.advertisedPort}`,
  };
}

function buildAgent(options: Ready, checkpoint: Checkpoint, { info }: Recovered): Agent {
  return new Agent({
    info,
    pid: options.pid,
    clock: options.clock,
    log: options.log,
    checkpoint,
    backoffMs: options.flags.durationMs('registration_backoff_factor'),
    connect: connectToMaster,
    random: Math.random,
    exit: options.exit,
  });
}

/** Without `--docker_mesos_image` the executors of an agent in a container died with it, and so must their tasks. */
async function recover(options: Ready, tasks: Tasks, { runs }: Recovered): Promise<void> {
  const { docker, clock, log, flags, environment, workDir } = options;
  const startMs = clock.now();
  log.info('state.cpp:68', `Recovering state from '${workDir}/meta'`);
  const lost = environment.isContainer && flags.text('docker_mesos_image') === undefined;
  const known = lost ? [] : runs;
  if (docker !== undefined) {
    const killOrphans = flags.isOn('docker_kill_orphans');
    await clearContainers({ docker, clock, log, runs: known, killOrphans });
  }
  log.info('slave.cpp:8235', 'Recovering executors');
  const adopted = await recoverTasks(tasks, runs, !lost);
  log.info('slave.cpp:8240', `Recovered ${adopted} of ${runs.length} tasks`);
  options.recovery.ms = clock.now() - startMs;
}

async function listen(options: Ready, agent: Agent, tasks: Tasks) {
  const { flags, clock, address } = options;
  const limit = rateLimit(clock, metricsSpacingMs(options.env, parseDurationMs));
  const masterName = masterHostnames();
  const view = (): AgentView => ({
    agent,
    tasks,
    pid: options.pid,
    flags: flags.entries(),
    masterHostname: masterName(agent.leader?.host),
  });
  const metrics = async () => {
    await limit();
    const { fetches, recovery } = options;
    return renderMetrics({ agent, tasks, fetches, nowMs: clock.now(), recoveryMs: recovery.ms });
  };
  const enableCfs = flags.isOn('cgroups_enable_cfs');
  const sample = async () => ({ usages: await tasks.usages(), nowMs: clock.now(), enableCfs });
  const context = { view, metrics, sample, version: buildFields };
  return serve({ host: address.bindIp, port: address.port }, (request) => answer(context, request));
}

const lookupMs = 2000;

/** `master_hostname` is the name of the address, whatever the master calls itself (observed with 1.12.0). */
function masterHostnames(): (ip: string | undefined) => string | undefined {
  const known = new Map<string, string>();
  return (ip) => {
    if (ip === undefined) return undefined;
    if (!known.has(ip)) {
      known.set(ip, ip);
      withDeadline(lookupService(ip, 80), lookupMs, 'no answer')
        .then(({ hostname }) => known.set(ip, hostname))
        .catch(() => undefined);
    }
    return known.get(ip);
  };
}
