import { operatorCall } from '../../health/operator-api.ts';
import type { Seen } from '../sample.ts';
import { faultIn, type Place, type Watch } from './place.ts';
import { leaderEveryMs, leaderMost, lookMs, type Probe } from './probe.ts';

/** `POST /api/v1`: 200 leads, 307 stands by, 503 has no leader or is not ready yet (1.12). */
export function mesosProbe(watch: Watch, { host, mesos: link }: Place): Probe {
  const nothing = { probe: 'mesos', host: host.name, status: undefined } as const;
  const call = operatorCall(watch, 'GET_HEALTH');
  const request = { ...call, address: host.address, deadlineMs: lookMs };
  return {
    ...{ everyMs: leaderEveryMs, most: leaderMost },
    blind: (error) => ({ ...nothing, error }),
    look: async (): Promise<Seen> => {
      const answer = await link.ask((remote) => remote.http(request));
      if (answer === undefined || 'failure' in answer)
        return { ...nothing, error: faultIn(answer) };
      if (answer.status === 200) watch.leaders.seen('mesos', host.name);
      return { ...nothing, status: answer.status, error: undefined };
    },
  };
}
