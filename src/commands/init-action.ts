import type { BuildRecord } from '../build/build-record.ts';
import { defaultTimeoutMs } from '../build/run-build.ts';
import { buildTogether, type Wanted } from '../build/run-builds.ts';
import type { ClusterSpec } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { countChanges, type Plan } from '../plan/step.ts';
import { buildDocuments } from '../report/build-document.ts';
import { buildText } from '../report/build-text.ts';
import { healthText } from '../report/health-text.ts';
import type { Palette } from '../report/palette.ts';
import { initCluster, type InitRecord } from '../run/init.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';
import { planLines } from './plan-lines.ts';

export interface InitOptions extends GlobalOptions {
  readonly skipUnreachable: boolean;
  readonly build: boolean;
}

export async function init(options: InitOptions, context: CommandContext): Promise<void> {
  const { ports } = context;
  const record: InitRecord = { changes: [], health: undefined };
  const builds: BuildRecord[] = [];
  const begin = ports.clock.now();
  const more = () => ({
    changed: record.changes.length,
    steps: record.changes,
    builds: buildDocuments(builds),
    elapsedMs: Math.round(ports.clock.now() - begin),
  });
  await runClusterCommand({
    name: 'init',
    options,
    context,
    onFailure: () => ({ health: record.health, more: more() }),
    work: async ({ spec, report }) => {
      const confirm = (plan: Plan) => confirmed(plan, options, context);
      const init = { confirm, skipUnreachable: options.skipUnreachable };
      const sight = await initCluster({ spec, ports, report, options: init }, record);
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
  { changes }: InitRecord,
  { build }: InitOptions,
): readonly Wanted[] {
  if (!build || changes.length === 0) return [];
  return jenkins.flatMap((controller) => {
    const { label } = controller.canary;
    return label === undefined ? [] : [{ controller, label }];
  });
}

function unbuilt(
  { jenkins }: ClusterSpec,
  { changes }: InitRecord,
  { build }: InitOptions,
): string[] {
  const none = jenkins.filter(({ canary }) => canary.label === undefined).map(({ name }) => name);
  if (!build || changes.length === 0 || none.length === 0) return [];
  return [
    `No build: ${none.join(', ')} without build agents ("buildAgents:" in the cluster file).`,
  ];
}

/** Refuses with CONFIRMATION_MISSING where nobody can be asked, or if the answer is not yes. */
async function confirmed(
  plan: Plan,
  { yes, json }: InitOptions,
  context: CommandContext,
): Promise<void> {
  if (yes) return;
  const changes = countChanges(plan);
  if (context.ask === undefined || json) {
    throw new ClusterError(
      'CONFIRMATION_MISSING',
      `${changes} changes to make, and nobody to ask`,
      {
        remedy: 'Run the same command with --yes.',
      },
    );
  }
  context.err(planLines(plan, context.terminal.columns).join('\n'));
  const answer = await context.ask(`Make these ${changes} changes? [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new ClusterError('CONFIRMATION_MISSING', 'not confirmed; nothing was changed', {
    remedy: 'Run the same command again and answer y.',
  });
}

function summary({ changes, health }: InitRecord, context: CommandContext, paint: Palette): string {
  const told = changes.length === 0 ? 'nothing to change' : `${changes.length} changes made`;
  const stack = health === undefined ? '' : healthText(health, paint, context.terminal.columns);
  return `${paint.green('✔')} ${told}\n\n${stack}`;
}
