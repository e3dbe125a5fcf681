import { hostsWith } from '../cluster/members.ts';
import type { Host } from '../config/cluster-spec.ts';
import type { MovingAddress } from './model.ts';
import { failed, probeDeadlineMs, whyNoAnswer, type Sight } from './sight.ts';

/** Set by each gateway (templates/gateway/haproxy.cfg). */
const header = 'x-ci-cluster-gateway';

/** One look at the address from one host. */
interface View {
  readonly from: string;
  /** Name of the gateway that answered. */
  readonly holder: string | undefined;
  readonly fault: string;
}

/**
 * Who has the address that moves between the gateways. Asked from every gateway and from another host:
 * one that has the address sees itself, so two of them are found out.
 */
export async function probeMovingAddress(sight: Sight): Promise<MovingAddress | undefined> {
  const { entrance } = sight.spec.gateway;
  if (entrance.kind !== 'vip') return undefined;
  const { address } = entrance;
  const views = await Promise.all(viewpoints(sight).map((host) => viewFrom(sight, host, address)));
  return { address, ...judge(views.flatMap((view) => view ?? [])) };
}

function viewpoints({ spec, remotes }: Sight): readonly Host[] {
  const gateways = hostsWith(spec, 'gateway');
  const others = spec.hosts.filter((host) => !gateways.includes(host) && remotes.has(host.name));
  return [...gateways, ...others.slice(0, 1)];
}

async function viewFrom(
  { spec, remotes }: Sight,
  host: Host,
  address: string,
): Promise<View | undefined> {
  const port = spec.gateway.marathonPort;
  const request = { address, port, method: 'GET', path: '/ping' } as const;
  const answer = await remotes.get(host.name)?.http({ ...request, deadlineMs: probeDeadlineMs });
  if (answer === undefined) return undefined;
  if (failed(answer)) return { from: host.name, holder: undefined, fault: whyNoAnswer(answer) };
  const holder = answer.headers[header];
  const fault = holder === undefined ? `answers ${answer.status}, but is no gateway` : '';
  return { from: host.name, holder, fault };
}

function judge(views: readonly View[]): Omit<MovingAddress, 'address'> {
  const holders = [...new Set(views.flatMap(({ holder }) => holder ?? []))];
  const [holder] = holders;
  const [blind, ...more] = views.filter((view) => view.holder === undefined);
  if (views.length === 0) {
    return { holder: undefined, state: 'unknown', detail: 'no host could be asked' };
  }
  if (holder === undefined) {
    return { holder, state: 'unhealthy', detail: `no gateway has it: ${blind?.fault ?? ''}` };
  }
  if (holders.length > 1) {
    const detail = `${holders.join(' and ')} have it at once: they do not hear each other's VRRP`;
    return { holder: undefined, state: 'unhealthy', detail };
  }
  if (blind === undefined) return { holder, state: 'healthy', detail: '' };
  const alone = views.every((view) => view.holder === undefined || view.from === holder);
  const who = [blind, ...more].map(({ from }) => from).join(', ');
  const detail = `${holder} has it, but not reached from ${who}: ${blind.fault}`;
  return { holder, state: alone ? 'unhealthy' : 'degraded', detail };
}
