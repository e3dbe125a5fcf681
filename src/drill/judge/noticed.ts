import type { Moment } from '../judgement.ts';
import type { Ms, Sample, Seen } from '../sample.ts';
import { isBlind, untilOf, type Stream, type View } from './view.ts';

/** The first answer that is another than the one before the fault, whoever gave it. */
export function noticed(view: View, injectedAt: Ms): Moment {
  const all = view.streams.flatMap((stream) => firstChange(stream, injectedAt));
  const first = all.reduce<Moment | undefined>(
    (best, one) => (best === undefined || (one.at ?? 0) < (best.at ?? 0) ? one : best),
    undefined,
  );
  return first ?? { name: 'noticed', at: undefined, errorMs: undefined, detail: '' };
}

function firstChange({ samples, from, clockErrorMs }: Stream, injectedAt: Ms): Moment[] {
  const told = samples.filter((sample) => !isBlind(sample));
  const index = told.findIndex(({ at }) => at >= injectedAt);
  const before = told[index - 1];
  if (index < 1 || before === undefined) return [];
  const usual = essence(before.seen);
  const next = told.findIndex((one, place) => place >= index && essence(one.seen) !== usual);
  const found = told[next];
  if (found === undefined) return [];
  const at = found.at + found.tookMs;
  const detail = `${found.seen.probe} of ${found.seen.host} from ${from}: ${wordsFor(found)}`;
  const last = told[next - 1] ?? before;
  return [{ name: 'noticed', at, errorMs: Math.max(0, at - untilOf(last)) + clockErrorMs, detail }];
}

/** What does not differ from sample to sample while all is well. */
function essence(seen: Seen): string {
  switch (seen.probe) {
    case 'zookeeper':
      return JSON.stringify([seen.mode, seen.error]);
    case 'write':
      return String(seen.acknowledged);
    case 'mesos-state':
      return JSON.stringify([seen.agents, seen.frameworks, seen.error]);
    case 'apps':
      return String(seen.error);
    default:
      return JSON.stringify(seen);
  }
}

function wordsFor({ seen }: Sample): string {
  if (seen.error !== undefined) return seen.error;
  if (seen.probe === 'zookeeper') return seen.mode ?? 'no mode';
  if (seen.probe === 'mesos' || seen.probe === 'jenkins') return `answers ${seen.status ?? '?'}`;
  if (seen.probe === 'marathon') return `leader ${seen.leader ?? 'unknown'}`;
  return 'another answer';
}
