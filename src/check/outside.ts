import pLimit from 'p-limit';
import { controlPorts } from '../cluster/control-ports.ts';
import type { ClusterSpec } from '../config/cluster-spec.ts';
import type { Ports } from '../ports.ts';

/** By host, the control ports that this machine could connect to directly. */
export interface Outside {
  readonly reached: ReadonlyMap<string, readonly number[]>;
  /** How many were tried of each. */
  readonly tried: ReadonlyMap<string, number>;
}

const deadlineMs = 2000;
const atOnce = 100;

/** Tries the control ports of every host from here, without SSH; `isOpen` says which of them listen. */
export async function tryFromHere(
  spec: ClusterSpec,
  { dial }: Pick<Ports, 'dial'>,
  isOpen: (host: string, port: number) => boolean,
): Promise<Outside | undefined> {
  if (dial === undefined) return undefined;
  const limit = pLimit(atOnce);
  const rows = await Promise.all(
    spec.hosts.map(async (host) => {
      // SSH is how we come in; a port that nothing has proves nothing.
      const ports = controlPorts(spec, host).filter(
        (port) => port !== host.ssh.port && isOpen(host.name, port),
      );
      const tries = ports.map((port) =>
        limit(async () =>
          (await dial({ address: host.address, port }, deadlineMs)) ? [port] : [],
        ),
      );
      return { host: host.name, tried: ports.length, reached: (await Promise.all(tries)).flat() };
    }),
  );
  return {
    reached: new Map(rows.map(({ host, reached }) => [host, reached])),
    tried: new Map(rows.map(({ host, tried }) => [host, tried])),
  };
}
