import type { Ports } from '../../ports.ts';

/** `20261123T101500Z-4f2a`: sorts by time; two that begin in one second differ in the rest. */
export function newRunId({ clock, randomId }: Pick<Ports, 'clock' | 'randomId'>): string {
  const time = clock.date().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  return `${time}-${randomId().slice(0, 4)}`;
}
