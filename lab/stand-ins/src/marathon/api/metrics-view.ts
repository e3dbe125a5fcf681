import type { Leadership } from './leadership.ts';

type Gauges = Readonly<Record<string, { readonly value: number }>>;

/** `/metrics` as of Marathon 1.7 and later; the JVM's own are missing. */
export function metricsView(leadership: Leadership): Record<string, unknown> {
  return {
    version: '4.0.0',
    gauges: gauges(leadership),
    counters: Object.fromEntries(totals(leadership).map(([name, count]) => [name, { count }])),
    histograms: {},
    meters: {},
    timers: {},
  };
}

export function prometheusText(leadership: Leadership): string {
  const values = Object.entries(gauges(leadership)).map(([name, { value }]) =>
    sample(name, 'gauge', value),
  );
  const counters = totals(leadership).map(([name, count]) => sample(name, 'counter', count));
  return [...values, ...counters].join('');
}

function gauges({ cluster, world, electedAt }: Leadership): Gauges {
  const now = world.now();
  const instances = cluster.instances();
  const running = instances.filter(({ state }) => state === 'TASK_RUNNING').length;
  const starting = instances.filter(({ startedAt }) => startedAt === undefined);
  const overdue = starting.filter((one) => now - one.stagedAt > world.options.taskLaunchTimeoutMs);
  const values = {
    'marathon.uptime.gauge.seconds': process.uptime(),
    'marathon.leadership.duration.gauge.seconds': (now - electedAt) / 1000,
    'marathon.apps.active.gauge': cluster.apps().length,
    'marathon.groups.active.gauge': cluster.groups().length,
    'marathon.deployments.active.gauge': cluster.deployments().length,
    'marathon.instances.running.gauge': running,
    'marathon.instances.staged.gauge': starting.length,
    'marathon.instances.launch-overdue.gauge': overdue.length,
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

function totals({ counters }: Leadership): [string, number][] {
  return [...counters].sort(([a], [b]) => (a < b ? -1 : 1));
}

function sample(name: string, type: 'gauge' | 'counter', value: number): string {
  const plain = name.replace(/[.-]/g, '_');
  return `# TYPE ${plain} ${type}\n${plain} ${value}\n`;
}
