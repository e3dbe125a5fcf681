import { join } from 'node:path';
import { freePort, startStandIn, untilAnswers, type RunningProgram } from './program.ts';

export interface MesosPair {
  readonly masterPort: number;
  readonly agentPort: number;
  readonly agent: RunningProgram;
  readonly stop: () => Promise<void>;
}

/** One master without ZooKeeper and one agent; tasks are processes, for no Docker is needed. */
export async function startMesos(folder: string): Promise<MesosPair> {
  const [masterPort, agentPort] = [await freePort(), await freePort()];
  const master = startStandIn('mesos-master', [
    ...['--ip=127.0.0.1', '--hostname=127.0.0.1', `--port=${masterPort}`],
    ...['--registry=in_memory', `--work_dir=${join(folder, 'master')}`],
  ]);
  await untilAnswers(master, `http://127.0.0.1:${masterPort}/state`, (status) => status === 200);
  const agent = startStandIn('mesos-agent', [
    ...['--ip=127.0.0.1', '--hostname=127.0.0.1', `--port=${agentPort}`],
    ...[`--master=127.0.0.1:${masterPort}`, `--work_dir=${join(folder, 'agent')}`],
    ...['--launcher=posix', '--no-systemd_enable_support', '--no-switch_user'],
    '--resources=cpus:4;mem:1024;disk:1024;ports:[31000-31009]',
  ]);
  await untilAnswers(agent, `http://127.0.0.1:${agentPort}/state`, (status) => status === 200);
  return {
    masterPort,
    agentPort,
    agent,
    stop: async () => {
      await agent.stop();
      await master.stop();
    },
  };
}
