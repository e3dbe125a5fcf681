import { oneWay, type OneWay } from '../services/one-way.ts';
import type { Service } from '../services/service.ts';
import type { ServiceWork } from './service-work.ts';

/** Whether what is changed of a service moves its state forward; the first host decides for all. */
export function oneWayOf(service: Service, work: readonly ServiceWork[]): OneWay | undefined {
  for (const { image, steps } of work) {
    const start = steps.find((step) => step.kind === 'start-container');
    const found =
      image === undefined || start === undefined
        ? undefined
        : oneWay(service.name, image, start.container.image);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function oneWayNote(what: string, { reason, backup }: OneWay): string {
  return `${what}: this change is one-way, ${reason}. Have a backup: ${backup}.`;
}
