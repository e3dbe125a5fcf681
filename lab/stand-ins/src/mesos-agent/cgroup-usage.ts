import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Usage } from './executor.ts';

export interface CgroupPlaces {
  /** `--cgroups_hierarchy`. */
  readonly hierarchy: string;
  /** `/proc`. */
  readonly proc: string;
}

const tickSecs = 0.01;

/** What the control groups of a process have counted, in version 1 or 2; `undefined`: they cannot be read from here. */
export function usageOfCgroup(pid: number, places: CgroupPlaces): Usage | undefined {
  try {
    const groups = groupsOf(pid, places.proc);
    const folder = (controller: string) => folderOf(groups, controller, places);
    return groups.has('cpuacct') ? versionOne(folder) : versionTwo(folder(''));
  } catch {
    return undefined;
  }
}

type Groups = ReadonlyMap<string, { readonly mounted: string; readonly path: string }>;

/** Lines of cgroups(7): `4:cpu,cpuacct:/docker/ab12`; those of version 2 have no controller. */
function groupsOf(pid: number, proc: string): Groups {
  const lines = readFileSync(join(proc, String(pid), 'cgroup'), 'utf8')
    .trim()
    .split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, mounted = '', path = '/'] = line.split(':');
      return mounted.split(',').map((name) => [name, { mounted, path }] as const);
    }),
  );
}

function folderOf(groups: Groups, controller: string, { hierarchy, proc }: CgroupPlaces): string {
  const { mounted, path } = groups.get(controller) ?? { mounted: controller, path: '/' };
  const at = join(hierarchy, mounted);
  const root = mountRoot(at, proc);
  return join(at, path.startsWith(root) ? path.slice(root.length) : path);
}

/** In a container the mount shows only a part of the tree (proc(5): fields 4 and 5). */
function mountRoot(mountPoint: string, proc: string): string {
  const lines = readFileSync(join(proc, 'self', 'mountinfo'), 'utf8').split('\n');
  const fields = lines.map((line) => line.split(' ')).find((one) => one[4] === mountPoint);
  return fields?.[3] === undefined || fields[3] === '/' ? '' : fields[3];
}

function versionOne(folder: (controller: string) => string): Usage {
  const account = numbers(join(folder('cpuacct'), 'cpuacct.stat'));
  const cpu = numbers(join(folder('cpu'), 'cpu.stat'));
  return {
    userSecs: account('user') * tickSecs,
    systemSecs: account('system') * tickSecs,
    rssBytes: numbers(join(folder('memory'), 'memory.stat'))('total_rss'),
    throttling: {
      periods: cpu('nr_periods'),
      throttled: cpu('nr_throttled'),
      secs: cpu('throttled_time') / 1e9,
    },
  };
}

function versionTwo(folder: string): Usage {
  const cpu = numbers(join(folder, 'cpu.stat'));
  return {
    userSecs: cpu('user_usec') / 1e6,
    systemSecs: cpu('system_usec') / 1e6,
    rssBytes: numbers(join(folder, 'memory.stat'))('anon'),
    throttling: {
      periods: cpu('nr_periods'),
      throttled: cpu('nr_throttled'),
      secs: cpu('throttled_usec') / 1e6,
    },
  };
}

/** `name number` on each line. */
function numbers(path: string): (name: string) => number {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  const values = new Map(lines.map((line) => line.split(' ') as [string, string]));
  return (name) => Number(values.get(name) ?? 0);
}
