import type { ClusterSpec } from '../../src/config/cluster-spec.ts';
import type { Sight } from '../../src/health/sight.ts';
import type { HttpAnswer, HttpRequest, NoAnswer } from '../../src/ports.ts';
import { specOf } from './cluster-file.ts';
import { fakeHost, type FakeService } from './fake-host.ts';

/** Services by `host:port` (their service address) or `host/port` (loopback of the host). */
export type Seen = Readonly<Record<string, FakeService>>;

/** Hosts with nothing but these services; hosts in `missing` could not be reached. */
export async function sightOf(
  seen: Seen,
  { spec, missing = [] }: { readonly spec?: ClusterSpec; readonly missing?: string[] } = {},
): Promise<Sight> {
  const ofFile = spec ?? (await specOf());
  const remotes = ofFile.hosts
    .filter(({ name }) => !missing.includes(name))
    .map(({ name, address }) => {
      const services = Object.entries(seen).flatMap(([place, service]) => {
        const [, host, sign, port] = /^(\w+)([:/])(\d+)$/.exec(place) ?? [];
        if (host !== name) return [];
        return [[`${sign === '/' ? '127.0.0.1' : address}:${port ?? ''}`, service] as const];
      });
      return [name, fakeHost({ name, services: Object.fromEntries(services) })] as const;
    });
  return {
    spec: ofFile,
    remotes: new Map(remotes),
    missing: new Map(missing.map((name) => [name, `cannot reach ${name}`])),
  };
}

export type Answer = Partial<HttpAnswer> | NoAnswer;

/** The same answer to every request, or by path without its query. */
export function http(answers: Answer | Readonly<Record<string, Answer>>): FakeService {
  const isOne = 'status' in answers || 'failure' in answers || 'body' in answers;
  return {
    http: ({ path }: HttpRequest) =>
      isOne
        ? answers
        : ((answers as Record<string, Answer>)[path.split('?')[0] ?? ''] ?? { status: 404 }),
  };
}

export function words(answers: Readonly<Record<string, string | NoAnswer>>): FakeService {
  return { words: (word) => answers[word] ?? '' };
}

export const timeout: NoAnswer = { failure: 'timeout', detail: 'no answer' };

export function jsonBody(body: unknown): Answer {
  return { status: 200, body: JSON.stringify(body) };
}
