import type { Clock } from '../shared/clock.ts';
import type { ContainerSummary, Docker } from '../shared/docker.ts';
import type { Log } from '../shared/log.ts';
import type { AgentInfo } from '../shared/mesos.ts';
import type { Checkpoint } from './checkpoint.ts';
import { incompatibility, recoveryAdvice, type Policy } from './compatibility.ts';
import type { DrainWish } from './drain.ts';
import { containerName, type TaskRun } from './task-run.ts';
import type { Tasks } from './tasks.ts';

/** `EXIT with status 1: Failed to perform recovery: …`. */
export class RecoveryError extends Error {
  override readonly name = 'RecoveryError';
  readonly advice: string;

  constructor(message: string, workDir: string) {
    super(message);
    this.advice = recoveryAdvice(workDir);
  }
}

export interface Recovered {
  readonly info: AgentInfo;
  readonly runs: readonly TaskRun[];
  readonly drain: DrainWish | undefined;
}

/** The agent's identity from an earlier life, or a fresh one. */
export function recoverIdentity(
  checkpoint: Checkpoint,
  now: AgentInfo,
  options: { readonly policy: Policy; readonly workDir: string },
): Recovered {
  const before = checkpoint.load();
  if (before === undefined) return { info: now, runs: [], drain: undefined };
  const fault = incompatibility(before.info, now, options.policy);
  if (fault !== undefined) throw new RecoveryError(fault, options.workDir);
  // A permitted change is not written back: without the policy the next start still compares with the old
  // one (observed with 1.12.0).
  return {
    info: { ...now, ...(before.info.id === undefined ? {} : { id: before.info.id }) },
    runs: before.runs,
    drain: before.drain,
  };
}

export interface ContainerRecovery {
  readonly docker: Docker;
  readonly clock: Clock;
  readonly log: Log;
  readonly runs: readonly TaskRun[];
  /** `--docker_kill_orphans`. */
  readonly killOrphans: boolean;
}

const uuid = /^\/?mesos-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const orphanGraceMs = 500;

/** Containers named `mesos-<uuid>` that no checkpoint knows: exited ones are removed, running ones killed. */
export async function clearContainers(options: ContainerRecovery): Promise<void> {
  const { docker, runs, killOrphans } = options;
  const known = new Set(runs.map((run) => `/${containerName(run)}`));
  const ours = (await docker.list('mesos-')).filter(({ Names }) => uuid.test(Names[0] ?? ''));
  for (const container of ours) {
    if (container.State !== 'running') {
      if (!known.has(container.Names[0] ?? '')) await docker.remove(container.Id);
    } else if (killOrphans && !known.has(container.Names[0] ?? ''))
      await killOrphan(options, container);
  }
}

async function killOrphan(
  { docker, clock, log }: ContainerRecovery,
  container: ContainerSummary,
): Promise<void> {
  log.info('docker.cpp:1120', `Stopping orphan container ${container.Names[0] ?? container.Id}`);
  await docker.kill(container.Id, 'SIGTERM');
  clock.after(orphanGraceMs, () => {
    docker.remove(container.Id).catch(() => undefined);
  });
}

/** Every task of the earlier life goes on or is reported as failed; the result counts those that go on. */
export async function recoverTasks(
  tasks: Tasks,
  runs: readonly TaskRun[],
  executorsLive: boolean,
): Promise<number> {
  const adopted = await Promise.all(runs.map((run) => tasks.adopt(run, executorsLive)));
  return adopted.filter(Boolean).length;
}
