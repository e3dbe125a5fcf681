import { gatewayHosts } from '../cluster/members.ts';
import type { Host } from '../config/cluster-spec.ts';
import type { RemoteHost } from '../ports.ts';
import type { Gateways, Member } from './model.ts';
import { failed, probeDeadlineMs, unseen, whyNoAnswer, type Sight } from './sight.ts';

/** Whether each gateway leads to a ready Mesos leader and to Marathon, seen from its own host. */
export async function probeGateways(sight: Sight): Promise<Gateways> {
  const members = await Promise.all(
    gatewayHosts(sight.spec).map((host) => probeGateway(sight, host)),
  );
  const bad = members.filter(({ state }) => state !== 'healthy');
  if (bad.length === 0) return { state: 'healthy', members, reason: '' };
  const reason = `${bad.length} of ${members.length} do not lead through`;
  return { state: bad.length === members.length ? 'unhealthy' : 'degraded', members, reason };
}

async function probeGateway(sight: Sight, host: Host): Promise<Member> {
  const remote = sight.remotes.get(host.name);
  if (remote === undefined) return unseen(sight, host);
  const faults = [
    ...(await fault('Mesos', mesosThrough(sight, remote))),
    ...(await fault('Marathon', marathonThrough(sight, remote))),
  ];
  const role = host.roles.includes('gateway') ? 'gateway' : 'loopback';
  const state = faults.length === 0 ? 'healthy' : 'unhealthy';
  return { host: host.name, state, role, detail: faults.join('; ') };
}

type Attempt = ReturnType<RemoteHost['http']>;

async function fault(name: string, attempt: Attempt): Promise<string[]> {
  const answer = await attempt;
  if (failed(answer)) return [`${name}: ${whyNoAnswer(answer)}`];
  if (answer.status === 200) return [];
  return [
    answer.status === 503
      ? `${name}: no server behind it is ready`
      : `${name}: answers ${answer.status}`,
  ];
}

function mesosThrough({ spec }: Sight, remote: RemoteHost): Attempt {
  return remote.http({
    address: '127.0.0.1',
    port: spec.gateway.mesosPort,
    method: 'POST',
    path: '/api/v1',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: '{"type":"GET_HEALTH"}',
    deadlineMs: probeDeadlineMs,
  });
}

function marathonThrough({ spec }: Sight, remote: RemoteHost): Attempt {
  const port = spec.gateway.marathonPort;
  const request = { address: '127.0.0.1', port, method: 'GET', path: '/ping' } as const;
  return remote.http({ ...request, deadlineMs: probeDeadlineMs });
}
