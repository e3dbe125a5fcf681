import { ClusterError } from '../../errors.ts';
import { checkGate } from '../../health/gates.ts';
import { probeMarathon } from '../../health/marathon.ts';
import { ask, failed, placeOf, whyNoAnswer, type Sight } from '../../health/sight.ts';
import type { Gate } from '../../plan/step.ts';
import { killTask, tasksOf } from '../../run/failover/task.ts';
import { appId } from '../../services/jenkins.ts';
import type { CallFault, HostFault, Strike } from '../fault.ts';
import type { Confirmation } from '../recording.ts';
import { confirm } from '../strike/confirm.ts';
import { inject } from '../strike/inject.ts';
import { remoteOf, type SwitchBoard } from './switches.ts';

/** What injects, and looks whether the fault is in effect. */
export interface Blows extends SwitchBoard {
  readonly sight: Sight;
}

const confirmS = 10;
const callMs = 60_000;
const pauseMs = 200;

export function actOf({ host, fault }: Strike): string {
  return `${faultText(fault)} on ${host}`;
}

function faultText(fault: HostFault): string {
  if ('container' in fault) return `${fault.kind} ${fault.container}`;
  switch (fault.kind) {
    case 'cut':
      return 'drop packets';
    case 'loss':
      return `drop ${fault.percent} % of packets`;
    case 'delay':
      return `delay packets by ${fault.ms} ms`;
    case 'clock-step':
      return `step the clock by ${fault.seconds} s`;
    case 'restart-docker':
      return 'restart Docker Engine';
    case 'reboot':
      return 'reboot';
  }
}

/**
 * Returns how long before the answer it was begun, in milliseconds by the clock of the host. Throws
 * DRILL_NOT_INJECTED or DRILL_NOT_ARMED.
 */
export async function strikeOne(blows: Blows, { host, fault }: Strike): Promise<number> {
  const sshPorts = [...new Set(blows.sight.spec.hosts.map(({ ssh }) => ssh.port))];
  const hit = { id: blows.id, fault, token: blows.token, sshPorts };
  const injection = await inject(remoteOf(blows, host), hit, blows.ports);
  if (injection.kind === 'injected') return injection.uptimeMs - injection.beforeMs;
  throw new ClusterError('DRILL_NOT_INJECTED', `${host} cannot do it: ${injection.reason}`, {
    host,
    remedy: 'ci-cluster failover-drill --list shows what can be run here. Nothing was broken.',
  });
}

export async function confirmOne(blows: Blows, { host, fault }: Strike): Promise<Confirmation> {
  const doubt = { id: blows.id, fault, withinS: confirmS };
  try {
    const { confirmed, evidence } = await confirm(remoteOf(blows, host), doubt, blows.ports);
    return { confirmed, evidence: `${host}: ${evidence}` };
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code === 'INTERRUPTED') throw error;
    return { confirmed: false, evidence: `${host}: ${error.message}` };
  }
}

/** Between two strikes in turn: what the first one hit stands again. */
export async function awaitStanding(
  blows: Blows,
  { fault }: Strike,
  limitMs: number,
): Promise<void> {
  const { clock, signal } = blows.ports;
  const gate = 'container' in fault ? gateOf(fault.container) : undefined;
  if (gate === undefined) return;
  const deadline = clock.now() + limitMs;
  for (;;) {
    const { reached, reason } = await checkGate(gate, blows.sight);
    if (reached) return;
    if (clock.now() >= deadline) {
      throw new ClusterError('GATE_NOT_REACHED', `the next one has to wait for ever: ${reason}`, {
        remedy: 'ci-cluster status shows the whole stack. What was broken is taken back.',
      });
    }
    await clock.sleep(pauseMs * 5, signal);
  }
}

function gateOf(container: string): Gate | undefined {
  const gates: Readonly<Record<string, Gate>> = {
    'ci-zookeeper': 'ensemble',
    'ci-mesos-master': 'masters',
    'ci-marathon': 'marathon',
    'ci-mesos-agent': 'registered',
  };
  return gates[container];
}

export function callText(call: CallFault): string {
  return call.kind === 'abdicate'
    ? 'DELETE /v2/leader of Marathon'
    : `kill the task of ${call.app} through Marathon`;
}

/** Returns what shows that it is in effect. */
export async function makeCall(
  blows: Blows,
  call: CallFault,
): Promise<() => Promise<Confirmation>> {
  return call.kind === 'abdicate' ? await abdicate(blows) : await killApp(blows, call.app);
}

async function abdicate(blows: Blows): Promise<() => Promise<Confirmation>> {
  const { sight } = blows;
  const { leader } = await probeMarathon(sight);
  const place = placeOf(sight, leader);
  if (place === undefined) throw notCalled('nobody leads Marathon');
  const { port } = sight.spec.marathon;
  const request = { method: 'DELETE', path: '/v2/leader', port } as const;
  const answer = await ask(place.remote, place.host, request);
  if (failed(answer)) throw notCalled(whyNoAnswer(answer));
  if (answer.status >= 300) throw notCalled(`Marathon answered ${answer.status}`);
  const isOver = async () => {
    const path = '/v2/info';
    const now = await ask(place.remote, place.host, { method: 'GET', path, port });
    return failed(now) || !/"elected"\s*:\s*true/.test(now.body);
  };
  const told = `Marathon on ${place.host.name} does not lead any more`;
  return () => until(blows, isOver, { told, not: `Marathon on ${place.host.name} still leads` });
}

async function killApp(blows: Blows, app: string): Promise<() => Promise<Confirmation>> {
  const { sight } = blows;
  const controller = sight.spec.jenkins.find((one) => appId(one) === app);
  if (controller === undefined) throw notCalled(`${app} is no controller`);
  const { leader } = await probeMarathon(sight);
  const [task] = (await tasksOf(sight, leader, controller)) ?? [];
  if (task === undefined) throw notCalled(`${app} has no task`);
  if (!(await killTask(sight, leader, { controller, task })))
    throw notCalled(`Marathon did not take the order for ${task.id}`);
  const isOver = async () => {
    const now = await tasksOf(sight, (await probeMarathon(sight)).leader, controller);
    return now?.every(({ id }) => id !== task.id) === true;
  };
  return () =>
    until(blows, isOver, { told: `task ${task.id} is gone`, not: `task ${task.id} runs` });
}

async function until(
  { ports: { clock, signal } }: Blows,
  isOver: () => Promise<boolean>,
  { told, not }: { readonly told: string; readonly not: string },
): Promise<Confirmation> {
  const deadline = clock.now() + callMs;
  while (clock.now() < deadline) {
    if (await isOver()) return { confirmed: true, evidence: told };
    await clock.sleep(pauseMs, signal);
  }
  return { confirmed: false, evidence: `${not} after ${callMs / 1000} s` };
}

function notCalled(why: string): ClusterError {
  return new ClusterError('DRILL_NOT_INJECTED', `the call was not made: ${why}`, {
    remedy: 'ci-cluster status shows the whole stack; then the same drill again.',
  });
}
