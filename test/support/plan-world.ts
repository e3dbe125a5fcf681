import { lookAt, type Look } from '../../src/run/look.ts';
import { plan } from '../../src/plan/plan.ts';
import { preflight } from '../../src/plan/preflight.ts';
import { describe, type HostStep, type Plan, type Stage } from '../../src/plan/step.ts';
import type { ClusterError } from '../../src/errors.ts';
import { clusterFile, specOf } from './cluster-file.ts';
import { portsOf } from './fake-ports.ts';
import type { FakeWorld } from './fake-world.ts';
import { runCli } from './run-cli.ts';

/** Looks at a world through its cluster file, as every command does. */
export async function look(world: FakeWorld): Promise<Look> {
  const ports = portsOf(world, new AbortController().signal);
  const spec = await specOf(world.files.get('cluster.yml'));
  return await lookAt(spec, ports, () => undefined);
}

/** The plan of `init`, a line per stage: steps with the hosts that do them together. */
export async function plannedLines(world: FakeWorld): Promise<readonly string[]> {
  const { input } = await look(world);
  return stageLines(plan(input));
}

/** What forbids `init` to begin. */
export async function refusals(world: FakeWorld): Promise<readonly ClusterError[]> {
  const { input, missing } = await look(world);
  return preflight(input, missing);
}

/** Brings the world to what its cluster file says; throws if that fails. */
export async function setUp(world: FakeWorld): Promise<void> {
  const { exitCode, stderr } = await runCli('init --yes --skip-unreachable', world);
  if (exitCode !== 0) throw new Error(`init failed with ${exitCode}:\n${stderr}`);
}

function stageLines({ stages }: Plan): readonly string[] {
  return stages.flatMap((stage, index) => {
    const then = index === 0 ? '' : 'then ';
    return linesOf(stage).map((line, place) => (place === 0 ? `${then}${line}` : `and ${line}`));
  });
}

function linesOf(stage: Stage): string[] {
  switch (stage.kind) {
    case 'gate':
      return [`wait for ${stage.gate}${butFor(stage.except)}`];
    case 'api':
      return [describe(stage.step)];
    case 'hosts':
      return grouped(stage);
  }
}

function butFor(hosts: readonly string[] = []): string {
  return hosts.length === 0 ? '' : ` but for ${hosts.join(' ')}`;
}

/** Hosts with the same steps stand together: `m1 m2: write …, start …`. */
function grouped({ work }: Extract<Stage, { kind: 'hosts' }>): string[] {
  const bySteps = new Map<string, string[]>();
  for (const { host, steps } of work) {
    const text = told(steps);
    bySteps.set(text, [...(bySteps.get(text) ?? []), host]);
  }
  return [...bySteps].map(([text, hosts]) => `${hosts.join(' ')}: ${text}`);
}

/** Folders in sum, images without their registry: what matters here is who does what and when. */
function told(steps: readonly HostStep[]): string {
  const folders = steps.filter(({ kind }) => kind === 'ensure-folder').length;
  const others = steps.filter(({ kind }) => kind !== 'ensure-folder').map((step) => describe(step));
  const made = folders === 0 ? [] : [`make ${folders} ${folders === 1 ? 'folder' : 'folders'}`];
  return [...others, ...made]
    .join(', ')
    .replaceAll(/ (?:from|pull) [\w./-]*?([\w-]+):\S+?(?=,|$)/g, (text, image: string) =>
      text.startsWith(' pull') ? ` pull ${image}` : '',
    );
}

/** A cluster file whose ZooKeeper servers are on other hosts than its Mesos masters. */
export function separateEnsemble(): string {
  const zookeeper = { roles: ['zookeeper'] };
  const master = { roles: ['mesos-master', 'marathon'] };
  return clusterFile({
    masters: 0,
    hosts: {
      x1: { address: '10.0.0.34', ...master },
      z1: { address: '10.0.0.31', ...zookeeper },
      x2: { address: '10.0.0.35', ...master },
      z2: { address: '10.0.0.32', ...zookeeper },
      z3: { address: '10.0.0.33', ...zookeeper },
      x3: { address: '10.0.0.36', ...master },
    },
  });
}
