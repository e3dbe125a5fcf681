import { z } from 'zod';
import { ClusterError } from '../../errors.ts';
import type { ZookeeperSession } from '../../ports.ts';
import type { Seen } from '../sample.ts';
import type { MemberSession } from './member-session.ts';
import { hostAt, type Place, type Watch } from './place.ts';
import { leaderEveryMs, leaderMost, type Probe } from './probe.ts';

/** Who leads by the znodes of the elections, as one member has them. */
export function electedProbe(
  { spec }: Watch,
  { host, zookeeper: link }: Place,
  session: MemberSession,
): Probe {
  const { name } = host;
  const nothing = { probe: 'elected', host: name, mesos: undefined, marathon: undefined } as const;
  const contents = new Map<string, string>();
  const masters = spec.mesos.zookeeperPath;
  const latches = `${spec.marathon.zookeeperPath}/leader-curator`;
  const read = async (open: ZookeeperSession): Promise<Seen> => {
    const [mesos, marathon] = await Promise.all([
      firstIn(open, masters, { order: infoNumber, contents }),
      firstIn(open, latches, { order: latchNumber, contents }),
    ]);
    return {
      ...nothing,
      mesos: hostAt(spec, masterAddress(mesos)),
      marathon: hostAt(spec, marathon?.split(':')[0]),
    };
  };
  return {
    ...{ everyMs: leaderEveryMs, most: leaderMost },
    blind: (error) => ({ ...nothing, error }),
    look: async () => {
      const open = session.current();
      if (open === undefined) {
        const error = link.remote() === undefined ? 'not-connected' : 'no-session';
        return { ...nothing, error };
      }
      try {
        return await read(open);
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        session.drop(open);
        return { ...nothing, error: 'closed' };
      }
    },
  };
}

interface Candidates {
  readonly order: (name: string) => number | undefined;
  /** The content of a candidate never changes: read once. */
  readonly contents: Map<string, string>;
}

async function firstIn(
  session: ZookeeperSession,
  folder: string,
  { order, contents }: Candidates,
): Promise<string | undefined> {
  const first = firstOf(await session.children(folder), order);
  if (first === undefined) return undefined;
  const path = `${folder}/${first}`;
  const known = contents.get(path) ?? (await session.read(path));
  if (known !== undefined) contents.set(path, known);
  return known;
}

/** The candidate with the lowest number leads. */
export function firstOf(
  names: readonly string[],
  order: (name: string) => number | undefined,
): string | undefined {
  const numbered = names.flatMap((name) => {
    const number = order(name);
    return number === undefined ? [] : [{ name, number }];
  });
  return numbered.toSorted((one, other) => one.number - other.number)[0]?.name;
}

/** Mesos 1.12: `json.info_0000000002`. */
export function infoNumber(name: string): number | undefined {
  return numberIn(/^json\.info_(\d{10})$/.exec(name));
}

/** Curator's LeaderLatch: the number at the end counts, not the order of the names. */
export function latchNumber(name: string): number | undefined {
  return numberIn(/^_c_.+-latch-(\d{10})$/.exec(name));
}

function numberIn(found: RegExpExecArray | null): number | undefined {
  return found === null ? undefined : Number(found[1]);
}

const masterInfo = z.object({ address: z.object({ ip: z.string() }) });

function masterAddress(text: string | undefined): string | undefined {
  try {
    return masterInfo.safeParse(JSON.parse(text ?? '')).data?.address.ip;
  } catch {
    return undefined;
  }
}
