import type { ApiStep, Gate, HostStep, Plan, Stage } from './step.ts';

/** A range, with how its ends come about. */
export interface Duration {
  readonly leastMs: number;
  readonly mostMs: number;
  readonly parts: readonly DurationPart[];
}

export interface DurationPart {
  readonly what: string;
  readonly ms: number;
  /** A bound is what the run waits for at most; what is unknown takes what it takes, up to its bound. */
  readonly source: 'measured' | 'bound' | 'unknown';
}

export interface Bounds {
  readonly gateMs: (gate: Gate) => number;
  /** Until the whole stack is healthy, at the end. */
  readonly settleMs: number;
  /** What one command on every host took just now. */
  readonly measuredMs: number;
}

/** Stages run one after the other, the hosts of one at once. */
export function durationOf(plan: Plan, { gateMs, settleMs, measuredMs }: Bounds): Duration {
  const bounded = [
    ...plan.stages.flatMap((stage) => partsOf(stage, gateMs)),
    part('until all is healthy', settleMs, 'bound'),
  ];
  const trips = plan.stages.length + 1;
  const leastMs = measuredMs * trips;
  const measured = part(`${trips} stages, a command or a question each`, leastMs, 'measured');
  return {
    leastMs,
    mostMs: bounded.reduce((sum, { ms }) => sum + ms, 0),
    parts: [measured, ...summed(bounded)],
  };
}

function part(what: string, ms: number, source: DurationPart['source']): DurationPart {
  return { what, ms, source };
}

function summed(parts: readonly DurationPart[]): readonly DurationPart[] {
  const names = [...new Set(parts.map(({ what }) => what))];
  return names.flatMap((what) => {
    const same = parts.filter((one) => one.what === what);
    const [first] = same;
    const ms = same.reduce((sum, one) => sum + one.ms, 0);
    return first === undefined || ms === 0 ? [] : [{ ...first, ms }];
  });
}

function partsOf(stage: Stage, gateMs: Bounds['gateMs']): readonly DurationPart[] {
  switch (stage.kind) {
    case 'gate':
      return [part('gates', gateMs(stage.gate) + (stage.holdMs ?? 0), 'bound')];
    case 'api':
      return [callPart(stage.step)];
    case 'hosts':
      return slowest(stage.work.map(({ steps }) => steps.map(stepPart)));
  }
}

/** The hosts work at once: the one with most to do counts. */
function slowest(hosts: readonly (readonly DurationPart[])[]): readonly DurationPart[] {
  const sum = (parts: readonly DurationPart[]) => parts.reduce((all, { ms }) => all + ms, 0);
  return [...hosts].sort((one, other) => sum(other) - sum(one))[0] ?? [];
}

const second = 1000;

/** As in remote/stage.sh: 300 s for the lists of packages, 900 s for the packages, 90 + 60 s to start. */
const installMs = 1350 * second;
/** remote/stage.sh gives a pull 900 s; how much is to be pulled only the registry knows. */
const pullMs = 900 * second;
/** remote/stage.sh: 720 looks, four a second. */
const serveMs = 180 * second;
const dockerRestartMs = 150 * second;
const rulesMs = 210 * second;
const callMs = 30 * second;

function stepPart(step: HostStep): DurationPart {
  switch (step.kind) {
    case 'install-docker':
      return part('packages', installMs, 'unknown');
    case 'pull-image':
      return part('pulls of images', pullMs, 'unknown');
    case 'configure-docker':
      return part('configuration of Docker', dockerRestartMs, 'bound');
    case 'isolate-builds':
      return part('rules between builds and control ports', rulesMs, 'bound');
    case 'start-container':
      return part('containers', serveMs + step.container.stopSeconds * second, 'bound');
    case 'restart-container':
    case 'take-back-container':
      return part('containers', serveMs + step.stopSeconds * second, 'bound');
    case 'remove-folder':
      return part('deletion of data', 0, 'unknown');
    default:
      return part('files and folders', 0, 'bound');
  }
}

function callPart(step: ApiStep): DurationPart {
  const isPatient =
    step.kind === 'pause-builds' || (step.kind === 'vacate-agent' && !step.killBuilds);
  if (isPatient) return part('builds that end first', step.timeoutMs, 'bound');
  const calls = step.kind === 'fetch-agent-secrets' ? step.nodes.length : 1;
  return part('calls', calls * callMs, 'bound');
}
