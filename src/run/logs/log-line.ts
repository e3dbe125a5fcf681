import type { LogSource } from './source.ts';

export interface LogLine {
  readonly source: LogSource;
  /** As Docker writes it, RFC 3339 in UTC with nanoseconds: as text in the order of time. */
  readonly at: string;
  readonly text: string;
}

export type Happening = 'absent' | 'started' | 'restarted' | 'replaced';

/** What one line of `remote/logs.sh` says. */
export type Message =
  | { readonly kind: 'line'; readonly line: LogLine }
  | { readonly kind: 'happened'; readonly source: LogSource; readonly what: Happening }
  /** Docker itself complains, or a login shell talks. */
  | { readonly kind: 'noise'; readonly text: string };

const happenings: readonly string[] = ['absent', 'started', 'restarted', 'replaced'];

/** `sources` are those of the host, in the order of the keys. */
export function parseMessage(text: string, sources: readonly LogSource[]): Message {
  const [, mark, key, rest = ''] = /^(!\t)?(\d+)\t(.*)$/su.exec(text) ?? [];
  const source = sources[Number(key)];
  if (source === undefined) return { kind: 'noise', text };
  if (mark !== undefined) {
    return happenings.includes(rest)
      ? { kind: 'happened', source, what: rest as Happening }
      : { kind: 'noise', text };
  }
  const [, at, line = ''] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ?(.*)$/su.exec(rest) ?? [];
  if (at === undefined) return { kind: 'noise', text: rest };
  return { kind: 'line', line: { source, at, text: line.replace(/\r$/, '') } };
}

export function byTime(one: LogLine, other: LogLine): number {
  if (one.at === other.at) return 0;
  return one.at < other.at ? -1 : 1;
}
