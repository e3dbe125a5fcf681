import type { ClusterSpec } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { isInOrderAsFarAsSeen, type Health } from '../health/model.ts';
import type { Sight } from '../health/sight.ts';
import { probeStack } from '../health/stack.ts';
import { preflight } from '../plan/preflight.ts';
import type { Missing } from '../plan/quorum-faults.ts';
import { countChanges, type Plan } from '../plan/step.ts';
import type { Ports } from '../ports.ts';
import type { Report } from './events.ts';
import { lookAt, type Look } from './look.ts';
import { readFacts } from './observe.ts';
import { perform } from './perform.ts';
import type { Change } from './run.ts';

/** A change of the cluster, as a command wants it: everything that changes hosts goes this way. */
export interface Order {
  /** The command line as typed, without the program: for the journal, and to type again. */
  readonly command: readonly string[];
  /**
   * From what was seen to what is to be done, after nothing spoke against it in general. Throws a
   * refusal of its own (exit 8).
   */
  readonly plan: (look: Look) => Plan | Promise<Plan>;
  /** Asked once, with the plan, if it holds changes. Throws to refuse. */
  readonly confirm: (plan: Plan, look: Look) => Promise<void>;
  /** Go on without hosts that do not answer, as far as no quorum needs them. */
  readonly skipUnreachable: boolean;
  /** False where the stack is not meant to be healthy afterwards. */
  readonly settles: boolean;
  /** Faults of the preflight that this change is allowed to ignore: a teardown ignores all. */
  readonly ignores?: (fault: ClusterError) => boolean;
}

/** Filled as the run goes, so that a failed run can tell what it did. */
export interface ChangeRecord {
  readonly changes: Change[];
  health: Health | undefined;
}

export function newRecord(): ChangeRecord {
  return { changes: [], health: undefined };
}

export interface Engine {
  readonly spec: ClusterSpec;
  readonly ports: Ports;
  readonly report: Report;
}

/** After a run without failure the stack gets this long to become healthy as a whole. */
const settleMs = 120_000;
const pauseMs = 1000;

/**
 * Looks, plans, asks, changes, and looks again. Returns what it saw the stack through. A plan without
 * changes asks nobody, locks nothing and writes nothing.
 */
export async function carryOut(engine: Engine, order: Order, record: ChangeRecord): Promise<Sight> {
  const { ports, report, spec } = engine;
  const look = await lookAt(spec, ports, report);
  refuse(look, order);
  const stages = await order.plan(look);
  const changes = countChanges(stages);
  report({ kind: 'planned', changes });
  if (changes > 0) await order.confirm(stages, look);
  const { remotes } = look.sight;
  const run = { ...engine, spec: look.input.spec, remotes, sight: look.sight };
  await perform(stages, run, record.changes);
  if (!order.settles) return look.sight;
  const fresh = changes > 0 ? await lookAgain(engine, look) : look;
  record.health = await settle(engine, fresh);
  conclude(record.health, look.missing);
  return look.sight;
}

/** Nothing is changed while anything speaks against it. */
function refuse({ input, missing }: Look, { skipUnreachable, ignores }: Order): void {
  const unreachable = missing.filter(({ error }) => error.code === 'HOST_UNREACHABLE');
  if (unreachable.length < missing.length) throw summedUp(missing.map(({ error }) => error));
  const faults = preflight(input, missing).filter((fault) => ignores?.(fault) !== true);
  if (faults.length > 0) throw summedUp(faults);
  if (missing.length > 0 && !skipUnreachable)
    throw unreachableHosts(missing, 'nothing was changed');
}

function summedUp(faults: readonly ClusterError[]): ClusterError {
  const [first] = faults;
  if (first !== undefined && faults.length === 1) return first;
  return new ClusterError('HOSTS_FAILED', `${faults.length} faults; nothing was changed`, {
    parts: faults,
    remedy: 'Correct each of them, then run the same command again.',
  });
}

function unreachableHosts(missing: readonly Missing[], others: string): ClusterError {
  const errors = missing.map(({ error }) => error);
  const [first] = errors;
  if (first !== undefined && errors.length === 1) return first;
  return new ClusterError(
    'HOST_UNREACHABLE',
    `${errors.length} hosts cannot be reached; ${others}`,
    {
      parts: errors,
      remedy: 'Bring them back, or go on without them: --skip-unreachable.',
    },
  );
}

async function lookAgain({ ports, spec }: Engine, look: Look): Promise<Look> {
  const facts = await Promise.all(
    spec.hosts.flatMap((host) => {
      const remote = look.sight.remotes.get(host.name);
      return remote === undefined
        ? []
        : [
            readFacts({ spec: look.input.spec, ports, host, remote }).then(
              (found) => [host.name, found] as const,
            ),
          ];
    }),
  );
  const observed = { ...look.input.observed, facts: new Map(facts) };
  return { ...look, input: { ...look.input, observed } };
}

async function settle(engine: Engine, first: Look): Promise<Health> {
  const { ports, report } = engine;
  const deadline = ports.clock.now() + settleMs;
  for (let look = first; ;) {
    const health = await probeStack(look.input, look.sight);
    const waits = health.verdict !== 'healthy' && look.sight.missing.size === 0;
    if (!waits || ports.clock.now() >= deadline) return health;
    report({ kind: 'settling', reason: firstReason(health), deadlineMs: settleMs });
    await ports.clock.sleep(pauseMs, ports.signal);
    // A container that Docker was just restarting is in order a moment later: the facts age, too.
    const outdated = health.hosts.some(({ state }) => state !== 'healthy');
    if (outdated) look = await lookAgain(engine, look);
  }
}

function firstReason(health: Health): string {
  const { zookeeper, mesosMasters, mesosAgents, marathon, gateways, jenkins, hosts } = health;
  const named = [
    ...hosts.flatMap(({ host, containers, detail, openness }) => [
      `${host}: ${detail}`,
      `${host}: ${openness}`,
      ...containers
        .filter(({ state }) => state !== 'healthy')
        .map((container) => `${host}: ${container.name} ${container.detail}`),
    ]),
    `ZooKeeper: ${zookeeper.reason}`,
    `Mesos masters: ${mesosMasters.reason}`,
    `Mesos agents: ${mesosAgents.reason}`,
    `Marathon: ${marathon.reason}`,
    `gateways: ${gateways.reason}`,
    ...jenkins.map(({ name, detail }) => `Jenkins ${name}: ${detail}`),
    ...jenkins.map(({ name, builds }) => `builds of ${name}: ${builds?.reason ?? ''}`),
  ];
  return named.find((reason) => !reason.endsWith(': ')) ?? 'unknown';
}

function conclude(health: Health, missing: readonly Missing[]): void {
  if (health.verdict === 'healthy') return;
  if (missing.length > 0 && isInOrderAsFarAsSeen(health))
    throw unreachableHosts(missing, 'all others are in order');
  throw new ClusterError(
    'UNHEALTHY',
    `everything was set up, but the stack is not healthy: ${firstReason(health)}`,
    {
      remedy: 'ci-cluster status shows the whole stack.',
    },
  );
}
