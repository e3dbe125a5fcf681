import type { ClusterSpec, Host, Role } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { forgetId } from './agent-id.ts';
import { vacatedPath, vacateStages, type Emptying } from './around-agent.ts';
import { comingFrom } from './narrow-plan.ts';
import type { PlanInput } from './observed.ts';
import { plan } from './plan.ts';
import { withQuietDoors } from './quiet-doors.ts';
import type { HostStep, Plan, Stage } from './step.ts';
import { teardown } from './teardown.ts';

export interface Removing {
  readonly hosts: readonly string[];
  /** The cluster without them. */
  readonly next: ClusterSpec;
  /** The cluster file, as the command line names it. */
  readonly file: string;
  readonly purge: boolean;
  readonly emptying: Emptying;
}

/**
 * First the builds, then the host, then what others know of it, at last the cluster file: a run that is
 * cut off anywhere is gone on with by the same command.
 */
export function removeAgents(input: PlanInput, removing: Removing): Plan {
  const { hosts, next, file, emptying } = removing;
  refuseBound(input.spec, hosts);
  refuseLostUrls(input.spec, next);
  const reached = hosts.filter((name) => input.observed.facts.has(name));
  const calm = { ...emptying, stopControllers: true };
  const known = plan(input, calm).stages;
  const others = comingFrom(plan({ ...input, spec: next }, calm).stages, known);
  const strict = { ...emptying, stopControllers: false };
  const stages = [
    ...(reached.length === 0 ? [] : vacateStages(reached, { input, ...strict })),
    ...torn(input, removing, reached),
    ...hosts.map((host) => call({ kind: 'forget-agent', host })),
    ...others.filter(isNoPause).map((stage) => afterThem(stage, hosts)),
    ...hosts.map((host) => call({ kind: 'strike-host', file, host })),
  ];
  return { stages: withQuietDoors(input, stages, emptying) };
}

type Step = Extract<Stage, { readonly kind: 'api' }>['step'];

function call(step: Step): Stage {
  return { kind: 'api', phase: 'agents', step };
}

/** Put around all of it anew: the doors of the hosts that go are doors, too. */
function isNoPause(stage: Stage): boolean {
  if (stage.kind !== 'api') return true;
  return stage.step.kind !== 'pause-builds' && stage.step.kind !== 'resume-builds';
}

/** In the order of this list, whatever its usual phase; no gate waits for those that are gone. */
function afterThem(stage: Stage, hosts: readonly string[]): Stage {
  if (stage.kind !== 'gate') return { ...stage, phase: 'agents' };
  return { ...stage, phase: 'agents', except: [...(stage.except ?? []), ...hosts] };
}

/** In one go on each host, and the mark with it: nobody has to give anything back there. */
function torn(input: PlanInput, removing: Removing, reached: readonly string[]): readonly Stage[] {
  const all = teardown({ ...input, purge: removing.purge }).stages;
  const work = reached.map((host) => {
    const steps = all.flatMap((stage) =>
      stage.kind === 'hosts'
        ? stage.work.filter((one) => one.host === host).flatMap((one) => one.steps)
        : [],
    );
    return { host, steps: inOrder(input, steps) };
  });
  return work.length === 0 ? [] : [{ kind: 'hosts', phase: 'agents', work }];
}

/** Without the agent's memory of itself a host that comes back begins as a new one. */
function inOrder(input: PlanInput, steps: readonly HostStep[]): readonly HostStep[] {
  const isEnd = ({ kind }: HostStep) => kind === 'remove-container' || kind === 'remove-tasks';
  const unmark: HostStep = { kind: 'remove-file', path: vacatedPath };
  return [
    ...steps.filter(isEnd),
    forgetId(input.spec),
    unmark,
    ...steps.filter((step) => !isEnd(step)),
  ];
}

const voting: readonly Role[] = ['zookeeper', 'mesos-master', 'marathon'];

/** Members that vote, and homes that would be lost with their hosts. */
export function refuseBound(spec: ClusterSpec, names: readonly string[]): void {
  const going = spec.hosts.filter(({ name }) => names.includes(name));
  const voter = going.find(({ roles }) => roles.some((role) => voting.includes(role)));
  if (voter !== undefined) throw votes(voter);
  const bound = spec.jenkins.find(
    ({ home }) => home.kind === 'pinned' && names.includes(home.host),
  );
  if (bound?.home.kind !== 'pinned') return;
  const { name, home } = bound;
  throw new ClusterError(
    'NOT_MOVABLE',
    `the home of Jenkins ${name} is on ${home.host} alone: it would be lost with the host`,
    {
      host: home.host,
      remedy: `Move the home first: copy ${home.path} to another host while the controller is stopped, name that host under jenkins.${name}.home, and run ci-cluster init; or take the controller out of the cluster file.`,
    },
  );
}

function votes({ name, roles }: Host): ClusterError {
  const listed = roles.filter((role) => voting.includes(role)).join(', ');
  return new ClusterError('MEMBERSHIP_CHANGE', `${name} is more than a Mesos agent: ${listed}`, {
    host: name,
    remedy: `A member that votes is exchanged: ci-cluster replace ${name} (one at a time, with the quorum watched).`,
  });
}

/** An address that is made from the hosts may be another one without them. */
function refuseLostUrls(spec: ClusterSpec, next: ClusterSpec): void {
  for (const { name, url } of spec.jenkins) {
    const after = next.jenkins.find((controller) => controller.name === name)?.url;
    if (after !== undefined && after !== url) throw urlGone(name, url);
  }
}

function urlGone(name: string, url: string): ClusterError {
  return new ClusterError(
    'NOT_MOVABLE',
    `people and build agents reach Jenkins ${name} at ${url}, which would be gone`,
    {
      remedy: `Give it an address that stays (jenkins.${name}.url, or gateway.address: vip), run ci-cluster init, then the same command again.`,
    },
  );
}
