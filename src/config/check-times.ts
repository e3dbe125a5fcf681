import type { Check, Checked } from './check.ts';
import type { Fault } from './fault.ts';

export const checkTimes: Check = (checked) => [
  ...sessionFaults(checked, 'mesos'),
  ...sessionFaults(checked, 'marathon'),
  ...pingFaults(checked),
];

/**
 * A server grants 2 to 20 ticks, whatever the client asks for (minSessionTimeout and
 * maxSessionTimeout, ZooKeeper 3.9 administrator's guide); outside of them the file would say one
 * time and the cluster have another.
 */
function sessionFaults({ spec }: Checked, service: 'mesos' | 'marathon'): Fault[] {
  const session = spec[service].zookeeperSessionMs;
  const [min, max] = [2 * spec.zookeeper.tickTimeMs, 20 * spec.zookeeper.tickTimeMs];
  if (session >= min && session <= max) return [];
  const path = [service, 'zookeeperSession'];
  const message =
    `must be from ${inUnits(min)} to ${inUnits(max)} (2 to 20 times zookeeper.tickTime), ` +
    `not ${inUnits(session)}: ZooKeeper grants nothing else`;
  return [{ path, message, needs: [path, ['zookeeper', 'tickTime']] }];
}

/** Help text of the Mesos master 1.11, `--agent_ping_timeout`. */
function pingFaults({ spec: { mesos } }: Checked): Fault[] {
  const total = mesos.agentPingTimeoutMs * mesos.maxAgentPingTimeouts;
  if (total > mesos.zookeeperSessionMs) return [];
  const paths = ['agentPingTimeout', 'maxAgentPingTimeouts', 'zookeeperSession'].map((name) => [
    'mesos',
    name,
  ]);
  const message =
    `times mesos.maxAgentPingTimeouts is ${inUnits(total)}: must be more than ` +
    `mesos.zookeeperSession (${inUnits(mesos.zookeeperSessionMs)}), or agents register again needlessly`;
  return [{ path: ['mesos', 'agentPingTimeout'], message, needs: paths }];
}

function inUnits(ms: number): string {
  return ms % 1000 === 0 ? `${String(ms / 1000)}s` : `${String(ms)}ms`;
}
