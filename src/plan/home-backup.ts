import type { Host } from '../config/cluster-spec.ts';
import { backedUpOn, backupFiles, backupTimer, timerLink } from '../services/home-backup.ts';
import type { PlanInput } from './observed.ts';
import { factsOf, fileSteps } from './service-work.ts';
import type { HostStep } from './step.ts';

/** Archives of the homes that are on this host alone. */
export function backupSteps(input: PlanInput, host: Host): readonly HostStep[] {
  return backedUpOn(input.spec, host).flatMap((controller): HostStep[] => {
    const files = backupFiles(input.spec, controller, input.templates);
    const writes = fileSteps(input, host, files);
    const enabled = factsOf(input, host).files.has(timerLink(controller));
    if (writes.length === 0 && enabled) return [];
    return [...writes, { kind: 'enable-timer', unit: backupTimer(controller) }];
  });
}
