import { z } from 'zod';
import { readLeader } from '../../health/operator-api.ts';
import { ask, failed, jsonOf, placeOf, probeDeadlineMs, type Sight } from '../../health/sight.ts';
import type { Scene } from './scene.ts';

interface Asked {
  readonly sight: Sight;
  readonly leaders: Scene['leaders'];
  /** Seconds since 1970 on a host: only its own clock tells how long ago its times are. */
  readonly wallOn: (host: string) => number | undefined;
}

/** How long each leader has led, as it says itself. */
export async function leadingTimes(asked: Asked): Promise<Scene['leadingMs']> {
  const [zookeeper, mesos, marathon] = await Promise.all([
    zookeeperTime(asked),
    mesosTime(asked),
    marathonTime(asked),
  ]);
  return { zookeeper, mesos, marathon };
}

/** `mntr`: a leader has its time in office (3.6+), a lone member that of its process. */
async function zookeeperTime({ sight, leaders }: Asked): Promise<number | undefined> {
  const place = placeOf(sight, leaders.zookeeper);
  if (place === undefined) return undefined;
  const endpoint = { address: place.host.address, port: sight.spec.zookeeper.clientPort };
  const answer = await place.remote.exchange(endpoint, 'mntr', probeDeadlineMs);
  if (failed(answer)) return undefined;
  const told =
    /^zk_leader_uptime\t(\d+)/m.exec(answer) ?? /^zk_uptime\t(\d+)/m.exec(answer) ?? undefined;
  return told && Number(told[1]);
}

const masterAnswer = z.object({ get_master: z.object({ elected_time: z.number() }) });

async function mesosTime({ sight, leaders, wallOn }: Asked): Promise<number | undefined> {
  const told = masterAnswer.safeParse(await readLeader(sight, leaders.mesos, 'GET_MASTER')).data;
  const now = wallOn(leaders.mesos ?? '');
  if (told === undefined || now === undefined) return undefined;
  return Math.max(0, (now - told.get_master.elected_time) * 1000);
}

const durationGauge = 'marathon.leadership.duration.gauge.seconds';
const metricsAnswer = z.object({
  gauges: z.object({ [durationGauge]: z.object({ value: z.number() }) }),
});

async function marathonTime({ sight, leaders }: Asked): Promise<number | undefined> {
  const place = placeOf(sight, leaders.marathon);
  if (place === undefined) return undefined;
  const port = sight.spec.marathon.port;
  const answer = await ask(place.remote, place.host, { method: 'GET', path: '/metrics', port });
  if (failed(answer) || answer.status !== 200) return undefined;
  const told = metricsAnswer.safeParse(jsonOf(answer)).data?.gauges[durationGauge].value;
  return told === undefined ? undefined : told * 1000;
}
