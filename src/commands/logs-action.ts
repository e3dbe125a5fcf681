import type { ClusterSpec } from '../config/cluster-spec.ts';
import { ClusterError, exitCodeOf, exitCodes } from '../errors.ts';
import { errorDocument, errorText } from '../report/error-text.ts';
import { logFormat, logLineDocument, logLineJson } from '../report/log-text.ts';
import { palette } from '../report/palette.ts';
import { followLogs } from '../run/logs/follow-logs.ts';
import type { LogLine } from '../run/logs/log-line.ts';
import { readLogs, type FoundLogs } from '../run/logs/read-logs.ts';
import type { LogRange } from '../run/logs/request.ts';
import { allSources, type LogSource } from '../run/logs/source.ts';
import { chosenSources } from './choose-sources.ts';
import { runClusterCommand, type Result } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';
import { secretsOf } from './secrets-of.ts';

export interface LogsOptions extends GlobalOptions {
  readonly follow: boolean;
  readonly since?: string;
  readonly tail?: number | 'all';
  readonly grep?: string;
  readonly timestamps: boolean;
  readonly format: 'text' | 'ndjson';
}

export async function logs(
  options: LogsOptions,
  context: CommandContext,
  targets: readonly string[],
): Promise<void> {
  await runClusterCommand({
    name: 'logs',
    options,
    context,
    work: async ({ spec }) => {
      refuse(options);
      const sources = chosenSources(allSources(spec, context.ports.templates), targets);
      const viewing = { spec, sources, options, context };
      return options.follow ? await follow(viewing) : await read(viewing);
    },
  });
}

/** One document has an end. */
function refuse({ follow, json, format }: LogsOptions): void {
  if (!json || (!follow && format === 'text')) return;
  const why = follow ? '-f has no end' : 'ndjson is none';
  throw new ClusterError('USAGE', `--json prints one document, and ${why}`, {
    remedy: `ci-cluster logs ${follow ? '-f ' : ''}--format ndjson`,
  });
}

interface Viewing {
  readonly spec: ClusterSpec;
  readonly sources: readonly LogSource[];
  readonly options: LogsOptions;
  readonly context: CommandContext;
}

function rangeOf({ since, grep: text, tail, follow }: LogsOptions): LogRange {
  const usual = since === undefined && text === undefined ? (follow ? 10 : 100) : 'all';
  return { since, text, tail: tail ?? usual };
}

async function read(viewing: Viewing): Promise<Result> {
  const { sources, options, context } = viewing;
  const found = await readLogs({ sources, range: rangeOf(options), ports: context.ports });
  demandSomething(found, sources);
  const lines = found.lines.map(cleaner(viewing));
  if (!options.json) {
    lines.forEach(shower(viewing));
    for (const text of notesOf(found, sources)) context.err(text);
    const paint = palette(context.terminal.colour && options.color);
    for (const error of found.failed) context.err(errorText(error, paint));
  }
  return {
    exitCode: exitCodeFor(found),
    more: {
      lines: lines.map(logLineDocument),
      absent: found.absent.map(placeOf),
      cut: found.cut.map(placeOf),
      failed: found.failed.map(errorDocument),
    },
    text: () => '',
    verbatim: true,
  };
}

function placeOf({ host, service }: LogSource): { host: string; service: string } {
  return { host: host.name, service };
}

/** Whoever asks for lines wants to know that there is nobody to write any. */
function demandSomething({ absent, failed }: FoundLogs, sources: readonly LogSource[]): void {
  const [first] = failed;
  const hosts = new Set(sources.map(({ host }) => host));
  if (first !== undefined && failed.length === hosts.size) {
    if (failed.length === 1) throw first;
    throw new ClusterError('HOSTS_FAILED', 'no host can be asked', {
      parts: failed,
      remedy: 'Bring one back, then run the same command again.',
    });
  }
  if (sources.length > 0 && (absent.length < sources.length || failed.length > 0)) return;
  const names = [...new Set(sources.map(({ service }) => service))];
  throw new ClusterError('CONTAINER_MISSING', `no container of ${names.join(', ')} is there`, {
    remedy: 'ci-cluster status shows the whole stack; ci-cluster init starts what is missing.',
  });
}

/** A controller is on one of the hosts where it may run; it is missing only if it is on none. */
function notesOf(found: FoundLogs, sources: readonly LogSource[]): readonly string[] {
  const { absent, cut, noise } = found;
  const isNowhere = ({ service }: LogSource): boolean =>
    sources.filter((source) => source.service === service).every((one) => absent.includes(one));
  const containers = absent.filter(({ kind }) => kind === 'container');
  const apps = absent.filter((source) => source.kind === 'app' && isNowhere(source));
  return [
    ...containers.map(({ host, service }) => `${host.name}: no container of ${service}`),
    ...new Set(apps.map(({ service }) => `${service}: runs on none of the hosts that were asked`)),
    ...cut.map(
      ({ host, service }) =>
        `${host.name} ${service}: older lines are left out; narrow it with --since or --grep`,
    ),
    ...noise,
  ];
}

function exitCodeFor({ failed }: FoundLogs): number {
  const codes = failed.map(exitCodeOf);
  const worse = codes.find((code) => code !== exitCodes.HOST_UNREACHABLE);
  return worse ?? codes[0] ?? 0;
}

async function follow(viewing: Viewing): Promise<Result> {
  const { sources, options, context } = viewing;
  const { ports, err } = context;
  const clean = cleaner(viewing);
  const show = shower(viewing);
  const line = (one: LogLine): void => {
    show(clean(one));
  };
  const note = (text: string): void => {
    if (!options.quiet) err(`· ${text}`);
  };
  await followLogs({ sources, range: rangeOf(options), ports, viewer: { line, note } });
  return { exitCode: exitCodes.INTERRUPTED, text: () => '', verbatim: true };
}

function cleaner({ spec, context }: Viewing): (line: LogLine) => LogLine {
  const mask = context.ports.maskOf(secretsOf(spec));
  return (line) => ({ ...line, text: mask(line.text) });
}

function shower({ sources, options, context }: Viewing): (line: LogLine) => void {
  const { out, terminal } = context;
  const { timestamps, format } = options;
  const paint = palette(terminal.colour && options.color);
  const text = format === 'ndjson' ? logLineJson : logFormat(sources, { paint, timestamps });
  return (line) => {
    out(text(line));
  };
}
