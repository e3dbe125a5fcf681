import { readFile } from 'node:fs/promises';
import { ClusterError } from '../errors.ts';
import type { Connector, RemoteHost } from '../ports.ts';
import { exchangeOver } from './exchange.ts';
import { cacheByFile } from './file-cache.ts';
import { codeOf, whyUnreadable } from './files.ts';
import { httpOver } from './http.ts';
import { localHost } from './local-host.ts';
import { readPrivateKey } from './ssh/key-file.ts';
import { parseKnownHosts } from './ssh/known-hosts.ts';
import type { KnownHosts } from './ssh/known-hosts.ts';
import { leaseSession } from './ssh/open.ts';
import type { Commons, Opened } from './ssh/open.ts';
import { Pool } from './ssh/pool.ts';
import type { Lease } from './ssh/pool.ts';
import { runOverSsh } from './ssh/run.ts';
import { createSlots } from './ssh/slots.ts';
import { defaultTiming } from './ssh/timing.ts';
import type { SshTiming } from './ssh/timing.ts';
import { openZookeeper } from './zookeeper.ts';

export interface ConnectorOptions {
  /** Instead of the defaults; for tests. */
  readonly timing?: Partial<SshTiming>;
  /** Between 0 and 1. */
  readonly random?: () => number;
}

/**
 * Connects to hosts: one connection each, shared by all who use the host at the same time, closed
 * with the last of them. A host whose address is `localhost` is this machine, without SSH.
 */
export function createConnector(options: ConnectorOptions = {}): Connector {
  const timing = { ...defaultTiming, ...options.timing };
  const commons: Commons = {
    timing,
    random: options.random ?? Math.random,
    starts: createSlots(timing.startsAtOnce),
    privateKey: cacheByFile(readPrivateKey),
    knownHosts: cacheByFile(readKnownHosts),
    pool: new Pool(),
  };
  return connectorOf(commons);
}

function connectorOf(commons: Commons): Connector {
  const { timing } = commons;
  return {
    connect: async (target, signal) => {
      if (target.address === 'localhost') return localHost(target.host, timing);
      return remoteHost(await leaseSession(commons, target, signal));
    },
    apart: () => connectorOf({ ...commons, pool: new Pool() }),
    [Symbol.asyncDispose]: () => commons.pool.closeAll(),
  };
}

function remoteHost({ item, end }: Lease<Opened>): RemoteHost {
  const { session } = item;
  const { dial } = session;
  const name = session.target.host;
  return {
    name,
    run: (argv, options) => runOverSsh(session, argv, options),
    http: (request) => httpOver(dial, request),
    exchange: (endpoint, payload, deadlineMs) =>
      exchangeOver(dial, { ...endpoint, payload, deadlineMs }),
    zookeeper: (endpoint, deadlineMs) =>
      openZookeeper(dial, { ...endpoint, host: name, deadlineMs }),
    [Symbol.asyncDispose]: end,
  };
}

/** A file that is not there yet knows no host. */
async function readKnownHosts(path: string): Promise<KnownHosts> {
  try {
    return parseKnownHosts(await readFile(path, 'utf8'));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return parseKnownHosts('');
    throw new ClusterError('CONFIG_UNREADABLE', `cannot read ${path}: ${whyUnreadable(cause)}`, {
      remedy: `Look at it with "ls -ld ${path}", or name another knownHostsFile in the cluster file.`,
      cause,
    });
  }
}
