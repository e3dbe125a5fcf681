import { beforeAll, expect, test } from 'vitest';
import { durationOf } from '../../../src/plan/duration.ts';
import { buildEffects, type RunningBuild } from '../../../src/plan/effects/builds.ts';
import { effectsOf } from '../../../src/plan/effects/effects.ts';
import { serviceEffects } from '../../../src/plan/effects/services.ts';
import type { PlanInput } from '../../../src/plan/observed.ts';
import type { ApiStep, HostStep, Plan, Stage } from '../../../src/plan/step.ts';
import { fakeWorld } from '../../support/fake-world.ts';
import { templates } from '../../support/fake-ports.ts';
import { look, setUp } from '../../support/plan-world.ts';

let input: PlanInput;

beforeAll(async () => {
  const world = fakeWorld();
  await setUp(world);
  ({ input } = await look(world));
}, 60_000);

function restart(name: string, ...hosts: string[]): Stage {
  const step: HostStep = { kind: 'restart-container', name, listens: [], stopSeconds: 10 };
  return { kind: 'hosts', phase: 'agents', work: hosts.map((host) => ({ host, steps: [step] })) };
}

function remove(name: string, host: string): Stage {
  const steps: HostStep[] = [{ kind: 'remove-container', name }];
  return { kind: 'hosts', phase: 'agents', work: [{ host, steps }] };
}

function call(step: ApiStep): Stage {
  return { kind: 'api', phase: 'agents', step };
}

function planOf(...stages: Stage[]): Plan {
  return { stages };
}

function build(parts: Partial<RunningBuild> = {}): RunningBuild {
  return { controller: 'main', buildAgent: 'agent-1', via: 'mesos', host: 'a1', ...parts };
}

/** `agent-1 ends: …`, `agent-2 awaited`. */
function fates(plan: Plan, ...builds: RunningBuild[]): string[] {
  const { ending, awaited } = buildEffects(plan, input, { builds, unknown: [] });
  return [
    ...ending.map(({ buildAgent, why }) => `${buildAgent} ends: ${why}`),
    ...awaited.map(({ buildAgent, why }) => `${buildAgent} awaited: ${why}`),
  ];
}

test('members that go down one by one keep the quorum, two of three at once lose it', () => {
  const quorumOf = (plan: Plan) => serviceEffects(plan, input)[0]?.quorum;
  const name = 'ci-mesos-master';
  const single = planOf(restart(name, 'm2'), restart(name, 'm3'), restart(name, 'm1'));
  expect(quorumOf(single)).toEqual({
    ...{ members: 3, running: 3, downAtOnce: 1, moreMayFail: 0, kept: true },
  });
  expect(quorumOf(planOf(restart(name, 'm2', 'm3')))).toMatchObject({ downAtOnce: 2, kept: false });
});

test('rounds are told in their order, with the leader among them', () => {
  const plan = planOf(restart('ci-marathon', 'm2'), restart('ci-marathon', 'm3', 'm1'));
  expect(serviceEffects(plan, input)).toMatchObject([
    { title: 'Marathon', kind: 'restart', rounds: [['m2'], ['m3', 'm1']], leader: 'm1' },
  ]);
});

test('a container that was set aside is missed by nobody', () => {
  expect(serviceEffects(planOf(remove('ci-marathon.previous', 'm1')), input)).toEqual([]);
});

test('a restart of a Mesos agent ends builds of the plugin, not those of Marathon', () => {
  const plan = planOf(restart('ci-mesos-agent', 'a1'));
  const others = [
    build({ buildAgent: 'b', via: 'marathon' }),
    build({ buildAgent: 'c', host: 'a2' }),
  ];
  expect(fates(plan, build(), ...others)).toEqual([
    'agent-1 ends: the Mesos agent on a1 is stopped',
  ]);
});

test('a Mesos agent that is removed ends both', () => {
  const plan = planOf(remove('ci-mesos-agent', 'a1'));
  expect(fates(plan, build(), build({ buildAgent: 'b', via: 'marathon' }))).toHaveLength(2);
});

test('builds are waited for where the Mesos agent is emptied first, unless they are to be killed', () => {
  const vacate = { kind: 'vacate-agent', host: 'a1', timeoutMs: 1000 } as const;
  const stop = restart('ci-mesos-agent', 'a1');
  expect(fates(planOf(call({ ...vacate, killBuilds: false }), stop), build())).toEqual([
    'agent-1 awaited: the Mesos agent on a1 is stopped',
  ]);
  expect(fates(planOf(call({ ...vacate, killBuilds: true }), stop), build())).toHaveLength(1);
});

test('a build whose host nobody tells may end with any Mesos agent', () => {
  expect(fates(planOf(restart('ci-mesos-agent', 'a2')), build({ host: undefined }))).toEqual([
    'agent-1 ends: its host is not known: it may end',
  ]);
});

test('a controller that restarts ends its own builds, and no others', () => {
  const plan = planOf(call({ kind: 'remove-app', id: '/ci/jenkins-main' }));
  expect(fates(plan, build(), build({ controller: 'tools' }))).toEqual([
    'agent-1 ends: Jenkins main is removed',
  ]);
});

test('a controller that is paused before it restarts ends no build', () => {
  const pause = { kind: 'pause-builds', controllers: ['main'], timeoutMs: 1000 } as const;
  const plan = planOf(call(pause), call({ kind: 'remove-app', id: '/ci/jenkins-main' }));
  expect(fates(plan, build())).toEqual(['agent-1 awaited: Jenkins main is removed']);
  expect(fates(planOf(call(pause)), build())).toEqual([
    'agent-1 awaited: no build may run meanwhile',
  ]);
});

test('a gateway that people come in by takes the connections of all builds with it, another does not', () => {
  expect(fates(planOf(restart('ci-gateway', 'a1')), build())).toEqual([
    'agent-1 ends: its connection goes through the gateway on a1',
  ]);
  expect(fates(planOf(restart('ci-gateway', 'a2')), build())).toEqual([]);
});

test('controllers that leave a host with its Mesos agent are told, with their builds', () => {
  const vacate = { kind: 'vacate-agent', host: 'a2', timeoutMs: 1000 } as const;
  const plan = planOf(call({ ...vacate, killBuilds: false, moves: ['main'], stops: ['tools'] }));
  expect(buildEffects(plan, input, { builds: [], unknown: [] }).controllers).toEqual([
    { controller: 'main', fate: 'moves' },
    { controller: 'tools', fate: 'stops meanwhile' },
  ]);
  expect(fates(plan, build())).toEqual(['agent-1 awaited: Jenkins main moves']);
  const killing = planOf(call({ ...vacate, killBuilds: true, moves: ['main'] }));
  expect(fates(killing, build())).toEqual(['agent-1 ends: Jenkins main moves']);
});

test('the notes of a plan are among its effects', () => {
  const plan = { stages: [], notes: ['one-way: Marathon'] };
  expect(effectsOf(plan, input, { builds: [], unknown: [] }).notes).toEqual(['one-way: Marathon']);
});

test('a duration is a range: the measured command for each stage, and the sum of all bounds', () => {
  const pull: HostStep = { kind: 'pull-image', image: 'x:1' };
  const plan = planOf(
    { kind: 'hosts', phase: 'hosts', work: ['m1', 'm2'].map((host) => ({ host, steps: [pull] })) },
    restart('ci-marathon', 'm1'),
    { kind: 'gate', phase: 'services', gate: 'marathon' },
  );
  const bounds = { gateMs: () => 240_000, settleMs: 120_000, measuredMs: 500 };
  expect(durationOf(plan, bounds)).toEqual({
    ...{ leastMs: 2000, mostMs: 900_000 + 190_000 + 240_000 + 120_000 },
    parts: [
      { what: '4 stages, a command or a question each', ms: 2000, source: 'measured' },
      { what: 'pulls of images', ms: 900_000, source: 'unknown' },
      { what: 'containers', ms: 190_000, source: 'bound' },
      { what: 'gates', ms: 240_000, source: 'bound' },
      { what: 'until all is healthy', ms: 120_000, source: 'bound' },
    ],
  });
});

test('the bounds of a duration are those of the script that waits', () => {
  const script = templates['remote/stage.sh'] ?? '';
  expect(script).toContain('docker_seconds=900');
  expect(script).toContain('tries=720');
  expect(script).toContain('sleep 0.25');
});
