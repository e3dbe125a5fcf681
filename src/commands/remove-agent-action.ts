import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import { removeAgentHost } from '../config/edit-cluster-file.ts';
import { loadCluster } from '../config/load-cluster.ts';
import { ClusterError } from '../errors.ts';
import { readReserved } from '../health/reserved.ts';
import { refuseSmallPool } from '../plan/pool-load.ts';
import { refuseBound, removeAgents } from '../plan/remove-agents.ts';
import type { Plan } from '../plan/step.ts';
import { healthText } from '../report/health-text.ts';
import type { Palette } from '../report/palette.ts';
import { carryOut, newRecord, type ChangeRecord, type Order } from '../run/engine.ts';
import type { Look } from '../run/look.ts';
import { unreachableHosts } from '../run/refuse.ts';
import { recoveryLink } from '../services/mesos-agent.ts';
import { isolationUnit } from '../services/isolation.ts';
import { runClusterCommand } from './cluster-command.ts';
import { confirmed } from './confirmed.ts';
import type { CommandContext } from './context.ts';
import { emptyingWords } from './emptying-options.ts';
import type { GlobalOptions } from './options.ts';
import { unknownName } from './unknown-name.ts';

export interface RemoveOptions extends GlobalOptions {
  readonly drainTimeout: number;
  readonly killBuilds: boolean;
  readonly purge: boolean;
  readonly confirm?: string;
  readonly skipUnreachable: boolean;
}

interface Removal {
  readonly names: readonly string[];
  readonly spec: ClusterSpec;
  readonly next: ClusterSpec;
  readonly options: RemoveOptions;
  readonly context: CommandContext;
}

export async function removeAgent(
  words: readonly string[],
  options: RemoveOptions,
  context: CommandContext,
): Promise<void> {
  const { ports } = context;
  const record = newRecord();
  const names = [...new Set(words)];
  const left: string[] = [];
  const begin = ports.clock.now();
  const more = () => ({
    ...{ hosts: names, purged: options.purge, left },
    changed: record.changes.length,
    steps: record.changes,
    run: record.run ?? null,
    elapsedMs: Math.round(ports.clock.now() - begin),
  });
  await runClusterCommand({
    name: 'remove-agent',
    options,
    context,
    onFailure: () => ({ health: record.health, more: more() }),
    work: async ({ spec, report }) => {
      refuseNames(spec, names, options);
      refuseBound(spec, names);
      const next = await withoutThem(names, options, context);
      const removal = { names, spec, next, options, context };
      await carryOut({ spec, ports, report }, orderOf(removal, left), record);
      // The others must be in order without them, by the cluster file as it is now.
      await carryOut({ spec: next, ports, report }, settling(removal), record);
      return {
        health: record.health,
        more: more(),
        text: (paint) => summary(removal, record, { left, paint }),
      };
    },
  });
}

function refuseNames(
  { hosts, name: cluster }: ClusterSpec,
  names: readonly string[],
  { confirm }: RemoveOptions,
): void {
  const known = hosts.filter(({ roles }) => roles.includes('mesos-agent')).map(({ name }) => name);
  const stranger = names.find((name) => !hosts.some((host) => host.name === name));
  if (stranger !== undefined) throw unknownName('host', stranger, known);
  if (confirm !== undefined && confirm !== cluster) {
    throw unconfirmed(`--confirm says ${confirm}, but this cluster is ${cluster}`, cluster, names);
  }
}

/** The cluster file without the hosts, as it would be read; nothing is written yet. */
async function withoutThem(
  names: readonly string[],
  { config }: RemoveOptions,
  { ports, env, home }: CommandContext,
): Promise<ClusterSpec> {
  const { files, local, signal } = ports;
  try {
    return await loadCluster(config, {
      readFile: async (path) => {
        const text = await files.read(path);
        return path === config ? names.reduce(removeAgentHost, text) : text;
      },
      fileMode: (path) => files.mode(path),
      listFiles: (path) => files.list(path),
      ...{ env, home },
      runCommand: (argv, cwd) => local.run(argv, { cwd, deadlineMs: 30_000, signal }),
    });
  } catch (error) {
    throw error instanceof ClusterError && error.code === 'CONFIG_INVALID'
      ? needed(names, error)
      : error;
  }
}

/** No Mesos agent left for a controller, no gateway, no host with an attribute that is asked for. */
function needed(names: readonly string[], { message }: ClusterError): ClusterError {
  return new ClusterError(
    'POOL_TOO_SMALL',
    `the cluster file needs ${names.join(', ')}: without, it is none`,
    {
      evidence: message.split('\n').slice(1),
      remedy: 'Change what needs it in the cluster file first, or add a host in its place.',
    },
  );
}

function orderOf(removal: Removal, left: string[]): Order {
  const { names, options } = removal;
  const flags = [
    ...(options.purge ? ['--purge'] : []),
    ...(options.skipUnreachable ? ['--skip-unreachable'] : []),
    ...emptyingWords({ ...options, stopControllers: false }),
  ];
  return {
    command: ['remove-agent', ...names, ...flags],
    plan: async (look) => {
      refuseMissing(removal, look);
      left.splice(0, left.length, ...leftOn(removal, look));
      return await planOf(removal, look);
    },
    confirm: (plan, look) => agreed(removal, plan, look),
    // The hosts that go may be dead; others are asked for above.
    skipUnreachable: true,
    settles: false,
  };
}

function refuseMissing({ names, options }: Removal, { missing }: Look): void {
  const others = missing.filter(({ host }) => !names.includes(host));
  if (others.length > 0 && !options.skipUnreachable) {
    throw unreachableHosts(others, 'nothing was changed');
  }
}

async function planOf(removal: Removal, look: Look): Promise<Plan> {
  const { names, next, options } = removal;
  const { input, sight, missing } = look;
  const leaderOf = (service: string) =>
    [...input.observed.leaders].find((one) => one.startsWith(`${service}@`))?.split('@')[1];
  const leaders = { mesos: leaderOf('mesos-master'), marathon: leaderOf('marathon') };
  // One that is dead holds nothing any more.
  const alive = names.filter((name) => !missing.some(({ host }) => host === name));
  if (alive.length > 0) refuseSmallPool(input, names, await readReserved(sight, leaders));
  const { drainTimeout: timeoutMs, killBuilds, purge, config: file } = options;
  const emptying = { timeoutMs, killBuilds, stopControllers: false };
  return removeAgents(input, { hosts: names, next, file, purge, emptying });
}

/** What has to be typed at a host that could not be reached, should it come back. */
function leftOn({ names, spec }: Removal, { missing }: Look): readonly string[] {
  return spec.hosts
    .filter(({ name }) => names.includes(name) && missing.some(({ host }) => host === name))
    .map((host) => `${host.name}: ${byHand(spec, host)}`);
}

function byHand(spec: ClusterSpec, { ssh }: Host): string {
  const commands = [
    'docker rm --force ci-mesos-agent ci-gateway',
    `systemctl disable ${isolationUnit}`,
    `rm -f ${recoveryLink(spec)}`,
    `rm -rf ${spec.folders.config}`,
  ];
  return `ssh -p ${ssh.port} ${ssh.user}@${ssh.address} "sudo sh -c '${commands.join('; ')}'"`;
}

async function agreed(removal: Removal, plan: Plan, look: Look): Promise<void> {
  const { options, context, spec, names } = removal;
  if (!options.purge) {
    await confirmed(plan, { ...options, look }, context);
    return;
  }
  if (options.confirm === spec.name) return;
  const what = `the data on ${names.join(', ')} would be deleted for ever`;
  if (context.ask === undefined || options.json) throw unconfirmed(what, spec.name, names);
  const answer = await context.ask(`${what}. Type the cluster's name to do it: `);
  if (answer.trim() === spec.name) return;
  throw unconfirmed('not confirmed; nothing was changed', spec.name, names);
}

function unconfirmed(what: string, cluster: string, names: readonly string[]): ClusterError {
  return new ClusterError('CONFIRMATION_MISSING', what, {
    remedy: `ci-cluster remove-agent ${names.join(' ')} --purge --confirm ${cluster}`,
  });
}

function settling({ options }: Removal): Order {
  return {
    command: ['remove-agent'],
    plan: () => ({ stages: [] }),
    confirm: () => Promise.resolve(),
    skipUnreachable: options.skipUnreachable,
    settles: true,
  };
}

function summary(
  { names, context, options, next }: Removal,
  { changes, health }: ChangeRecord,
  { left, paint }: { readonly left: readonly string[]; readonly paint: Palette },
): string {
  const kept = options.purge ? '' : `; its data stays in ${next.folders.data} there`;
  const told = `${names.join(', ')} removed, ${changes.length} changes made${kept}`;
  const stack = health === undefined ? [] : [healthText(health, paint, context.terminal.columns)];
  const later =
    left.length === 0
      ? []
      : [`Could not be reached; type this there before it is used again:\n  ${left.join('\n  ')}`];
  return [`${paint.green('✔')} ${told}`, ...later, ...stack].join('\n\n');
}
