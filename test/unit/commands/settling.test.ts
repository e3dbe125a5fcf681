import { expect, test } from 'vitest';
import { container, fakeWorld } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

test('a container that Docker is restarting is waited for, not replaced', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  const marathon = container(world, 'm3', 'ci-marathon');
  Object.assign(marathon, { status: 'restarting', exitCode: 104, restarts: 5 });
  // It comes back while init waits: the third look finds it running.
  let looks = 0;
  const onLog = world.onLog;
  world.onLog = (line) => {
    onLog(line);
    if (line === 'm3: facts') looks += 1;
    if (looks === 3) marathon.status = 'running';
  };
  const { exitCode, stdout } = await runCli('init --yes --json', world);
  expect(JSON.parse(stdout)).toMatchObject({ changed: 0, health: { verdict: 'healthy' } });
  expect(exitCode).toBe(0);
  expect(looks).toBeGreaterThanOrEqual(3);
});

test('one that never stays up ends the wait with its exit code: exit 6', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  const loop = { status: 'restarting', exitCode: 112, restarts: 40 };
  Object.assign(container(world, 'm3', 'ci-marathon'), loop);
  const { exitCode, stderr } = await runCli('init --yes', world);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('m3: ci-marathon restarting, exit code 112, 40 restarts');
});
