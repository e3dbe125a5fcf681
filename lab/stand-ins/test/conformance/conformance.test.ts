import { expect, test } from 'vitest';
import { agentSituation } from './agent.situation.ts';
import { aloneSituations } from './alone.situation.ts';
import { exchangeSituations } from './exchanges.situation.ts';
import { failoverSituations } from './failover.situation.ts';
import { cleanDrainSituation, maintenanceSituations } from './maintenance.situation.ts';
import { idlePatterns, tallies } from './support/tally.ts';

failoverSituations();
aloneSituations();
maintenanceSituations();
cleanDrainSituation();
exchangeSituations();
agentSituation();

/** What was reached once; these numbers may only go up. */
const reached = {
  master: { compared: 1011, covered: 17_949 },
  agent: { compared: 22, covered: 1138 },
};

test('as many answers and keys as ever before are those of the real Mesos', () => {
  process.stdout.write(`${tallies.master.line('')}\n${tallies.agent.line(' of the agent')}\n`);
  expect(tallies.master.compared).toBeGreaterThanOrEqual(reached.master.compared);
  expect(tallies.master.covered).toBeGreaterThanOrEqual(reached.master.covered);
  expect(tallies.agent.compared).toBeGreaterThanOrEqual(reached.agent.compared);
  expect(tallies.agent.covered).toBeGreaterThanOrEqual(reached.agent.covered);
});

test('every known gap is still one', () => {
  expect(idlePatterns()).toEqual([]);
});
