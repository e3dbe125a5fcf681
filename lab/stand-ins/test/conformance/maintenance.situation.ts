import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fakeClock } from '../shared/support/fake-clock.ts';
import { MesosExecute } from './support/mesos-execute.ts';
import type { RecordedAnswer } from './support/recorded.ts';
import { ScriptedAgent } from './support/scripted-agent.ts';
import { startSite, startTrio, until, type Trio } from './support/site.ts';
import { replayAll, situation } from './support/situation.ts';

const drainOrder = ['01-DRAIN', '02-GET', '02-DRAIN', '03-'];

const [oldMaster, newMaster] = [
  'f1e11242-08eb-4bcd-9a85-5ecd34b18563',
  'e7b2b92f-8b45-4c00-91c4-c2f1a067d347',
];

interface Scene {
  readonly trio: Trio;
  readonly first: ScriptedAgent;
  second: ScriptedAgent;
  /** Recorded ids → ours. */
  readonly names: Map<string, string>;
  readonly done: Set<string>;
}

/** Deactivate, drain, get stuck, maintain, mark gone: two agents, the first with tasks from an earlier leader. */
export function maintenanceSituations(): void {
  describe('two agents', () => {
    const answers = situation('30-drain-maintenance');
    let scene: Scene;

    beforeAll(async () => {
      scene = await prepare();
    });

    afterAll(() => scene.trio.stop());

    const steps = [...new Set(answers.map(stepOf))];
    test.each(steps)('step %s', async (step) => {
      await happen(scene, step);
      const faults: string[] = [];
      for (const one of answers.filter((answer) => stepOf(answer) === step)) {
        if (one.name.includes(`${step}-after`)) await happen(scene, `${step}-after`);
        const site = scene.trio.sites[one.port === 5151 ? 1 : 0];
        faults.push(...(await replayAll(site.url, [one], { names: scene.names })));
      }
      expect(faults).toEqual([]);
    });
  });
}

/** What lies between two requests; once. */
async function happen(scene: Scene, step: string): Promise<void> {
  const { clock } = scene.trio;
  if (!scene.done.has(step)) await actions[step]?.(scene);
  scene.done.add(step);
  await clock.advance(1000);
}

/** One agent, one task whose framework takes note of its end: no way to get stuck. */
export function cleanDrainSituation(): void {
  describe('one agent', () => {
    const answers = situation('31-drain-clean');

    test('a drain without obstacles, then gone', async () => {
      const clock = fakeClock();
      const site = await startSite({ clock, argv: ['--cluster=lab'] });
      site.seeLeader(site.info);
      const { core } = site.master;
      const agent = new ScriptedAgent(clock);
      await agent.register(core);
      await agent.register(core);
      const drainme = new MesosExecute(core, 'drainme', { thorough: true });
      await until(clock, () => drainme.framework.tasks.get('drainme')?.state === 'TASK_RUNNING');
      const names = new Map([[`${oldMaster}-S0`, agent.id]]);
      for (const start of drainOrder) {
        const part = answers.filter(({ name }) => name.includes(`/${start}`));
        expect(await replayAll(site.url, part, { names })).toEqual([]);
        // Waits for an offer that an agent being drained does not make.
        if (start === '01-DRAIN') new MesosExecute(core, 'waits');
        await clock.advance(5000);
      }
      expect(agent.shutdown).toBeDefined();
      await site.stop();
    });
  });
}

function stepOf({ name }: RecordedAnswer): string {
  return name.split('/')[1]?.slice(0, 2) ?? '';
}

async function prepare(): Promise<Scene> {
  const trio = await startTrio();
  const { clock } = trio;
  const before = await startSite({ clock });
  before.seeLeader(before.info);
  const first = new ScriptedAgent(clock);
  await first.register(before.master.core);
  const ids: string[] = [];
  for (const task of ['longrun', 'longzk']) {
    const { framework } = new MesosExecute(before.master.core, task);
    await until(clock, () => framework.tasks.get(task)?.state === 'TASK_RUNNING');
    ids.push(framework.id);
  }
  await before.stop();
  const { core } = trio.sites[0].master;
  await first.register(core);
  const [longrun = '', longzk = ''] = ids;
  new MesosExecute(core, 'longzk', { id: longzk, thorough: true });
  const second = await addSecond(trio);
  const names = new Map([
    [`${oldMaster}-S0`, first.id],
    [`${newMaster}-S0`, second.id],
    [`${oldMaster}-0001`, longrun],
    [`${oldMaster}-0002`, longzk],
  ]);
  return { trio, first, second, names, done: new Set() };
}

async function addSecond({ clock, sites }: Trio): Promise<ScriptedAgent> {
  const agent = new ScriptedAgent(clock, {
    hostname: 'agent2.local',
    ip: '127.0.0.2',
    port: 5162,
    resources: 'cpus:2;mem:1024;disk:1024;ports:[31000-32000]',
    rack: 'r2',
  });
  await agent.register(sites[0].master.core);
  return agent;
}

/** What happened between the recorded requests, by the step it came before. */
const actions: Readonly<Record<string, (scene: Scene) => void | Promise<void>>> = {
  // Tasks that trap SIGTERM.
  '11': ({ first }) => {
    first.obeys = false;
  },
  '12': ({ first }) => {
    first.forceEnd('longzk');
  },
  // Nobody acknowledges its TASK_KILLING: the master hears of the end by the next attempt to deliver that.
  '13': async ({ first, trio }) => {
    first.forceEnd('longrun');
    await trio.clock.advance(10_000);
  },
  '32': async ({ second, trio }) => {
    await second.register(trio.sites[0].master.core);
    expect(second.shutdown).toBeDefined();
  },
  '37': async (scene) => {
    scene.second = await addSecond(scene.trio);
    scene.names.set(`${newMaster}-S1`, scene.second.id);
  },
  '37-after': ({ trio }) => {
    new MesosExecute(trio.sites[0].master.core, 'ontwo');
  },
};
