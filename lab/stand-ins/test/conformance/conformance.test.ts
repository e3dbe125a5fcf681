import { expect, test } from 'vitest';
import { aloneSituations } from './alone.situation.ts';
import { exchangeSituations } from './exchanges.situation.ts';
import { failoverSituations } from './failover.situation.ts';
import { cleanDrainSituation, maintenanceSituations } from './maintenance.situation.ts';
import { tally } from './support/tally.ts';

failoverSituations();
aloneSituations();
maintenanceSituations();
cleanDrainSituation();
exchangeSituations();

test('sums up', () => {
  process.stdout.write(`${tally.line}\n`);
  expect(tally.compared).toBeGreaterThan(0);
});
