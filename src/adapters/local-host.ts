import type { Argv, Ran, RemoteHost, RunOptions } from '../ports.ts';
import { asRoot, behindSudo } from './elevated.ts';
import { exchangeOver } from './exchange.ts';
import { httpOver } from './http.ts';
import { interrupted } from './interrupted.ts';
import { dialLocally } from './local-dial.ts';
import { startHere } from './local-process.ts';
import { defaultManners, nameOf, supervise } from './supervise.ts';
import type { Manners } from './supervise.ts';
import { openZookeeper } from './zookeeper.ts';

/** This machine, as one of the cluster's hosts. */
export function localHost(name: string, manners: Manners = defaultManners): RemoteHost {
  return {
    name,
    run: (argv, options) => runOnHost(name, argv, { ...options, manners }),
    http: (request) => httpOver(dialLocally, request),
    exchange: (endpoint, payload, deadlineMs) =>
      exchangeOver(dialLocally, { ...endpoint, payload, deadlineMs }),
    zookeeper: (endpoint, deadlineMs) =>
      openZookeeper(dialLocally, { ...endpoint, host: name, deadlineMs }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

type HostRunOptions = RunOptions & { readonly manners: Manners };

async function runOnHost(host: string, command: Argv, options: HostRunOptions): Promise<Ran> {
  if (options.signal?.aborted === true) throw interrupted(`before ${nameOf(command)}`, host);
  const isElevated = options.asRoot === true && process.getuid?.() !== 0;
  const started = await startHere(isElevated ? asRoot(command) : command);
  const ran = await supervise(started, {
    argv: command,
    place: host,
    host,
    options,
    remainingMs: options.deadlineMs,
    manners: options.manners,
  });
  const user = process.env['USER'] ?? 'this user';
  return isElevated ? behindSudo(ran, command, { host, user }) : ran;
}
