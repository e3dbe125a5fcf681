import { schemaVersion } from '../run/events.ts';
import type { LogLine } from '../run/logs/log-line.ts';
import type { LogSource } from '../run/logs/source.ts';
import type { Palette } from './palette.ts';
import { printable } from './screen.ts';

export interface LogForm {
  readonly paint: Palette;
  /** Docker's time before each line; most programs write one of their own. */
  readonly timestamps: boolean;
}

/** Tells whose each line is: columns as wide as the longest names need, a colour for each host. */
export function logFormat(
  sources: readonly LogSource[],
  { paint, timestamps }: LogForm,
): (line: LogLine) => string {
  const hosts = [...new Set(sources.map(({ host }) => host.name))];
  const hostWidth = Math.max(0, ...hosts.map((name) => name.length));
  const serviceWidth = Math.max(0, ...sources.map(({ service }) => service.length));
  const colours = [paint.cyan, paint.yellow, paint.green, paint.magenta, paint.blue, paint.red];
  return ({ source: { host, service }, at, text }) => {
    const colour = colours[hosts.indexOf(host.name) % colours.length] ?? paint.cyan;
    const whose = `${host.name.padEnd(hostWidth)} ${service.padEnd(serviceWidth)}`;
    return `${colour(whose)} ${paint.dim('|')} ${timestamps ? `${at} ` : ''}${printable(text)}`;
  };
}

export interface LogLineDocument {
  readonly at: string;
  readonly host: string;
  readonly service: string;
  readonly text: string;
}

export function logLineDocument({ source, at, text }: LogLine): LogLineDocument {
  return { at, host: source.host.name, service: source.service, text };
}

/** A line for programs that read while it is written. */
export function logLineJson(line: LogLine): string {
  return JSON.stringify({ schemaVersion, ...logLineDocument(line) });
}
