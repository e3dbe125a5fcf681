import type { Host } from '../../../config/cluster-spec.ts';
import { ClusterError } from '../../../errors.ts';
import { nodesAmong, tasksOnAgent } from '../../../health/agent-tasks.ts';
import { ask, failed } from '../../../health/sight.ts';
import type { VacateAgent } from '../../../plan/agent-step.ts';
import { returnAgentId } from '../../owed.ts';
import type { Run } from '../../run.ts';
import type { Call } from '../call.ts';
import { awaitBuilds } from './await-builds.ts';
import { lookAtBuilds } from './builds-there.ts';
import { drain } from './drain.ts';
import { giveBackAtLast } from './give-back.ts';
import { pause, putBack, resume } from './jenkins-nodes.ts';
import { hostNamed } from './hosts.ts';
import { leadingOf, type Leading } from './leading.ts';
import { rememberRegistration } from './memory.ts';
import { moveAway, residentsOf, type Resident } from './move-controllers.ts';

/**
 * No new work first, then the builds end, then controllers move, and only then Mesos ends what is
 * left: a drain kills tasks, and the plugin's do not survive the restart of an agent either (2.0).
 */
export function vacateAgent(run: Run, step: VacateAgent): Call {
  const host = hostNamed(run, step.host);
  return { host, call: () => vacate(run, host, step) };
}

interface Vacating {
  readonly run: Run;
  readonly host: Host;
  readonly step: VacateAgent;
  readonly leading: Leading;
  readonly residents: readonly Resident[];
}

async function vacate(run: Run, host: Host, step: VacateAgent): Promise<boolean> {
  const leading = leadingOf(run);
  const agent = await leading.agent(host);
  // Nothing runs on an agent that its master does not know, and nobody empties one that has ended.
  if (agent === undefined || (await hasEnded(run, host))) return false;
  refuseBound(await residentsOf(run, host), step, host);
  const paused = promiseReturn(run, host);
  await lookAtBuilds({ run, host, whole: [] });
  await leading.tell('DEACTIVATE_AGENT', agent.id);
  // A controller may have come from another host of the batch until now; from now on none can.
  const residents = await residentsOf(run, host);
  refuseBound(residents, step, host);
  const vacating = { run, host, step, leading, residents };
  if (!step.killBuilds) await endBuilds(vacating, paused);
  for (const one of residents) if (moves(step, one)) await moveAway(run, host, one);
  rememberRegistration(run, host, agent);
  await endRest(vacating);
  return true;
}

/** From now on the end of the run gives back whatever is taken; the result takes what was paused. */
function promiseReturn(run: Run, host: Host): Resident[] {
  const paused: Resident[] = [];
  run.undo.set(returnAgentId(host.name), {
    told: `give the Mesos agent on ${host.name} work again`,
    work: async () => {
      for (const { controller } of paused) await resume(run, controller, true);
      await giveBackAtLast(run, host);
    },
    byHand: `ci-cluster add-agent ${host.name}`,
  });
  return paused;
}

/** Those on the host, and all of a controller that is to move or to stop. */
async function endBuilds(vacating: Vacating, paused: Resident[]): Promise<void> {
  const { run, host, step, residents } = vacating;
  for (const one of residents) {
    if (await pause(run, one.controller, `empties ${host.name}`)) paused.push(one);
  }
  const whole = residents.map(({ controller }) => controller.name);
  const look = () => lookAtBuilds({ run, host, whole });
  await awaitBuilds({ run, place: host.name, timeoutMs: step.timeoutMs, look });
}

function moves({ stops = [] }: VacateAgent, { controller }: Resident): boolean {
  return !stops.includes(controller.name);
}

async function endRest({ run, host, step, leading }: Vacating): Promise<void> {
  // It starts nothing more and will not answer for a while.
  const stops = step.killBuilds ? [] : (step.stops ?? []);
  if (stops.length > 0) await putBack(run, host.name, { controllers: stops });
  const kept = await keptNodes(run, host);
  await drain({ run, leading, host, signal: run.ports.signal });
  const answering = run.spec.jenkins
    .map(({ name }) => name)
    .filter((name) => !stops.includes(name));
  // Marathon starts these elsewhere, under the same name.
  if (kept.length > 0) await putBack(run, host.name, { names: kept, controllers: answering });
}

async function keptNodes(run: Run, host: Host): Promise<readonly string[]> {
  const tasks = (await tasksOnAgent(run.sight, host)) ?? [];
  const nodes = nodesAmong(run.spec, tasks);
  return nodes.filter(({ isKept }) => isKept).map(({ name }) => name);
}

/** The plan has asked for it; a shared one may have come here since then, and simply moves on. */
function refuseBound(
  residents: readonly Resident[],
  { stops = [] }: VacateAgent,
  { name: host }: Host,
): void {
  const bound = residents.find(
    ({ controller: { home, name } }) => home.kind === 'pinned' && !stops.includes(name),
  );
  if (bound === undefined) return;
  const { name } = bound.controller;
  throw new ClusterError('NOT_MOVABLE', `Jenkins ${name} runs on ${host}, and cannot move`, {
    host,
    remedy: `If it may stop for some minutes, after its builds have ended: the same command with --stop-controllers.`,
  });
}

async function hasEnded({ sight, spec }: Run, host: Host): Promise<boolean> {
  const remote = sight.remotes.get(host.name);
  if (remote === undefined) return true;
  const port = spec.mesos.agentPort;
  const answer = await ask(remote, host, { method: 'GET', path: '/health', port });
  return failed(answer) && answer.failure === 'refused';
}
