import { cpus, freemem, loadavg, totalmem } from 'node:os';

/** The `system/*` gauges that every Mesos process has. */
export function systemMetrics(): Record<string, number> {
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  return {
    'system/cpus_total': cpus().length,
    'system/load_1min': one,
    'system/load_5min': five,
    'system/load_15min': fifteen,
    'system/mem_free_bytes': freemem(),
    'system/mem_total_bytes': totalmem(),
  };
}

/** `/system/stats.json`, the same in the names of an older day. */
export function systemStatistics(): Record<string, number> {
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  return {
    avg_load_15min: fifteen,
    avg_load_1min: one,
    avg_load_5min: five,
    cpus_total: cpus().length,
    mem_free_bytes: freemem(),
    mem_total_bytes: totalmem(),
  };
}
