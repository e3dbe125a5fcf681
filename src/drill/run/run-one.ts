import { underClusterLock } from '../../run/lock/cluster-lock.ts';
import type { Locks } from '../../run/lock/locks.ts';
import { lookAt, type Look } from '../../run/look.ts';
import type { Ports } from '../../ports.ts';
import type { Drill, PlanOptions } from '../catalogue/drill.ts';
import { isSkipped, planDrill, refusals } from '../catalogue/plan-drill.ts';
import type { DrillPlan, Skipped } from '../drill-plan.ts';
import type { Judgement, Verdict } from '../judgement.ts';
import type { DrillRecord } from '../record/drill-record.ts';
import { lookAtScene } from '../scene/look-at-scene.ts';
import { startFlight, type BuildPlace, type Flight } from './builds.ts';
import { perform } from './course.ts';
import type { DrillOrder, DrillWorld } from './run-drills.ts';
import { hostsOf } from './switches.ts';
import { watch } from './watching.ts';

export interface Round {
  readonly drill: Drill;
  /** Of this drill on hosts and in ZooKeeper. */
  readonly id: string;
  readonly record: DrillRecord;
  readonly isFirst: boolean;
}

interface Stage extends Round {
  readonly world: DrillWorld;
  readonly order: DrillOrder;
}

/** One drill from its gates to its verdict. Faults of the tool's own world are thrown, nothing armed. */
export async function runOne(world: DrillWorld, order: DrillOrder, round: Round): Promise<Verdict> {
  const stage: Stage = { ...round, world, order };
  const { plan, look } = await planWhenReady(stage);
  if (isSkipped(plan)) {
    round.record.skipped(plan);
    return 'SKIPPED';
  }
  if (refusals(plan).length > 0 && round.drill.aim !== 'in-flight')
    return await refuse(stage, plan);
  const { clock } = world.ports;
  const begin = clock.now();
  const at = () => clock.now() - begin;
  const builder = builderOf(stage, look);
  const flight = builder && startFlight(builder, at);
  try {
    return await withFlight({ ...stage, at, begin, look, builder, flight });
  } finally {
    flight?.giveUp();
  }
}

const settleMs = 300_000;
const againMs = 3000;

/** After another drill the gates get their time; the first one finds them as they are. */
async function planWhenReady(stage: Stage): Promise<Planned> {
  const { clock, signal } = stage.world.ports;
  const deadline = clock.now() + (stage.isFirst ? 0 : settleMs);
  for (;;) {
    const planned = await planNow(stage, {});
    const { plan } = planned;
    if (isSkipped(plan)) return planned;
    const [first] = refusals(plan);
    if (first === undefined || clock.now() >= deadline) return planned;
    const reason = `${first.name}: ${first.detail}`;
    stage.world.report({ kind: 'settling', reason, deadlineMs: settleMs });
    await clock.sleep(againMs, signal);
  }
}

interface Planned {
  readonly plan: DrillPlan | Skipped;
  readonly look: Look;
}

async function planNow(stage: Stage, options: PlanOptions): Promise<Planned> {
  const { drill, world, order } = stage;
  const look = await lookAt(world.spec, world.ports, quiet);
  const scene = await lookAtScene(look, world.ports);
  const { allowBuildLoss } = order.settings;
  const random = randomOf(world.ports);
  return { plan: planDrill(drill, scene, { ...options, allowBuildLoss, random }), look };
}

const quiet = () => undefined;

/** From the one source of randomness that there is. */
function randomOf({ randomId }: Pick<Ports, 'randomId'>): number {
  return (
    Number.parseInt(
      randomId()
        .replaceAll(/[^0-9a-f]/g, '')
        .slice(0, 8),
      16,
    ) /
    2 ** 32
  );
}

function builderOf({ world, order }: Stage, { sight }: Look): BuildPlace | undefined {
  const { controller: wanted } = order.settings;
  const able = world.spec.jenkins.filter(({ canary }) => canary.label !== undefined);
  const controller = able.find(({ name }) => wanted === undefined || name === wanted);
  const label = controller?.canary.label;
  if (controller === undefined || label === undefined) return undefined;
  return { sight, ports: world.ports, controller, label };
}

interface Flying extends Stage {
  readonly at: () => number;
  readonly begin: number;
  readonly look: Look;
  readonly builder: BuildPlace | undefined;
  readonly flight: Flight | undefined;
}

/** Planned once more with the build in flight: some drills aim at it, all others must not have moved. */
async function withFlight(flying: Flying): Promise<Verdict> {
  const { flight, world, order, drill } = flying;
  const why = await flight?.started;
  const node = flight?.node();
  const buildAgent =
    flight && node !== undefined ? { controller: flight.controller, node } : undefined;
  const { plan, look } = await planNow(flying, { buildAgent });
  if (isSkipped(plan)) {
    flying.record.skipped(plan);
    return 'SKIPPED';
  }
  const ready = withGate(plan, why, flight !== undefined);
  if (refusals(ready).length > 0) return await refuse(flying, ready);
  const command = `failover-drill ${drill.name}`;
  return await underClusterLock({
    ...{ sight: look.sight, ports: world.ports, command, hosts: hostsOf(ready) },
    work: (ports, locks) => performUnder({ ...flying, look, order }, ready, { ports, locks }),
  });
}

function withGate(plan: DrillPlan, why: string | undefined, isFlying: boolean): DrillPlan {
  const name = 'a build is in flight';
  const detail = isFlying ? (why ?? 'it runs') : 'no controller has build agents of its own';
  const gate = { name, holds: isFlying && why === undefined, detail };
  return { ...plan, gates: [...plan.gates, gate] };
}

async function performUnder(
  flying: Flying,
  plan: DrillPlan,
  { ports, locks }: { readonly ports: Ports; readonly locks: Locks },
): Promise<Verdict> {
  const { record, id, look, world, at, begin, builder, flight, order } = flying;
  const log = await record.drill(plan);
  log.phase('plan', 0);
  log.phase('preflight', at());
  const { sight } = look;
  const watching = await watch({
    id,
    plan,
    sight,
    ports: world.ports,
    begin,
    onSample: log.sample,
  });
  try {
    const { judgement, unhealed } = await perform({
      ...{ plan, log, watching, flight, at, report: world.report },
      builder: builder && { ...builder, sight },
      blows: {
        ...{ id, plan, sight, ports, token: locks.token, capS: order.settings.capS },
        ...{ hosts: world.spec.hosts, remotes: sight.remotes, armed: new Set<string>() },
      },
    });
    return unhealed.length > 0 ? 'UNHEALED' : judgement.verdict;
  } finally {
    await watching.stop();
  }
}

async function refuse({ record }: Stage, plan: DrillPlan): Promise<Verdict> {
  const log = await record.drill(plan);
  log.phase('preflight', 0);
  const reasons = refusals(plan).map(({ name, detail }) => `not so: ${name} (${detail})`);
  await log.judgement({ ...nothingSeen, verdict: 'REFUSED', reason: reasons.join('; ') });
  return 'REFUSED';
}

const nothingSeen: Omit<Judgement, 'verdict' | 'reason'> = {
  ...{ timeline: [], bounds: [], invariants: [], coverage: [] },
};
