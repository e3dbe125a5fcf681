import type { ClusterSpec } from '../config/cluster-spec.ts';
import { healthText } from '../report/health-text.ts';
import type { Palette } from '../report/palette.ts';
import { carryOut, newRecord, type ChangeRecord, type Order } from '../run/engine.ts';
import type { Report } from '../run/events.ts';
import { runClusterCommand } from './cluster-command.ts';
import { emptyingWords } from './emptying-options.ts';
import { confirmed } from './confirmed.ts';
import type { CommandContext } from './context.ts';
import type { RollingOptions } from './rollout-options.ts';

interface Rolling {
  readonly name: 'restart' | 'upgrade' | 'rollback';
  /** The words after the name, for the record. */
  readonly words: readonly string[];
  readonly options: RollingOptions;
  readonly context: CommandContext;
  readonly prepare: (spec: ClusterSpec, report: Report) => Prepared | Promise<Prepared>;
}

export interface Prepared {
  /** The cluster as it is to be. */
  readonly spec: ClusterSpec;
  readonly plan: Order['plan'];
  /** False where hosts are left that differ from the cluster file. */
  readonly settles?: boolean;
}

/** One order that goes from host to host, and what became of it. */
export async function roll({ name, words, options, context, prepare }: Rolling): Promise<void> {
  const { ports } = context;
  const record = newRecord();
  const begin = ports.clock.now();
  const more = () => ({
    changed: record.changes.length,
    steps: record.changes,
    run: record.run ?? null,
    elapsedMs: Math.round(ports.clock.now() - begin),
  });
  await runClusterCommand({
    ...{ name, options, context },
    onFailure: () => ({ health: record.health, more: more() }),
    work: async ({ spec: present, report }) => {
      const { spec, plan, settles = true } = await prepare(present, report);
      const order: Order = {
        command: [name, ...words, ...emptyingWords(options)],
        ...{ plan, settles, skipUnreachable: options.skipUnreachable },
        confirm: (stages, look) => confirmed(stages, { ...options, look }, context),
      };
      await carryOut({ spec, ports, report }, order, record);
      return {
        ...{ health: record.health, more: more() },
        text: (paint) => summary(record, context, paint),
      };
    },
  });
}

function summary(
  { changes, health }: ChangeRecord,
  { terminal }: CommandContext,
  paint: Palette,
): string {
  const told = changes.length === 0 ? 'nothing to change' : `${changes.length} changes made`;
  const stack = health === undefined ? [] : [healthText(health, paint, terminal.columns)];
  return [`${paint.green('✔')} ${told}`, ...stack].join('\n\n');
}
