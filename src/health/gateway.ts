import { gatewayHosts } from '../cluster/members.ts';
import type { Host } from '../config/cluster-spec.ts';
import type { RemoteHost } from '../ports.ts';
import { worst, type Gateways, type Member } from './model.ts';
import { probeMovingAddress } from './moving-address.ts';
import { failed, probeDeadlineMs, unseen, whyNoAnswer, type Sight } from './sight.ts';

/** The gateways, and the address that moves between them where there is one. */
export async function probeEntrances(sight: Sight): Promise<Gateways> {
  const [gateways, movingAddress] = await Promise.all([
    probeGateways(sight),
    probeMovingAddress(sight),
  ]);
  if (movingAddress === undefined) return gateways;
  const { address, detail } = movingAddress;
  const state = worst([gateways.state, movingAddress.state]);
  const reasons = [gateways.reason, ...(detail === '' ? [] : [`${address}: ${detail}`])];
  const reason = reasons.filter((text) => text !== '').join('; ');
  return { ...gateways, state, movingAddress, reason };
}

/** Whether each gateway leads to a ready Mesos leader and to Marathon, seen from its own host. */
export async function probeGateways(sight: Sight): Promise<Gateways> {
  const members = await Promise.all(
    gatewayHosts(sight.spec).map((host) => probeGateway(sight, host)),
  );
  const bad = members.filter(({ state }) => state !== 'healthy');
  const open = members.filter(({ state, role }) => state === 'healthy' && role === 'gateway');
  const base = { members, canLose: Math.max(0, open.length - 1), movingAddress: undefined };
  if (bad.length === 0) return { ...base, state: 'healthy', reason: '' };
  const reason = `${bad.length} of ${members.length} do not lead through`;
  return { ...base, state: bad.length === members.length ? 'unhealthy' : 'degraded', reason };
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
