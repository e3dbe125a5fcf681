import type { Checked } from '../check/run-checks.ts';
import type { ClusterSpec } from '../config/cluster-spec.ts';
import { preflight } from '../plan/preflight.ts';
import type { Plan } from '../plan/step.ts';
import { carryOut, type ChangeRecord, type Order } from '../run/engine.ts';
import type { Report } from '../run/events.ts';
import type { Look } from '../run/look.ts';
import { confirmed } from './confirmed.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

interface Repair {
  readonly spec: ClusterSpec;
  readonly report: Report;
  readonly options: GlobalOptions;
  readonly context: CommandContext;
  readonly checked: Checked;
}

/**
 * Repairs go the way of every change: asked for, with the lock and the journal of the engine, and
 * never on a host that belongs to another cluster.
 */
export async function repair(given: Repair, record: ChangeRecord): Promise<void> {
  const { spec, report, options, context, checked } = given;
  const order: Order = {
    command: ['check', '--fix'],
    plan: (look) => planOf(checked, look),
    confirm: (plan) => confirmed(plan, options, context),
    skipUnreachable: true,
    settles: false,
    // What is wrong is what the repairs are for.
    ignores: () => true,
  };
  await carryOut({ spec, ports: context.ports, report }, order, record);
}

function planOf({ fixes }: Checked, { input, missing }: Look): Plan {
  const foreign = preflightHosts(input, missing);
  const work = fixes.filter(({ host }) => !foreign.includes(host));
  return { stages: work.length === 0 ? [] : [{ kind: 'hosts', phase: 'hosts', work }] };
}

function preflightHosts(input: Look['input'], missing: Look['missing']): string[] {
  return preflight(input, missing).flatMap(({ code, host }) =>
    code === 'FOREIGN_HOST' && host !== undefined ? [host] : [],
  );
}
