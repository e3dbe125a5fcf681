import { join } from 'node:path';
import type { Address } from '../../../src/shared/address.ts';
import type { Docker } from '../../../src/shared/docker.ts';
import { parseFlags } from '../../../src/shared/flags.ts';
import { agentFlags } from '../../../src/mesos-agent/flags.ts';
import { startAgent, type RunningAgent } from '../../../src/mesos-agent/start.ts';
import { masterFlags } from '../../../src/mesos-master/flags.ts';
import { startMaster } from '../../../src/mesos-master/start.ts';
import { silent } from './cluster.ts';

export interface Pair {
  /** `http://127.0.0.1:PORT`. */
  readonly master: string;
  readonly agent: string;
  readonly stop: () => Promise<void>;
}

const loopback: Address = {
  bindIp: '127.0.0.1',
  ip: '127.0.0.1',
  port: 0,
  advertisedPort: 0,
  hostname: '127.0.0.1',
};

export function startTestMaster(argv: readonly string[]) {
  const flags = parseFlags({
    definitions: masterFlags,
    argv: ['--registry=in_memory', '--port=0', ...argv],
    env: {},
    prefix: 'MESOS_',
  });
  const exit = (code: number) => {
    throw new Error(`the master ended with ${code}`);
  };
  const env = { LIBPROCESS_METRICS_SNAPSHOT_ENDPOINT_RATE_LIMIT: '1000/1secs' };
  return startMaster({ flags, env, address: loopback, log: silent, exit });
}

function startTestAgent(options: {
  readonly master: number;
  readonly workDir: string;
  readonly docker: Docker;
}): Promise<RunningAgent> {
  const flags = parseFlags({
    definitions: agentFlags,
    argv: [
      `--master=127.0.0.1:${options.master}`,
      `--work_dir=${options.workDir}`,
      '--containerizers=docker,mesos',
      '--resources=cpus:4;mem:2048;disk:4096;ports:[31000-31999]',
      '--attributes=rack:r1',
      '--registration_backoff_factor=10ms',
      '--launcher=posix',
      '--no-systemd_enable_support',
      '--docker_mesos_image=img:1',
    ],
    env: {},
    prefix: 'MESOS_',
  });
  return startAgent({
    flags,
    env: {},
    address: loopback,
    environment: {
      systemdIsInit: false,
      hasFolder: () => true,
      pureCgroup2: () => false,
      isContainer: false,
    },
    log: silent,
    exit: (code) => {
      throw new Error(`the agent ended with ${code}`);
    },
    docker: options.docker,
  });
}

export async function startPair(options: {
  readonly workDir: string;
  readonly docker: Docker;
}): Promise<Pair> {
  const master = await startTestMaster(['--cluster=lab', '--allocation_interval=20ms']);
  const workDir = join(options.workDir, 'agent');
  const agent = await startTestAgent({ ...options, workDir, master: master.port });
  return {
    master: `http://127.0.0.1:${master.port}`,
    agent: `http://127.0.0.1:${agent.port}`,
    stop: async () => {
      agent.agent.leaderDetected(undefined);
      await agent.stop();
      await master.stop();
    },
  };
}
