import { checkGate } from '../../health/gates.ts';
import { probeMarathon } from '../../health/marathon.ts';
import { probeMasters } from '../../health/mesos.ts';
import type { Sight } from '../../health/sight.ts';
import { probeZookeeper } from '../../health/zookeeper.ts';
import type { Gate } from '../../plan/step.ts';
import type { Ports } from '../../ports.ts';
import type { Ms } from '../sample.ts';
import type { Baseline } from '../recording.ts';

/** What all of a healthy cluster holds; one look at each of them is a round. */
const gates: readonly Gate[] = [
  ...(['ensemble', 'masters', 'agents', 'marathon', 'deployments'] as const),
  ...(['gateways', 'entrance', 'jenkins', 'build-agents'] as const),
];

export interface Steadiness {
  readonly steady: boolean;
  /** What was missing in the last round; empty if nothing was. */
  readonly unsteady: string;
}

export interface SteadyOptions {
  readonly sight: Sight;
  readonly ports: Pick<Ports, 'clock' | 'signal'>;
  /** Green rounds in a row. */
  readonly rounds: number;
  readonly waitMs: Ms;
}

/** A round asks the leading master for its metrics three times, and it answers two a second to all (1.12). */
const pauseMs = 2000;

/** Waits for so many green rounds in a row, in which nobody else begins to lead. */
export async function awaitSteady(options: SteadyOptions): Promise<Steadiness> {
  const { sight, ports, rounds, waitMs } = options;
  const deadline = ports.clock.now() + waitMs;
  let leaders = '';
  for (let green = 0; ;) {
    const round = await look(sight);
    const isSame = round.leaders === leaders;
    leaders = round.leaders;
    green = round.unsteady !== '' ? 0 : isSame ? green + 1 : 1;
    if (green >= rounds) return { steady: true, unsteady: '' };
    if (ports.clock.now() >= deadline) {
      const unsteady = round.unsteady === '' ? 'leaders changed from look to look' : round.unsteady;
      return { steady: false, unsteady };
    }
    await ports.clock.sleep(pauseMs, ports.signal);
  }
}

async function look(
  sight: Sight,
): Promise<{ readonly unsteady: string; readonly leaders: string }> {
  const [leaders, ...states] = await Promise.all([
    leadersNow(sight),
    ...gates.map(async (gate) => await checkGate(gate, sight)),
  ]);
  const missing = states.filter(({ reached }) => !reached).map(({ reason }) => reason);
  // A gate lets hosts be skipped that nobody reaches; a drill does not.
  const unseen = [...sight.missing].map(([host, why]) => `${host}: ${why}`);
  return { unsteady: [...unseen, ...missing].join('; '), leaders: JSON.stringify(leaders) };
}

export async function leadersNow(sight: Sight): Promise<Baseline['leaders']> {
  const [zookeeper, mesos, marathon] = await Promise.all([
    probeZookeeper(sight),
    probeMasters(sight),
    probeMarathon(sight),
  ]);
  return { zookeeper: zookeeper.leader, mesos: mesos.leader, marathon: marathon.leader };
}
