import { expect, test } from 'vitest';
import { fakeWorld, machine } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

test('a connection lost in the middle: the result is unknown, and the next run finds out', async () => {
  const world = fakeWorld();
  const fault = { step: 'start ci-zookeeper', code: 'RESULT_UNKNOWN', evidence: [] };
  machine(world, 'm2').faults.push(fault);
  const { exitCode, stderr } = await runCli('init --yes', world);
  expect(exitCode).toBe(10);
  expect(stderr).toContain('lost m2 while this ran there [RESULT_UNKNOWN]');
  machine(world, 'm2').faults.pop();
  expect((await runCli('init --yes', world)).exitCode).toBe(0);
});

test('an unknown result beside a failed step decides the exit code', async () => {
  const world = fakeWorld();
  const lost = { step: 'start ci-zookeeper', code: 'RESULT_UNKNOWN', evidence: [] };
  machine(world, 'm1').faults.push({ ...lost, code: 'STEP_FAILED' });
  machine(world, 'm2').faults.push(lost);
  const { exitCode, stdout } = await runCli('init --yes --json', world);
  expect(exitCode).toBe(10);
  expect(JSON.parse(stdout)).toMatchObject({
    exitCode: 10,
    error: { code: 'HOSTS_FAILED', parts: [{ code: 'STEP_FAILED' }, { code: 'RESULT_UNKNOWN' }] },
  });
});

test('an answer that cannot be read belongs to its host, with what it said', async () => {
  const world = fakeWorld();
  machine(world, 'a1').system.id = 'debian\nmotd: hello';
  const { exitCode, stderr } = await runCli('init --yes', world);
  expect(exitCode).toBe(5);
  expect(stderr).toContain('cannot read the facts of a1: unexpected line');
  expect(stderr).toContain('may print text while it starts: keep its start files silent');
});
