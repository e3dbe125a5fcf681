import type { DiskHog, Health } from '../health/model.ts';
import { wrap } from './table.ts';

const named = 5;

/** A line for each task that takes more disk than it declared. */
export function diskWarnings({ diskHogs }: Health, columns: number): string[] {
  const more = diskHogs.length - named;
  const lines = [
    ...diskHogs.slice(0, named).map(told),
    ...(more > 0
      ? [`${more} more tasks take more disk than they declared, or it is unknown.`]
      : []),
  ];
  return lines.flatMap((line) =>
    wrap(line, columns - 2)
      .split('\n')
      .map((part, index) => `${index === 0 ? '!' : ' '} ${part}`),
  );
}

function told({ task, host, usedMb, declaredMb }: DiskHog): string {
  if (usedMb === undefined) {
    return `Disk use of ${task} on ${host} is unknown (counting takes too long); ${declaredMb} MiB declared.`;
  }
  return `${task} on ${host} takes ${usedMb} MiB of disk; ${declaredMb} MiB declared.`;
}
