import type { Report } from '../run/events.ts';
import type { Phase } from '../services/service.ts';

export interface Screen {
  readonly isTty: boolean;
  readonly columns: number;
  readonly colour: boolean;
  /** One line to stderr. */
  readonly line: (text: string) => void;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
}

export interface Progress {
  readonly report: Report;
  /** Takes the spinner off the screen; `failed` marks what it was at. */
  readonly end: (failed: boolean) => void;
}

export const phaseTitles: Readonly<Record<Phase, string>> = {
  hosts: 'hosts: Docker, folders, images',
  ensemble: 'ensemble: ZooKeeper',
  masters: 'masters: Mesos masters',
  agents: 'agents: Mesos agents',
  services: 'services: Marathon, gateways, Jenkins',
};

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
