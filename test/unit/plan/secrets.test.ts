import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { planLines } from '../../../src/commands/plan-lines.ts';
import { plan } from '../../../src/plan/plan.ts';
import { describe } from '../../../src/plan/step.ts';
import { adminPassword } from '../../support/cluster-file.ts';
import { fakeWorld } from '../../support/fake-world.ts';
import { look, setUp } from '../../support/plan-world.ts';

test('no text of a plan holds the password, however it is printed', async () => {
  const { input } = await look(fakeWorld());
  const whole = plan(input);
  const steps = whole.stages.flatMap((stage) =>
    stage.kind === 'hosts' ? stage.work.flatMap((work) => work.steps) : [],
  );
  const texts = [
    ...planLines(whole, 200),
    ...steps.map(describe),
    JSON.stringify(whole),
    inspect(whole, { depth: null }),
  ];
  expect(texts.join('\n')).toContain('[secret]');
  expect(texts.join('\n')).not.toContain(adminPassword);
});

test('no label, variable or argument of a container holds the password', async () => {
  const world = fakeWorld();
  await setUp(world);
  for (const { containers } of world.machines.values()) {
    for (const container of containers.values()) {
      const { labels, env, command } = container;
      expect([...labels.values(), ...env.values(), ...command].join()).not.toContain(adminPassword);
    }
  }
  expect(
    JSON.stringify([...world.apps.values()].map(({ definition }) => definition)),
  ).not.toContain(adminPassword);
});
