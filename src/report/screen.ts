import type { Report } from '../run/events.ts';
import type { Phase } from '../services/service.ts';

export interface Screen {
  readonly isTty: boolean;
  readonly columns: number;
  readonly colour: boolean;
  /** Whole consoles of builds. */
  readonly verbose: boolean;
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

/** Text of a build: colours and whatever else could steer a terminal are taken out. */
export function printable(line: string): string {
  return line
    .replace(/\u001B(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|.)/g, '')
    .replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '');
}
