import { quorum } from '../../cluster/members.ts';
import { services } from '../../services/index.ts';
import type { Service } from '../../services/service.ts';
import type { PlanInput } from '../observed.ts';
import type { HostStep, Plan } from '../step.ts';

/** What happens to the containers of one service, in which order. */
export interface ServiceEffect {
  readonly container: string;
  readonly title: string;
  readonly kind: 'start' | 'restart' | 'stop';
  /** Hosts that go together, one list after the other. */
  readonly rounds: readonly (readonly string[])[];
  /** Who leads now, if it is touched. */
  readonly leader: string | null;
  /** Of services whose members vote. */
  readonly quorum: QuorumEffect | null;
}

export interface QuorumEffect {
  readonly members: number;
  readonly running: number;
  readonly downAtOnce: number;
  /** How many of the others may be lost in the worst moment. */
  readonly moreMayFail: number;
  /** False where it has none now. */
  readonly kept: boolean;
}

export function serviceEffects(plan: Plan, input: PlanInput): readonly ServiceEffect[] {
  const touches = plan.stages.flatMap((stage, round) =>
    stage.kind !== 'hosts'
      ? []
      : stage.work.flatMap(({ host, steps }) =>
          steps.flatMap((step) => touchOf(step, { host, round, input }) ?? []),
        ),
  );
  const names = [...new Set(touches.map(({ container }) => container))];
  return names.map((name) =>
    effectOf(
      touches.filter(({ container }) => container === name),
      input,
    ),
  );
}

/** A container that is started, exchanged or ended on one host. */
interface Touch {
  readonly container: string;
  readonly service: string;
  readonly host: string;
  readonly round: number;
  readonly runs: boolean;
  readonly ends: boolean;
}

interface Moment {
  readonly host: string;
  readonly round: number;
  readonly input: PlanInput;
}

function touchOf(step: HostStep, { host, round, input }: Moment): Touch | undefined {
  const container = containerOf(step);
  if (container === undefined) return undefined;
  const existing = input.observed.facts.get(host)?.containers.find((c) => c.name === container);
  const runs = existing?.status === 'running';
  const ends = step.kind === 'remove-container';
  // What was set aside, or has ended, nobody misses.
  if (ends && !runs) return undefined;
  const service = step.kind === 'start-container' ? step.service : (existing?.service ?? '');
  return { container, service, host, round, runs, ends };
}

function containerOf(step: HostStep): string | undefined {
  switch (step.kind) {
    case 'start-container':
      return step.container.name;
    case 'restart-container':
    case 'take-back-container':
    case 'remove-container':
      return step.name;
    default:
      return undefined;
  }
}

function effectOf(touches: readonly Touch[], input: PlanInput): ServiceEffect {
  const [{ container, service: name } = { container: '', service: '' }] = touches;
  const service = services.find((one) => one.name === name);
  const rounds = [...new Set(touches.map(({ round }) => round))].map((round) =>
    touches.filter((touch) => touch.round === round),
  );
  const leading = touches.find(({ host }) => input.observed.leaders.has(`${name}@${host}`));
  return {
    container,
    title: service?.title ?? container,
    kind: kindOf(touches),
    rounds: rounds.map((round) => round.map(({ host }) => host)),
    leader: leading?.host ?? null,
    quorum: service?.votes === true ? quorumEffect(service, rounds, input) : null,
  };
}

function kindOf(touches: readonly Touch[]): ServiceEffect['kind'] {
  if (touches.some(({ ends }) => ends)) return 'stop';
  return touches.some(({ runs }) => runs) ? 'restart' : 'start';
}

function quorumEffect(
  service: Service,
  rounds: readonly (readonly Touch[])[],
  { spec, observed }: PlanInput,
): QuorumEffect {
  const members = service.hosts(spec).length;
  const running = service
    .hosts(spec)
    .filter(({ name }) =>
      observed.facts
        .get(name)
        ?.containers.some((one) => one.service === service.name && one.status === 'running'),
    ).length;
  const downAtOnce = Math.max(...rounds.map((round) => round.filter(({ runs }) => runs).length));
  const spare = running - downAtOnce - quorum(members);
  return { members, running, downAtOnce, moreMayFail: Math.max(0, spare), kept: spare >= 0 };
}
