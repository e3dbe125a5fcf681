import type { ClusterSpec } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import type { Sight } from '../health/sight.ts';
import type { Ports } from '../ports.ts';
import { clip, table } from '../report/table.ts';
import { connectAll } from '../run/connect.ts';
import { underClusterLock } from '../run/lock/cluster-lock.ts';
import {
  awaitGone,
  endOrphan,
  findOrphans,
  type Orphan,
  type Orphans,
} from '../run/orphan-frameworks.ts';
import { chosenControllers } from './choose-controllers.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export interface PruneOptions extends GlobalOptions {
  readonly controller?: string;
  readonly confirm?: string;
}

/** Lists what nobody uses, asks, ends it, and looks that it is gone. */
export async function pruneFrameworks(
  options: PruneOptions,
  context: CommandContext,
): Promise<void> {
  const { ports, terminal } = context;
  const known: { orphans: readonly Orphan[]; ended: Orphan[] } = { orphans: [], ended: [] };
  const more = () => ({
    orphans: known.orphans.map((orphan) => ({ ...orphan, registered: orphan.registered ?? null })),
    ended: known.ended.map(({ id }) => id),
  });
  await runClusterCommand({
    name: 'jenkins prune-frameworks',
    options,
    context,
    onFailure: () => ({ more: more() }),
    work: async ({ spec, report }) => {
      const controllers = chosenControllers(spec, options.controller);
      const sight = await connectAll(spec, ports, report);
      const orphans = await findOrphans(sight, controllers);
      known.orphans = orphans.found;
      if (orphans.found.length > 0) await confirmed(orphans, { spec, options, context });
      if (orphans.found.length > 0) await end(orphans, { sight, ports, ended: known.ended });
      return {
        more: more(),
        text: (paint) => `${paint.green('✔')} ${told(known.ended, terminal.columns)}`,
      };
    },
  });
}

interface Ending {
  readonly sight: Sight;
  readonly ports: Ports;
  readonly ended: Orphan[];
}

/** No other run starts a controller meanwhile: one that comes back would be taken for an orphan. */
async function end(orphans: Orphans, { sight, ports, ended }: Ending): Promise<void> {
  const command = 'jenkins prune-frameworks';
  const work = async (its: Ports) => {
    for (const orphan of orphans.found) {
      if (its.signal.aborted) throw stopped(ended.length);
      await endOrphan(sight, orphans, orphan);
      ended.push(orphan);
    }
    await awaitGone(sight, orphans, its);
  };
  await underClusterLock({ sight, ports, command, work });
}

function stopped(count: number): ClusterError {
  return new ClusterError('INTERRUPTED', `stopped; ${count} frameworks were ended before`, {
    remedy: 'Run the same command again: it looks first.',
  });
}

function told(ended: readonly Orphan[], columns: number): string {
  if (ended.length === 0) return 'no orphan frameworks: nothing to end';
  const what = ended.length === 1 ? 'one framework ended' : `${ended.length} frameworks ended`;
  return [`${what}; Mesos lists none of them any more`, '', ...list(ended, columns)].join('\n');
}

function list(orphans: readonly Orphan[], columns: number): string[] {
  const rows = orphans.map(({ id, name, registered, tasks }) => [
    name,
    registered?.replace('T', ' ').replace(/:\d\d\.\d+Z$/, ' UTC') ?? 'unknown',
    String(tasks),
    id,
  ]);
  return table([['framework', 'registered', 'tasks', 'id'], ...rows]).map((line) =>
    clip(`  ${line}`, columns),
  );
}

interface Asking {
  readonly spec: ClusterSpec;
  readonly options: PruneOptions;
  readonly context: CommandContext;
}

/** It ends tasks: `--yes` is not enough, the cluster's name is asked for. */
async function confirmed({ found }: Orphans, { spec, options, context }: Asking): Promise<void> {
  const { confirm, json } = options;
  if (confirm === spec.name) return;
  if (confirm !== undefined) {
    throw unconfirmed(`--confirm says ${confirm}, but this cluster is ${spec.name}`, spec.name);
  }
  const tasks = found.reduce((sum, orphan) => sum + orphan.tasks, 0);
  const what = `${found.length} frameworks with ${tasks} tasks to end`;
  context.err(list(found, context.terminal.columns).join('\n'));
  if (context.ask === undefined || json) {
    throw unconfirmed(`${what}, and nobody to ask`, spec.name);
  }
  const answer = await context.ask(`${what}. Type the cluster's name to end them: `);
  if (answer.trim() !== spec.name) throw unconfirmed('not confirmed; nothing was ended', spec.name);
}

function unconfirmed(what: string, cluster: string): ClusterError {
  return new ClusterError('CONFIRMATION_MISSING', what, {
    remedy: `ci-cluster jenkins prune-frameworks --confirm ${cluster}`,
  });
}
