import type { ClusterSpec } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { countChanges, type Plan } from '../plan/step.ts';
import { dockerStopped, teardown } from '../plan/teardown.ts';
import type { Palette } from '../report/palette.ts';
import { wrap } from '../report/table.ts';
import { carryOut, newRecord, type ChangeRecord, type Order } from '../run/engine.ts';
import type { Look } from '../run/look.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';
import { planLines } from './plan-lines.ts';

export interface DestroyOptions extends GlobalOptions {
  readonly confirm?: string;
  readonly purge: boolean;
}

interface Destroying {
  readonly spec: ClusterSpec;
  readonly options: DestroyOptions;
  readonly context: CommandContext;
}

export async function destroy(options: DestroyOptions, context: CommandContext): Promise<void> {
  const record = newRecord();
  const left: ClusterError[] = [];
  const more = () => ({
    changed: record.changes.length,
    steps: record.changes,
    run: record.run ?? null,
    purged: options.purge,
    left: left.map(({ host, message }) => ({ host: host ?? null, reason: message })),
  });
  await runClusterCommand({
    name: 'destroy',
    options,
    context,
    onFailure: () => ({ more: more() }),
    work: async ({ spec, report }) => {
      const destroying = { spec, options, context };
      demandName(destroying);
      const order = orderOf(destroying, left);
      await carryOut({ spec, ports: context.ports, report }, order, record);
      if (left.length > 0) throw leftovers(destroying, left);
      return {
        more: more(),
        text: (paint) => summary(destroying, record, paint),
      };
    },
  });
}

/** Before any host is asked: a wrong name is a wrong cluster file. */
function demandName({ spec, options: { confirm } }: Destroying): void {
  if (confirm === undefined || confirm === spec.name) return;
  throw unconfirmed(`--confirm says ${confirm}, but this cluster is ${spec.name}`, spec.name);
}

function orderOf(destroying: Destroying, left: ClusterError[]): Order {
  return {
    command: ['destroy', ...(destroying.options.purge ? ['--purge'] : [])],
    plan: (look) => {
      left.splice(0, left.length, ...whatStays(look));
      return teardown({ ...look.input, purge: destroying.options.purge });
    },
    confirm: (plan) => confirmed(plan, destroying),
    skipUnreachable: true,
    settles: false,
    // Whatever is wrong with what is to go does not matter; another cluster's host does.
    ignores: ({ code }) => code !== 'FOREIGN_HOST',
  };
}

function whatStays({ input, missing }: Look): readonly ClusterError[] {
  const stopped = dockerStopped(input).map(
    ({ name }) =>
      new ClusterError('STEP_FAILED', `Docker does not run on ${name}`, {
        host: name,
        remedy: `ci-cluster exec ${name} --root -- systemctl start docker`,
      }),
  );
  return [...missing.map(({ error }) => error), ...stopped];
}

/** It ends builds and controllers: `--yes` is not enough, the cluster's name is asked for. */
async function confirmed(plan: Plan, { spec, options, context }: Destroying): Promise<void> {
  const { ask, err, terminal } = context;
  if (!options.json) err(planLines(plan, terminal.columns).join('\n'));
  if (options.confirm === spec.name) return;
  const what = `${countChanges(plan)} changes to make`;
  if (ask === undefined || options.json) {
    throw unconfirmed(`${what}, and nobody to ask`, spec.name, options.purge);
  }
  const answer = await ask(`${what}. Type the cluster's name to take it down: `);
  if (answer.trim() === spec.name) return;
  throw unconfirmed('not confirmed; nothing was changed', spec.name, options.purge);
}

function unconfirmed(what: string, cluster: string, purge = false): ClusterError {
  return new ClusterError('CONFIRMATION_MISSING', what, { remedy: again(cluster, purge) });
}

function again(cluster: string, purge: boolean): string {
  return `ci-cluster destroy --confirm ${cluster}${purge ? ' --purge' : ''}`;
}

/** Everything else is done; what is on these hosts waits for the same command. */
function leftovers(
  { spec, options: { purge } }: Destroying,
  parts: readonly ClusterError[],
): ClusterError {
  const hosts = parts.map(({ host }) => host).join(', ');
  const text = `the cluster is still on ${hosts}: containers, configuration, data and claim`;
  return new ClusterError(parts[0]?.code ?? 'HOSTS_FAILED', text, {
    parts,
    remedy: `Once they answer: ${again(spec.name, purge)}`,
  });
}

function summary(
  { spec, options, context }: Destroying,
  { changes }: ChangeRecord,
  paint: Palette,
): string {
  if (changes.length === 0) return `${paint.green('✔')} nothing to take down`;
  const hosts = new Set(changes.map(({ host }) => host)).size;
  const kept = options.purge
    ? 'Docker, its settings and the images stay.'
    : `Data stays in ${spec.folders.data}, the homes of Jenkins in their folders; ci-cluster init begins again on them. Docker, its settings and the images stay, too.`;
  const done = `cluster ${spec.name} is taken down on ${hosts} hosts; ${changes.length} changes made`;
  return `${paint.green('✔')} ${done}\n\n${wrap(kept, context.terminal.columns)}`;
}
