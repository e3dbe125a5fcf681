import type { Host } from '../../config/cluster-spec.ts';
import { ClusterError } from '../../errors.ts';
import type { Connector, RemoteHost } from '../../ports.ts';
import type { Recording } from '../recording.ts';
import type { Sample } from '../sample.ts';
import { watchFromInside, type Inside } from './inside.ts';
import type { ObserveOptions } from './observe.ts';

export interface InsideView {
  readonly sampler: Inside | undefined;
  readonly clocks: () => Recording['clocks'];
  readonly faults: () => readonly string[];
}

interface Means {
  readonly connector: Connector;
  readonly signal: AbortSignal;
  readonly write: (sample: Sample) => void;
}

/** The sampler on the host lives no longer than this after the drill, whatever happens to us. */
const graceMs = 300_000;

/** On the first host that can be reached and is no victim. Without one, nobody sees from inside. */
export async function startInside(options: ObserveOptions, means: Means): Promise<InsideView> {
  const { spec, ports, begin, plan } = options;
  const faults: string[] = [];
  const place = await firstReached(options, means, faults);
  if (place === undefined) {
    faults.push('nobody sees the cluster from inside: no host but the victims was reached');
    return { sampler: undefined, clocks: () => [], faults: () => faults };
  }
  const sampler = watchFromInside({
    ...{ spec, ports, begin, ...place, ...means },
    lifeMs: plan.observeMs + graceMs,
  });
  void sampler.ended.then((why) => {
    if (why !== undefined) faults.push(`the sampler on ${sampler.host}: ${why}`);
  });
  const clocks = () => sampler.offsets().map((offset) => ({ host: sampler.host, ...offset }));
  return { sampler, clocks, faults: () => faults };
}

interface Reached {
  readonly host: Host;
  readonly remote: RemoteHost;
}

async function firstReached(
  { spec, plan }: ObserveOptions,
  { connector, signal }: Means,
  faults: string[],
): Promise<Reached | undefined> {
  const victims = plan.victims.map(({ host }) => host);
  const others = spec.hosts.filter(({ name }) => !victims.includes(name));
  for (const host of others.toSorted((one, other) => weight(one) - weight(other))) {
    try {
      return { host, remote: await connector.connect(host.ssh, signal) };
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      faults.push(error.message);
    }
  }
  return undefined;
}

/** A host without servers of its own has the most even view of all of them. */
function weight({ roles }: Host): number {
  return roles.filter((role) => role !== 'mesos-agent' && role !== 'gateway').length;
}
