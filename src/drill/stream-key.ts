import type { Sample } from './sample.ts';

/** These ask whoever leads: another host is not another probe. */
const ofLeader: readonly string[] = ['mesos-state', 'zookeeper-synced', 'apps'];

/** Tells the samples of one probe at one place from all others. */
export function streamKey({ from, seen }: Pick<Sample, 'from' | 'seen'>): string {
  const host = ofLeader.includes(seen.probe) ? '' : seen.host;
  const controller = seen.probe === 'jenkins' ? seen.controller : '';
  return JSON.stringify([seen.probe, from, host, controller]);
}
