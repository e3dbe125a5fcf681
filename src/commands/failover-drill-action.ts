import type { ClusterSpec } from '../config/cluster-spec.ts';
import { defaultSet, drills, findDrill } from '../drill/catalogue/catalogue.ts';
import type { Drill } from '../drill/catalogue/drill.ts';
import { isSkipped, refusals } from '../drill/catalogue/plan-drill.ts';
import type { DrillPlan, Skipped } from '../drill/drill-plan.ts';
import { judge } from '../drill/judge/judge.ts';
import { listDrills } from '../drill/record/drill-history.ts';
import { planAll, runDrills, type DrillOrder, type DrillWorld } from '../drill/run/run-drills.ts';
import { ClusterError, exitCodes } from '../errors.ts';
import { withNulls } from '../report/documents.ts';
import { listText, planText } from '../report/drill-plan-text.ts';
import { palette, type Palette } from '../report/palette.ts';
import { runClusterCommand, type Result } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import { readReport, reportIn, type Form } from './drill-report-forms.ts';
import type { GlobalOptions } from './options.ts';

export interface DrillOptions extends GlobalOptions {
  readonly list?: boolean;
  readonly plan?: boolean;
  readonly allow?: 'ask' | 'lab';
  readonly allowBuildLoss?: boolean;
  readonly maxFault?: number;
  readonly controller?: string;
  readonly format: Form;
  readonly out?: string;
}

/** Lists, plans, or runs drills. */
export async function failoverDrill(
  names: readonly string[],
  options: DrillOptions,
  context: CommandContext,
): Promise<void> {
  await runClusterCommand({
    name: 'failover-drill',
    options,
    context,
    work: async ({ spec, report }) => {
      const world = { spec, ports: context.ports, report };
      const wanted = names.length === 0 ? defaultSet : names.map(findDrill);
      refuseUnknownController(spec, options);
      if (options.list === true) return await listed(world, options, context);
      if (options.plan === true) return await planned(world, wanted, { options, context });
      refuseClass(wanted, spec, options);
      return await run(world, wanted, { options, context });
    },
  });
}

interface Around {
  readonly options: DrillOptions;
  readonly context: CommandContext;
}

async function listed(
  world: DrillWorld,
  options: DrillOptions,
  { terminal }: CommandContext,
): Promise<Result> {
  const { plans } = await planAll(world, drills, settingsOf(options));
  const rows = drills.map((drill, index) => ({
    ...{ drill, plan: plans[index], isDefault: defaultSet.includes(drill) },
  }));
  const document = rows.map(({ drill: { id, name, title, class: of }, plan, isDefault }) => ({
    ...{ id, name, title, class: of, isDefault, ...hereOf(plan) },
  }));
  return {
    more: { drills: document },
    text: (paint) => listText(rows, { paint, columns: terminal.columns }),
  };
}

function hereOf(plan: DrillPlan | Skipped | undefined) {
  if (plan === undefined) return { here: 'unknown', reasons: [] };
  if (isSkipped(plan)) return { here: 'skipped', reasons: [plan.reason] };
  const reasons = refusals(plan).map(({ name, detail }) => `${name}: ${detail}`);
  return { here: reasons.length === 0 ? 'ready' : 'refused', reasons };
}

async function planned(
  world: DrillWorld,
  wanted: readonly Drill[],
  { options, context }: Around,
): Promise<Result> {
  const { plans } = await planAll(world, wanted, settingsOf(options));
  const isReady = plans.every((plan) => !isSkipped(plan) && refusals(plan).length === 0);
  return {
    more: { plans: withNulls(plans) },
    exitCode: isReady ? 0 : exitCodes.DRILL_REFUSED,
    text: (paint) => plansText(plans, context, paint),
  };
}

function plansText(
  plans: readonly (DrillPlan | Skipped)[],
  { terminal }: CommandContext,
  paint: Palette,
): string {
  const sheet = { paint, columns: terminal.columns };
  return plans.map((plan) => planText(plan, sheet)).join('\n\n');
}

function settingsOf(options: DrillOptions): DrillOrder['settings'] {
  return {
    allowBuildLoss: options.allowBuildLoss === true,
    capS: options.maxFault === undefined ? undefined : options.maxFault / 1000,
    controller: options.controller,
  };
}

function refuseUnknownController({ jenkins }: ClusterSpec, { controller }: DrillOptions): void {
  if (controller === undefined || jenkins.some(({ name }) => name === controller)) return;
  const names = jenkins.map(({ name }) => name).join(', ');
  throw new ClusterError('USAGE', `the cluster file has no controller ${controller}`, {
    remedy: names === '' ? 'It has no controllers at all.' : `It has: ${names}.`,
  });
}

/** What may cost data is for clusters that may be lost; what costs something has to be asked for. */
function refuseClass(
  wanted: readonly Drill[],
  { environment, name }: ClusterSpec,
  { yes, allow }: DrillOptions,
): void {
  const lab = wanted.find((drill) => drill.class === 'lab');
  if (lab !== undefined && environment !== 'lab') {
    throw new ClusterError('DRILL_REFUSED', `${lab.name} may cost data, and ${name} is no lab`, {
      remedy: 'It runs only where the cluster file says environment: lab. Nothing was broken.',
    });
  }
  const costly = wanted.find((drill) => !isAllowed(drill, allow));
  if (!yes || costly === undefined) return;
  throw new ClusterError('CONFIRMATION_MISSING', `${costly.name} costs something`, {
    remedy: `ci-cluster failover-drill ${costly.name} --plan tells what; --yes --allow ${costly.class} goes ahead.`,
  });
}

function isAllowed(drill: Drill, allow: DrillOptions['allow']): boolean {
  if (drill.class === 'safe') return true;
  return drill.class === 'ask' ? allow !== undefined : allow === 'lab';
}

async function run(
  world: DrillWorld,
  wanted: readonly Drill[],
  { options, context }: Around,
): Promise<Result> {
  const { ports } = context;
  const command = ['failover-drill', ...wanted.map(({ name }) => name)];
  const confirm = (plans: readonly (DrillPlan | Skipped)[]) =>
    confirmed(plans, world.spec, { options, context });
  const order = { drills: wanted, command, settings: settingsOf(options), confirm };
  const { id, folder, exitCode } = await runDrills(world, order);
  const read = await readReport(ports, folder, id);
  const histories = await listDrills(ports, folder, judge);
  return await reportIn(options, { ...read, histories, context, exitCode });
}

/** The name of the cluster, typed: `y` is typed too fast. */
async function confirmed(
  plans: readonly (DrillPlan | Skipped)[],
  { name }: ClusterSpec,
  { options, context }: Around,
): Promise<void> {
  if (options.yes) return;
  const paint = palette(context.terminal.colour && options.color);
  if (!options.json) context.err(plansText(plans, context, paint));
  if (context.ask === undefined || options.json) {
    throw new ClusterError('CONFIRMATION_MISSING', 'something would be broken, and nobody to ask', {
      remedy: 'Run the same command with --yes; --plan shows what would be done.',
    });
  }
  const answer = await context.ask(`Type the cluster's name to break this on purpose: `);
  if (answer.trim() === name) return;
  throw new ClusterError('CONFIRMATION_MISSING', 'not confirmed; nothing was broken', {
    remedy: `Run the same command again and type ${name}.`,
  });
}
