import type { Leadership } from './leadership.ts';

type Gauges = Readonly<Record<string, { readonly value: number }>>;

export function gauges({ cluster, world, electedAt }: Leadership): Gauges {
  const now = world.now();
  const instances = cluster.instances();
  const running = instances.filter(({ state }) => state === 'TASK_RUNNING').length;
  const starting = instances.filter(({ startedAt }) => startedAt === undefined);
  const overdue = starting.filter((one) => now - one.stagedAt > world.options.taskLaunchTimeoutMs);
  return {
    'marathon.uptime.gauge.seconds': { value: process.uptime() },
    'marathon.leadership.duration.gauge.seconds': { value: (now - electedAt) / 1000 },
    'marathon.apps.active.gauge': { value: cluster.apps().length },
    'marathon.deployments.active.gauge': { value: cluster.deployments().length },
    'marathon.instances.running.gauge': { value: running },
    'marathon.instances.staged.gauge': { value: starting.length },
    'marathon.instances.launch-overdue.gauge': { value: overdue.length },
  };
}

export function prometheusText(values: Gauges): string {
  return Object.entries(values)
    .map(([name, { value }]) => {
      const plain = name.replace(/[.-]/g, '_');
      return `# TYPE ${plain} gauge\n${plain} ${value}\n`;
    })
    .join('');
}
