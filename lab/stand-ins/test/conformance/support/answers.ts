import { call } from '../../../src/shared/http-client.ts';
import { compare, type Comparison } from './compare.ts';
import type { RecordedAnswer } from './recorded.ts';
import { tallyFor } from './tally.ts';

/** Texts of this run in place of those of the recording: ids of agents and frameworks. */
export type Names = ReadonlyMap<string, string>;

/** Asks what was asked, compares what came; the result lists differences that nobody explains. */
export async function replayAnswer(
  url: string,
  recorded: RecordedAnswer,
  options: { readonly names?: Names; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<string[]> {
  const { method, path, body, headers } = recorded.request;
  const reply = await call(`${url}${path}`, {
    method,
    headers: { ...headers, ...options.headers },
    ...(body === undefined ? {} : { body: renamed(body, options.names) }),
  });
  const ours = {
    status: reply.status,
    headers: Object.fromEntries(
      Object.keys(recorded.headers ?? {}).map((name) => [name, withoutPort(reply.headers[name])]),
    ),
  };
  const real = {
    status: recorded.status,
    headers: Object.fromEntries(
      Object.entries(recorded.headers ?? {}).map(([name, value]) => [name, withoutPort(value)]),
    ),
  };
  const head = compare(real, ours, 'HTTP ');
  return tallyFor(recorded.name).add(
    recorded.name,
    sum(head, answerOf(recorded, reply.body, options.names)),
  );
}

function answerOf({ answer, partial }: RecordedAnswer, body: string, names?: Names): Comparison {
  if (answer === undefined) return { keys: 0, covered: 0, differences: [] };
  if (typeof answer === 'string') return compare({ text: renamed(answer, names) }, { text: body });
  const ours = isJson(body) ? (JSON.parse(body) as unknown) : body;
  return compare(answer, partial === true ? onlyKeysOf(answer, ours) : ours);
}

function isJson(text: string): boolean {
  return /^[{[]/.test(text);
}

function onlyKeysOf(real: unknown, ours: unknown): unknown {
  if (typeof ours !== 'object' || ours === null) return ours;
  return Object.fromEntries(Object.entries(ours).filter(([key]) => key in (real as object)));
}

function sum(a: Comparison, b: Comparison): Comparison {
  return {
    keys: a.keys + b.keys,
    covered: a.covered + b.covered,
    differences: [...a.differences, ...b.differences],
  };
}

/** `//127.0.0.1:5151/master/state`: the port is this test's own. */
function withoutPort(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/^(\/\/[^:/]+):\d+/, '$1') : value;
}

export function renamed(text: string, names: Names = new Map()): string {
  // Ids contain each other: the longest first.
  const longest = [...names].sort(([a], [b]) => b.length - a.length);
  return longest.reduce((all, [from, to]) => all.replaceAll(from, to), text);
}
