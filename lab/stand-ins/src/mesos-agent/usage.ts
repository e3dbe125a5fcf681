import { readdirSync, readFileSync } from 'node:fs';
import type { ContainerStats } from '../shared/docker.ts';
import { seconds } from '../shared/mesos.ts';
import { amountsOf, scalar } from '../shared/resources.ts';
import type { Usage } from './executor.ts';
import type { TaskRun } from './task-run.ts';

const nanoseconds = 1e9;

export function usageOfContainer({ cpu_stats: cpu, memory_stats: memory }: ContainerStats): Usage {
  const used = cpu?.cpu_usage ?? {};
  return {
    userSecs: (used.usage_in_usermode ?? 0) / nanoseconds,
    systemSecs: (used.usage_in_kernelmode ?? 0) / nanoseconds,
    rssBytes: residentBytes(memory),
    throttling: throttlingOf(cpu?.throttling_data),
  };
}

/** `anon` is what cgroup v2 calls it. */
function residentBytes(memory: ContainerStats['memory_stats']): number {
  const stats = memory?.stats ?? {};
  return stats['total_rss'] ?? stats['rss'] ?? stats['anon'] ?? memory?.usage ?? 0;
}

type Throttling = NonNullable<ContainerStats['cpu_stats']>['throttling_data'];

function throttlingOf(data: Throttling): NonNullable<Usage['throttling']> {
  const { periods = 0, throttled_periods: throttled = 0, throttled_time: time = 0 } = data ?? {};
  return { periods, throttled, secs: time / nanoseconds };
}

/** Ticks and pages of Linux on the machines that the lab runs on. */
const tickSecs = 0.01;
const pageBytes = 4096;

/** All processes of a group, by /proc/PID/stat (proc(5): fields 5, 14, 15, 24). */
export function usageOfProcesses(group: number): Usage {
  const members = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statFields)
    .filter((fields) => Number(fields[2]) === group);
  const sum = (index: number) =>
    members.reduce((total, fields) => total + Number(fields[index]), 0);
  return {
    userSecs: sum(11) * tickSecs,
    systemSecs: sum(12) * tickSecs,
    rssBytes: sum(21) * pageBytes,
  };
}

/** From the third on: the second is the program's name, which may contain anything. */
function statFields(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/** ResourceStatistics of mesos.proto; the throttling only with `--cgroups_enable_cfs`. */
export function statistics(
  run: TaskRun,
  usage: Usage | undefined,
  options: { readonly nowMs: number; readonly enableCfs: boolean },
): object {
  const amounts = amountsOf(run.task.resources);
  const { throttling } = usage ?? {};
  return {
    timestamp: seconds(options.nowMs),
    cpus_soft_limit: scalar(amounts, 'cpus'),
    ...(options.enableCfs ? { cpus_limit: scalar(amounts, 'cpus') } : {}),
    mem_limit_bytes: scalar(amounts, 'mem') * 1024 ** 2,
    ...(usage === undefined
      ? {}
      : {
          cpus_user_time_secs: usage.userSecs,
          cpus_system_time_secs: usage.systemSecs,
          mem_rss_bytes: usage.rssBytes,
        }),
    ...(throttling === undefined || !options.enableCfs
      ? {}
      : {
          cpus_nr_periods: throttling.periods,
          cpus_nr_throttled: throttling.throttled,
          cpus_throttled_time_secs: throttling.secs,
        }),
  };
}
