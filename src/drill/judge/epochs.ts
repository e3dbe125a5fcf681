import type { Invariant } from '../judgement.ts';
import { isClaim } from './claims.ts';
import { streamsBy, type SampleOf, type Stream, type View, isBy } from './view.ts';

const name = 'ZooKeeper epochs only grow, with one leader each';

/** A member that goes back to an earlier epoch has forgotten writes; two leaders of one are two ensembles. */
export function epochsGrow(view: View): Invariant {
  const streams = streamsBy(view, 'zookeeper');
  const back = streams.flatMap(stepsBack)[0];
  if (back !== undefined) return { name, holds: false, detail: back };
  const shared = sharedEpoch(streams);
  if (shared !== undefined) return { name, holds: false, detail: shared };
  const seen = streams.flatMap(epochsIn);
  if (seen.length === 0) return { name, holds: undefined, detail: 'no member told its epoch' };
  const { first, last } = seen.reduce(
    ({ first: least, last: most }, { epoch }) => ({
      first: Math.min(least, epoch),
      last: Math.max(most, epoch),
    }),
    { first: Infinity, last: 0 },
  );
  return { name, holds: true, detail: first === last ? `${last}` : `${first} to ${last}` };
}

interface Told {
  readonly epoch: number;
  readonly sample: SampleOf<'zookeeper'>;
}

/** A follower shows zxid 0 from an election until the first write after it (3.8). */
function epochsIn({ samples }: Stream): readonly Told[] {
  return samples.flatMap((sample) => {
    const { seen } = sample;
    if (!isBy(seen, 'zookeeper') || seen.epoch === undefined || !(seen.epoch > 0)) return [];
    return [{ epoch: seen.epoch, sample: { ...sample, seen } }];
  });
}

function stepsBack(stream: Stream): readonly string[] {
  const told = epochsIn(stream);
  return told.flatMap(({ epoch }, index) => {
    const before = told[index - 1]?.epoch ?? 0;
    return epoch < before ? [`${stream.host} went back from epoch ${before} to ${epoch}`] : [];
  });
}

function sharedEpoch(streams: readonly Stream[]): string | undefined {
  const leaders = new Map<number, string>();
  for (const { epoch, sample } of streams.flatMap(epochsIn)) {
    if (!isClaim(sample.seen)) continue;
    const known = leaders.get(epoch) ?? sample.seen.host;
    if (known !== sample.seen.host)
      return `${known} and ${sample.seen.host} both led epoch ${epoch}`;
    leaders.set(epoch, known);
  }
  return undefined;
}
