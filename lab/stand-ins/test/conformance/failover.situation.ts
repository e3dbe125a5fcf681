import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MesosExecute } from './support/mesos-execute.ts';
import type { RecordedAnswer } from './support/recorded.ts';
import { ScriptedAgent } from './support/scripted-agent.ts';
import { startTrio, until, type Site, type Trio } from './support/site.ts';
import { replayAll, situation } from './support/situation.ts';

interface Scene {
  readonly trio: Trio;
  readonly agent: ScriptedAgent;
}

type Act = (scene: Scene) => Promise<string[]>;

/** Three masters, one agent, two tasks; then the leader dies, ZooKeeper goes, the quorum is lost. */
export function failoverSituations(): void {
  const acts = { ...healthyActs(), ...failoverActs(), ...outageActs() };
  let scene: Scene;
  describe('three masters', () => {
    beforeAll(async () => {
      const trio = await startTrio();
      scene = { trio, agent: await populate(trio) };
    });
    afterAll(() => scene.trio.stop());
    // In this order: each goes on where the one before it stopped.
    test.each(Object.entries(acts))('%s', async (_, act) => {
      expect(await act(scene)).toEqual([]);
    });
  });
}

function healthyActs(): Record<string, Act> {
  const leader = situation('10-leader');
  const standby = situation('10-standby');
  return {
    'the leader of a healthy cluster': ({ trio }) => replay(trio.sites[0], leader),
    'a standby': ({ trio }) => replay(trio.sites[1], standby),
  };
}

function failoverActs(): Record<string, Act> {
  const gap = situation('12-gap');
  const newLeader = situation('13-new-leader');
  const newStandby = situation('13-standby');
  return {
    'the others while the dead leader is still the leader to them': async (scene) => {
      await scene.trio.kill(scene.trio.sites[0]);
      return replayGap(scene, gap.filter(isBefore));
    },
    'the new leader, its agent back, one of two frameworks back': async (scene) => {
      const [, second, third] = scene.trio.sites;
      await elect(scene, third);
      const after = gap.filter((one) => !isBefore(one));
      return [
        ...(await replayGap(scene, after)),
        ...(await replay(third, newLeader)),
        ...(await replay(second, newStandby)),
      ];
    },
  };
}

function outageActs(): Record<string, Act> {
  const alone = situation('17-quorum-lost');
  const noLeader = situation('21-no-leader');
  const notRecovered = situation('19-not-recovered');
  return {
    'a standby that sees nobody lead, because ZooKeeper is away': ({ trio }) => {
      trio.sites[1].seeLeader(undefined);
      return replay(trio.sites[1], noLeader);
    },
    'a leader that lost its quorum': async ({ trio }) => {
      await trio.kill(trio.sites[1]);
      return replay(trio.sites[2], alone);
    },
    'one of three, alone: elected and not recovered': async ({ trio }) => {
      const first = await trio.restartFirst();
      first.seeLeader(first.info);
      await trio.clock.advance(5000);
      const faults = await replay(first, notRecovered);
      await first.stop();
      return faults;
    },
  };
}

function replay(site: Site, answers: readonly RecordedAnswer[]): Promise<string[]> {
  return replayAll(site.url, answers);
}

async function replayGap({ trio }: Scene, answers: readonly RecordedAnswer[]): Promise<string[]> {
  const of = (port: string) => answers.filter(({ name }) => name.includes(port));
  const second = await replay(trio.sites[1], of('5152'));
  return [...second, ...(await replay(trio.sites[2], of('5153')))];
}

function isBefore({ headers, name }: RecordedAnswer): boolean {
  return headers?.['location']?.includes(':5151') ?? !name.includes('t4-');
}

async function elect({ trio, agent }: Scene, leader: Site): Promise<void> {
  for (const site of [trio.sites[1], trio.sites[2]]) site.seeLeader(leader.info);
  await until(trio.clock, () => leader.master.recovered);
  const { core } = leader.master;
  await agent.register(core);
  const [, longzk = ''] = [...core.state.frameworks.keys()];
  new MesosExecute(core, 'longzk', { id: longzk });
  await trio.clock.advance(1000);
}

/** As recorded: one task that finished, two that run. */
async function populate({ sites: [first], clock }: Trio): Promise<ScriptedAgent> {
  const { core } = first.master;
  const agent = new ScriptedAgent(clock);
  await agent.register(core);
  const hello = new MesosExecute(core, 'hello', {
    command: 'exit 0',
    resources: 'cpus:0.1;mem:32',
  });
  await until(clock, () => core.state.completedFrameworks.includes(hello.framework));
  for (const task of ['longrun', 'longzk']) {
    const { framework } = new MesosExecute(core, task);
    await until(clock, () => framework.tasks.get(task)?.state === 'TASK_RUNNING');
  }
  await clock.advance(1000);
  return agent;
}
