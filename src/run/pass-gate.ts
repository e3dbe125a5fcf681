import { ClusterError } from '../errors.ts';
import { probeMarathon } from '../health/marathon.ts';
import { probeMasters } from '../health/mesos.ts';
import type { Group } from '../health/model.ts';
import type { Sight } from '../health/sight.ts';
import { probeZookeeper } from '../health/zookeeper.ts';
import type { HostWork, Stage, WayBack } from '../plan/step.ts';
import { awaitGate, type GateNotReached } from './await-gate.ts';
import { performOnHosts } from './host-steps.ts';
import type { Change, Run } from './run.ts';
import { tolerates } from './tolerated.ts';

type GateStage = Extract<Stage, { kind: 'gate' }>;

/**
 * Waits for a gate. Where it is not reached, what was just changed goes back to what was there
 * before; the run then stops, unless the plan allows so many hosts to fail.
 */
export async function passGate(stage: GateStage, run: Run, changes: Change[]): Promise<void> {
  const missed = await awaitGate(withoutFailed(stage, run), run);
  if (missed === undefined) return;
  const { wayBack } = stage;
  if (wayBack === undefined || wayBack.work.length === 0) throw missed.error;
  const bad = wayBack.work.filter(({ host }) => missed.held.includes(host));
  const back = { ...wayBack, work: bad.length === 0 ? wayBack.work : bad };
  const told = await goBack({ stage, back, run, changes });
  const faults = back.work.map(({ host }) => faultOf(missed.error, host, told));
  if (bad.length > 0 && tolerates(run, stage, faults)) {
    await passGate(stage, run, changes);
    return;
  }
  throw faultOf(missed.error, back.work.length === 1 ? back.work[0]?.host : undefined, told);
}

/** Hosts that were allowed to fail do not hold up the others. */
function withoutFailed(stage: GateStage, { failures }: Run): GateStage {
  if (stage.maxFailures === undefined || failures.size === 0) return stage;
  return { ...stage, except: [...(stage.except ?? []), ...failures.keys()] };
}

interface GoingBack {
  readonly stage: GateStage;
  readonly back: WayBack;
  readonly run: Run;
  readonly changes: Change[];
}

/** In the operator's words, what became of it; the fault that led here is not hidden by another. */
async function goBack({ stage, back, run, changes }: GoingBack): Promise<readonly string[]> {
  const { work } = back;
  const hosts = work.map(({ host }) => host).join(', ');
  const moved = await whyMovedOn(back, run);
  if (moved !== undefined) return [`${hosts} is left as it is: ${moved}`];
  try {
    await performOnHosts({ kind: 'hosts', phase: stage.phase, work }, run, changes);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return [`taking back what was there before failed, too: ${error.message}`, ...byHand(work)];
  }
  const missed = await awaitGate(withoutFailed(stage, run), run);
  const after = missed === undefined ? 'and everything is in order again' : 'but that did not help';
  return [`on ${hosts} the container before is back, ${after}`];
}

function byHand(work: readonly HostWork[]): readonly string[] {
  return work.flatMap(({ host, steps }) =>
    steps.flatMap((step) =>
      step.kind === 'take-back-container'
        ? [`on ${host} it is kept as ${step.name}.before (docker ps -a shows it)`]
        : [],
    ),
  );
}

/** Of the services that have a leader. */
const probes: Partial<Record<WayBack['service'], (sight: Sight) => Promise<Group>>> = {
  zookeeper: probeZookeeper,
  'mesos-master': probeMasters,
  marathon: probeMarathon,
};

/** Undefined as long as no member with the new version has led. */
async function whyMovedOn({ service, oneWay }: WayBack, run: Run): Promise<string | undefined> {
  if (oneWay === undefined) return undefined;
  const group = await probes[service]?.(run.sight);
  if (group?.leader === undefined) {
    return 'nobody knows whether one with the new version has led, and then there is no way back';
  }
  return oneWay.includes(group.leader)
    ? `${group.leader} leads with the new version, so its state has moved forward`
    : undefined;
}

function faultOf(
  error: GateNotReached['error'],
  host: string | undefined,
  told: readonly string[],
): ClusterError {
  return new ClusterError(error.code, error.message, {
    ...{ host, remedy: error.remedy, cause: error },
    evidence: [...error.evidence, ...told],
  });
}
