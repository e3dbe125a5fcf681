import { describe, expect, test } from 'vitest';
import { fakeClock } from '../shared/support/fake-clock.ts';
import { Replay } from './support/replay.ts';
import { ScriptedAgent } from './support/scripted-agent.ts';
import { alignAllocations, startSite } from './support/site.ts';

/** Whole recorded conversations of schedulers with masters. */
export function exchangeSituations(): void {
  describe('the scheduler API', () => {
    test('one framework, all calls, all errors', async () => {
      const clock = fakeClock();
      const leader = await startSite({ clock });
      const standby = await startSite({ clock });
      for (const site of [leader, standby]) site.seeLeader(leader.info);
      const agent = new ScriptedAgent(clock);
      await agent.register(leader.master.core);
      await alignAllocations(clock, leader, 810);
      const replay = new Replay('81-01-exchange', {
        clock,
        urlOf: (port) => (port === 5152 ? standby.url : leader.url),
      });
      expect(await replay.run()).toEqual([]);
      await leader.stop();
      await standby.stop();
    });
  });
}
