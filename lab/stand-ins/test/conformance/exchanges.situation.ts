import { describe, expect, test } from 'vitest';
import { call } from '../../src/shared/http-client.ts';
import { fakeClock, type FakeClock } from '../shared/support/fake-clock.ts';
import { exchanges, type Scene } from './exchanges.ts';
import { compare } from './support/compare.ts';
import { MesosExecute } from './support/mesos-execute.ts';
import { Replay } from './support/replay.ts';
import { ScriptedAgent } from './support/scripted-agent.ts';
import { alignAllocations, startSite, until, type Site } from './support/site.ts';
import { situation } from './support/situation.ts';
import { tallies } from './support/tally.ts';

/** How long after the beginning of a recording its cluster made the next allocation; it shows in the offers. */
const allocationMs: Readonly<Record<string, number>> = {
  '81-01-exchange': 810,
  '82-01-disconnect': 663,
};

const fo = '1a379ca2-1f87-45b3-bb4c-4d83a4cffcf8-0003';

/** Whole recorded conversations of schedulers with masters. */
export function exchangeSituations(): void {
  const states = situation('82-framework-states');

  async function compareState({ leader }: Scene, replay: Replay, name: string): Promise<void> {
    const recorded = states.find((one) => one.name.endsWith(name));
    const ours = name.endsWith('GET_FRAMEWORKS') ? await v1(leader) : await legacy(leader);
    const id = replay.names.get(fo) ?? '';
    const mine = ours.filter((one) => JSON.stringify(one).includes(`"${id}"`));
    const faults = tallies.master.add(recorded?.name ?? name, compare(recorded?.answer, mine));
    replay.faults.push(...faults);
  }

  describe('the scheduler API', () => {
    test.each(Object.keys(exchanges))('%s', async (name) => {
      const scene: Scene = {
        ...(await prepare(name)),
        compareState: (replay, state) => compareState(scene, replay, state),
      };
      const replay = new Replay(name, {
        clock: scene.clock,
        urlOf: (port) => urlOf(scene, name, port),
        ...exchanges[name]?.(scene),
      });
      expect(await replay.run()).toEqual([]);
      await scene.standby.stop();
      await scene.leader.stop().catch(() => undefined);
    });
  });
}

/** While another framework's small task ran on the same agent. */
const besideOthers = [
  '81-03-not-partition-aware',
  '82-01-disconnect',
  '83-01-agent-restart',
  '83-02-agent-unreachable',
];

async function runBeside({ master }: Site, clock: FakeClock): Promise<void> {
  const { framework } = new MesosExecute(master.core, 'u1', { resources: 'cpus:0.1;mem:32' });
  await until(clock, () => framework.tasks.get('u1')?.state === 'TASK_RUNNING');
}

async function prepare(name: string): Promise<Omit<Scene, 'compareState'>> {
  const clock = fakeClock();
  const leader = await startSite({ clock });
  const standby = await startSite({ clock });
  for (const site of [leader, standby]) site.seeLeader(leader.info);
  const agent = new ScriptedAgent(clock);
  await agent.register(leader.master.core);
  if (besideOthers.includes(name)) await runBeside(leader, clock);
  await alignAllocations(clock, leader, allocationMs[name] ?? 500);
  return { clock, leader, standby, agent };
}

/** The leader, except where the recorder asked a standby: only in the first recordings that was 5152. */
function urlOf({ leader, standby }: Scene, name: string, port: number | undefined): string {
  if (standby.master.elected) return standby.url;
  return name.startsWith('81') && port === 5152 ? standby.url : leader.url;
}

async function legacy({ url }: Site): Promise<object[]> {
  const { body } = await call(`${url}/frameworks`);
  const state = JSON.parse(body) as { frameworks: object[]; completed_frameworks: object[] };
  return [...state.frameworks, ...state.completed_frameworks];
}

async function v1({ url }: Site): Promise<object[]> {
  const { body } = await call(`${url}/api/v1`, { body: { type: 'GET_FRAMEWORKS' } });
  const answer = JSON.parse(body) as { get_frameworks: { frameworks: object[] } };
  return answer.get_frameworks.frameworks;
}
