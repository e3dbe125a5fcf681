import { ClusterError } from '../errors.ts';
import { isInOrderAsFarAsSeen, type Health } from '../health/model.ts';
import { probeStack } from '../health/stack.ts';
import type { Missing } from '../plan/quorum-faults.ts';
import type { Engine } from './engine.ts';
import type { Look } from './look.ts';
import { readFacts } from './observe.ts';
import { unreachableHosts } from './refuse.ts';

/** After a run without failure the stack gets this long to become healthy as a whole. */
export const settleMs = 120_000;
const pauseMs = 1000;

/** The facts anew, over the connections that are there. */
export async function lookAgain({ ports, spec }: Engine, look: Look): Promise<Look> {
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

export async function settle(engine: Engine, first: Look): Promise<Health> {
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

export function conclude(health: Health, missing: readonly Missing[]): void {
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
