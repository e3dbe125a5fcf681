import type { Host } from '../../config/cluster-spec.ts';
import { ClusterError } from '../../errors.ts';
import { probeMarathon } from '../../health/marathon.ts';
import { probeMasters } from '../../health/mesos.ts';
import { jsonOf } from '../../health/sight.ts';
import type { HttpAnswer, RemoteHost } from '../../ports.ts';
import type { Run } from '../run.ts';

/** A call that is ready to be made, from the host that it will be told with. */
export interface Call {
  readonly host: Pick<Host, 'name'>;
  /** True if something was changed. */
  readonly call: () => Promise<boolean>;
}

export interface Place {
  readonly run: Run;
  readonly host: Host;
  readonly remote: RemoteHost;
}

export const callDeadlineMs = 30_000;

/** The first of the hosts that is connected. */
export function connected(run: Run, hosts: readonly Host[]): Place {
  for (const host of hosts) {
    const remote = run.remotes.get(host.name);
    if (remote !== undefined) return { run, host, remote };
  }
  throw new Error('planned a call, but no host to make it from is connected');
}

/** The instance that leads; `purpose` completes "no Marathon leader …". */
export async function leadingMarathon(run: Run, purpose: string): Promise<Place> {
  const { leader } = await probeMarathon(run.sight);
  return leading(run, leader, `Marathon leader ${purpose}`);
}

export async function leadingMaster(run: Run, purpose: string): Promise<Place> {
  const { leader } = await probeMasters(run.sight);
  return leading(run, leader, `leading Mesos master ${purpose}`);
}

function leading(run: Run, leader: string | undefined, whom: string): Place {
  const place = run.spec.hosts.filter(({ name }) => name === leader);
  if (place.length > 0) return connected(run, place);
  throw new ClusterError('GATE_NOT_REACHED', `no ${whom}`, {
    remedy:
      'ci-cluster status shows the whole stack; run the same command again once there is a leader.',
  });
}

/** What a service said against it, on one line. */
export function complaint(answer: HttpAnswer): string {
  const json = jsonOf(answer);
  return `${answer.status} ${json === undefined ? answer.body.slice(0, 300) : JSON.stringify(json).slice(0, 600)}`;
}
