import type { BuildRecord } from '../build/build-record.ts';
import { defaultTimeoutMs } from '../build/run-build.ts';
import { buildTogether, type Wanted } from '../build/run-builds.ts';
import type { ClusterSpec } from '../config/cluster-spec.ts';
import { buildDocuments } from '../report/build-document.ts';
import { buildText } from '../report/build-text.ts';
import { healthText } from '../report/health-text.ts';
import type { Palette } from '../report/palette.ts';
import { carryOut, newRecord, type ChangeRecord, type Order } from '../run/engine.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export interface BuildingOptions extends GlobalOptions {
  readonly build: boolean;
}

interface Initialising {
  readonly name: 'init' | 'apply';
  readonly options: BuildingOptions;
  readonly context: CommandContext;
  readonly order: () => Order | Promise<Order>;
  /** Further fields of the JSON result. */
  readonly facts?: () => Readonly<Record<string, unknown>>;
}

/** An order for the whole cluster, then one build of each controller as the proof of it. */
export async function initialise(initialising: Initialising): Promise<void> {
  const { name, options, context } = initialising;
  const { ports } = context;
  const record = newRecord();
  const builds: BuildRecord[] = [];
  const begin = ports.clock.now();
  const more = () => ({
    changed: record.changes.length,
    steps: record.changes,
    builds: buildDocuments(builds),
    run: record.run ?? null,
    elapsedMs: Math.round(ports.clock.now() - begin),
    ...initialising.facts?.(),
  });
  await runClusterCommand({
    name,
    options,
    context,
    onFailure: () => ({ health: record.health, more: more() }),
    work: async ({ spec, report }) => {
      const order = await initialising.order();
      const sight = await carryOut({ spec, ports, report }, order, record);
      const wanted = buildsAfter(spec, record, options);
      if (wanted.length > 0) report({ kind: 'note', text: 'one build of each controller' });
      const building = { sight, ports, report, timeoutMs: defaultTimeoutMs };
      await buildTogether(building, wanted, builds);
      return {
        health: record.health,
        more: more(),
        text: (paint) => {
          const { columns } = context.terminal;
          const built = builds.map((build) => buildText(build, paint, columns));
          return [
            summary(record, context, paint),
            ...built,
            ...unbuilt(spec, record, options),
          ].join('\n\n');
        },
      };
    },
  });
}

/** The proof that a change left a cluster that builds; one that changed nothing needs none. */
function buildsAfter(
  { jenkins }: ClusterSpec,
  { changes }: ChangeRecord,
  { build }: BuildingOptions,
): readonly Wanted[] {
  if (!build || changes.length === 0) return [];
  return jenkins.flatMap((controller) => {
    const { label } = controller.canary;
    return label === undefined ? [] : [{ controller, label }];
  });
}

function unbuilt(
  { jenkins }: ClusterSpec,
  { changes }: ChangeRecord,
  { build }: BuildingOptions,
): string[] {
  const none = jenkins.filter(({ canary }) => canary.label === undefined).map(({ name }) => name);
  if (!build || changes.length === 0 || none.length === 0) return [];
  return [
    `No build: ${none.join(', ')} without build agents ("buildAgents:" in the cluster file).`,
  ];
}

function summary(
  { changes, health }: ChangeRecord,
  context: CommandContext,
  paint: Palette,
): string {
  const told = changes.length === 0 ? 'nothing to change' : `${changes.length} changes made`;
  const stack = health === undefined ? '' : healthText(health, paint, context.terminal.columns);
  return `${paint.green('✔')} ${told}\n\n${stack}`;
}
