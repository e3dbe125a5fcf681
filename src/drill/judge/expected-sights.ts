import type { Baseline } from '../recording.ts';
import type { ProbeName } from '../sample.ts';
import { streamsBy, type Stream, type View } from './view.ts';

/** Something that had to be seen all the time, and the streams that could see it. */
export interface Sight {
  readonly probe: ProbeName;
  readonly from: string;
  readonly title: string;
  /** Empty: nobody looked at all. */
  readonly streams: readonly Stream[];
}

/** Who reaches the victim while the fault lasts is not known; all others have to be seen. */
export function expectedSights(view: View): readonly Sight[] {
  const { baseline } = view;
  if (baseline === undefined) return [];
  const vantages = ['operator', ...insideOf(view, baseline)];
  return [
    ...vantages.flatMap((from) => [
      ...members(view, 'zookeeper', from),
      ...members(view, 'mesos', from),
      ...members(view, 'marathon', from),
    ]),
    ...anyOf(view, 'write', baseline.members.zookeeper),
    ...anyOf(view, 'mesos-state', baseline.members.mesos),
    ...anyOf(view, 'apps', baseline.apps),
    ...baseline.controllers.map((name) => pages(view, name)),
  ];
}

/** One host at least that is no victim has to look, too; where all are victims nobody can. */
function insideOf({ streams, victims }: View, { members: all }: Baseline): readonly string[] {
  const hosts = [...all.zookeeper, ...all.mesos, ...all.marathon];
  const isPossible = hosts.some((host) => !victims.has(host));
  const seen = [...new Set(streams.map(({ from }) => from))].filter((one) => one !== 'operator');
  return seen.length === 0 && isPossible ? ['a host of the cluster'] : seen;
}

function members(
  view: View,
  probe: 'zookeeper' | 'mesos' | 'marathon',
  from: string,
): readonly Sight[] {
  const hosts = view.baseline?.members[probe] ?? [];
  return hosts
    .filter((host) => !view.victims.has(host))
    .map((host) => {
      const own = streamsBy(view, probe).filter((one) => one.from === from && one.host === host);
      return { probe, from, title: `${probe} of ${host} from ${from}`, streams: own };
    });
}

function anyOf(view: View, probe: ProbeName, needs: readonly string[]): readonly Sight[] {
  if (needs.length === 0) return [];
  return [{ probe, from: 'operator', title: probe, streams: streamsBy(view, probe) }];
}

function pages(view: View, name: string): Sight {
  const streams = streamsBy(view, 'jenkins').filter(({ samples }) =>
    samples.some(({ seen }) => seen.probe === 'jenkins' && seen.controller === name),
  );
  return { probe: 'jenkins', from: 'operator', title: `the login page of ${name}`, streams };
}
