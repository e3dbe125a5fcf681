import { z } from 'zod';
import { ClusterError } from '../../errors.ts';
import type { Sight } from '../../health/sight.ts';
import type { Ports, RemoteHost } from '../../ports.ts';
import { recordFolder } from '../lock/claim.ts';

/** What hosts tell of a run, also of one from another workstation. */
export interface HostRun {
  readonly id: string;
  readonly began: string | undefined;
  readonly owner: string | undefined;
  readonly command: string | undefined;
  readonly hosts: readonly HostPart[];
}

export interface HostPart {
  readonly host: string;
  /** `gone`: whoever ran it vanished. `open`: no end is on record, it still runs or died with the host. */
  readonly end: 'done' | 'failed' | 'gone' | 'open';
  /** Steps that changed something. */
  readonly changed: readonly string[];
  /** Begun, without an end on record. */
  readonly underway: readonly string[];
}

const holder = z.object({ owner: z.string(), command: z.string() });

const lines = z.object({
  at: z.string(),
  run: z.string(),
  event: z.enum(['begin', 'end', 'intent', 'changed', 'unchanged', 'failed']),
  holder: holder.optional(),
  result: z.enum(['done', 'failed', 'gone']).optional(),
  step: z.string().nullish(),
});

type HostLine = z.infer<typeof lines> & { readonly host: string };

const deadlineMs = 30_000;

/** The newest last. Hosts that are not reached are left out. */
export async function readHostRuns(sight: Sight, ports: Ports): Promise<readonly HostRun[]> {
  const found = await Promise.all(
    [...sight.remotes.values()].map((remote) => readLines(remote, ports)),
  );
  const byRun = groupedBy(found.flat(), ({ run }) => run);
  return [...byRun]
    .map(([id, own]) => hostRun(id, own))
    .sort((left, right) => (left.id < right.id ? -1 : 1));
}

async function readLines(remote: RemoteHost, ports: Ports): Promise<readonly HostLine[]> {
  const path = `${recordFolder}/journal.ndjson`;
  try {
    const { stdout } = await remote.run(['tail', '-n', '3000', '--', path], {
      deadlineMs,
      signal: ports.signal,
      asRoot: true,
    });
    return stdout.split('\n').flatMap((text) => parseLine(text, remote.name));
  } catch (error) {
    if (error instanceof ClusterError && error.code !== 'INTERRUPTED') return [];
    throw error;
  }
}

/** Nothing for a line that was torn or is of a later version. */
function parseLine(text: string, host: string): readonly HostLine[] {
  try {
    const line = lines.safeParse(JSON.parse(text)).data;
    return line === undefined ? [] : [{ ...line, host }];
  } catch {
    return [];
  }
}

function hostRun(id: string, own: readonly HostLine[]): HostRun {
  const begin = own.find(({ event }) => event === 'begin');
  const byHost = groupedBy(own, ({ host }) => host);
  return {
    id,
    began: begin?.at,
    owner: begin?.holder?.owner,
    command: begin?.holder?.command,
    hosts: [...byHost].map(([host, part]) => hostPart(host, part)),
  };
}

function hostPart(host: string, own: readonly HostLine[]): HostPart {
  const last = new Map(own.flatMap(({ step, event }) => (step ? [[step, event] as const] : [])));
  const stepsIn = (state: HostLine['event']) =>
    [...last].filter(([, event]) => event === state).map(([step]) => step);
  const end = own.findLast(({ event }) => event === 'end');
  return {
    host,
    end: end?.result ?? 'open',
    changed: stepsIn('changed'),
    underway: stepsIn('intent'),
  };
}

function groupedBy(
  all: readonly HostLine[],
  keyOf: (line: HostLine) => string,
): ReadonlyMap<string, readonly HostLine[]> {
  const groups = new Map<string, HostLine[]>();
  for (const line of all) {
    const group = groups.get(keyOf(line)) ?? [];
    group.push(line);
    groups.set(keyOf(line), group);
  }
  return groups;
}
