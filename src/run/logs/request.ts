import type { Argv } from '../../ports.ts';
import type { LogSource } from './source.ts';

/** Which lines are wanted. */
export interface LogRange {
  /** Newest lines of each source, before `text` is looked for. */
  readonly tail: number | 'all';
  /** As `docker logs --since` takes it: `10m`, or a time. Undefined: from the beginning. */
  readonly since: string | undefined;
  /** Only lines with this text in them. */
  readonly text: string | undefined;
}

export interface LogRequest extends LogRange {
  readonly mode: 'once' | 'follow';
  /** Of one host. */
  readonly sources: readonly LogSource[];
  /** Most that a source may answer with; the newest is kept. */
  readonly limitBytes: number;
  /** Where the line of a source was left, instead of `since`. */
  readonly from?: ReadonlyMap<LogSource, string>;
}

/** The script is an argument: standard input is for telling it to end. */
export function logsCommand(request: LogRequest, script: string): Argv {
  const { mode, sources, limitBytes, tail, since = '', text = '', from } = request;
  return [
    ...(['sh', '-c', 'script=$1; shift; eval "$script"', 'sh', script] as const),
    ...[mode, String(tail), String(limitBytes), text],
    ...sources.flatMap((source, index) => [
      ...[String(index), source.kind, source.name],
      from?.get(source) ?? since,
    ]),
  ];
}

export const logsScript = 'remote/logs.sh';

/** Undefined if the text is none that Docker understands. */
export function isSince(text: string): boolean {
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text);
  return isTime || /^(\d{1,6}h)?(\d{1,6}m)?(\d{1,7}s)?$/.test(text);
}
