import type { JenkinsController } from '../../config/cluster-spec.ts';
import { faultIn, type Place, type Watch } from './place.ts';
import { lookMs, stateEveryMs, type Probe } from './probe.ts';

/** What people see: the login page, through one gateway. */
export function jenkinsProbe(
  { host, services: link }: Place,
  { name, gatewayPort: port }: JenkinsController,
): Probe {
  const nothing = {
    ...({ probe: 'jenkins', host: host.name, controller: name } as const),
    status: undefined,
  };
  const request = { address: '127.0.0.1', port, method: 'GET', path: '/login' } as const;
  return {
    ...{ everyMs: stateEveryMs, most: 2 },
    blind: (error) => ({ ...nothing, error }),
    look: async () => {
      const answer = await link.ask((remote) => remote.http({ ...request, deadlineMs: lookMs }));
      if (answer === undefined || 'failure' in answer)
        return { ...nothing, error: faultIn(answer) };
      return { ...nothing, status: answer.status, error: undefined };
    },
  };
}

/** Whether the gateway itself answers, even if nobody behind it does. */
export function gatewayProbe({ spec }: Watch, { host, services: link }: Place): Probe {
  const { name } = host;
  const endpoint = { address: '127.0.0.1', port: spec.gateway.marathonPort };
  return {
    ...{ everyMs: stateEveryMs, most: 2 },
    blind: (error) => ({ probe: 'gateway', host: name, open: false, error }),
    look: async () => {
      // No request at all: HAProxy answers 400 by itself (2.6).
      const answer = await link.ask((remote) => remote.exchange(endpoint, 'x\r\n\r\n', lookMs));
      const error = faultIn(answer);
      return { probe: 'gateway', host: name, open: error === undefined, error };
    },
  };
}
