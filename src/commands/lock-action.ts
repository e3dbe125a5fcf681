import type { ClusterSpec } from '../config/cluster-spec.ts';
import { ClusterError, exitCodes } from '../errors.ts';
import type { Sight } from '../health/sight.ts';
import type { Ports } from '../ports.ts';
import { heldText, lockText, type HostState } from '../report/lock-text.ts';
import { connectAll } from '../run/connect.ts';
import { newRunId } from '../run/journal/run-id.ts';
import { newClaim } from '../run/lock/claim.ts';
import { readLock } from '../run/lock/lock-status.ts';
import { takeLocks, type Locks } from '../run/lock/locks.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export interface HoldOptions extends GlobalOptions {
  readonly reason: string;
  readonly skipUnreachable: boolean;
}

export async function lockStatus(options: GlobalOptions, context: CommandContext): Promise<void> {
  const { ports } = context;
  await runClusterCommand({
    name: 'lock status',
    options,
    context,
    work: async ({ spec, report }) => {
      const sight = await connectAll(spec, ports, report);
      const states = await Promise.all(spec.hosts.map(({ name }) => stateOf(name, sight, ports)));
      return {
        more: { hosts: states.map(documentOf) },
        exitCode: states.some(({ state }) => state === 'unreachable')
          ? exitCodes.HOST_UNREACHABLE
          : 0,
        text: (paint) => lockText(states, paint, context.terminal.columns),
      };
    },
  });
}

async function stateOf(host: string, sight: Sight, ports: Ports): Promise<HostState> {
  const remote = sight.remotes.get(host);
  if (remote === undefined)
    return { host, state: 'unreachable', claim: undefined, detail: sight.missing.get(host) ?? '' };
  try {
    return { host, ...(await readLock({ remote, ports })), detail: '' };
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code === 'INTERRUPTED') throw error;
    return { host, state: 'unreachable', claim: undefined, detail: error.message };
  }
}

function documentOf({ host, state, claim, detail }: HostState) {
  return { host, state, holder: claim ?? null, detail: detail === '' ? null : detail };
}

/** A change freeze: nobody else can change anything for as long as this command runs. */
export async function lockHold(options: HoldOptions, context: CommandContext): Promise<void> {
  const { ports } = context;
  await runClusterCommand({
    name: 'lock hold',
    options,
    context,
    work: async ({ spec, report }) => {
      const sight = await connectAll(spec, ports, report);
      refuseMissing(sight, options);
      const locks = await freeze(spec, sight, { options, ports });
      try {
        report({ kind: 'note', text: heldText(locks.hosts, options.reason) });
        throw await endOf(locks, ports.signal);
      } finally {
        await locks.release(true);
      }
    },
  });
}

function refuseMissing({ missing }: Sight, { skipUnreachable }: HoldOptions): void {
  const names = [...missing.keys()];
  if (names.length === 0 || skipUnreachable) return;
  throw new ClusterError('HOST_UNREACHABLE', `${names.join(', ')} cannot be reached and locked`, {
    evidence: [...missing.values()],
    remedy: 'Bring them back, or go on without them: --skip-unreachable.',
  });
}

async function freeze(
  { hosts }: ClusterSpec,
  { remotes }: Sight,
  { options, ports }: { readonly options: HoldOptions; readonly ports: Ports },
): Promise<Locks> {
  const reached = hosts.map(({ name }) => name).filter((name) => remotes.has(name));
  const claim = newClaim(ports, {
    ...{ run: newRunId(ports), command: 'lock hold', reason: options.reason },
  });
  return await takeLocks({ hosts: reached, remotes, ports, claim });
}

/** Settles with what ends the freeze: an interrupt, or the loss of a lock. */
function endOf({ lost, hosts }: Locks, interruption: AbortSignal): Promise<ClusterError> {
  return new Promise((resolve) => {
    const look = () => {
      if (lost.aborted) resolve(lost.reason as ClusterError);
      else if (interruption.aborted) resolve(released(hosts));
    };
    lost.addEventListener('abort', look);
    interruption.addEventListener('abort', look);
    look();
  });
}

function released(hosts: readonly string[]): ClusterError {
  return new ClusterError('INTERRUPTED', `the freeze of ${hosts.length} hosts is over`, {
    remedy: 'Changes are possible again.',
  });
}
