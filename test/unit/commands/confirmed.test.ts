import { beforeAll, expect, test } from 'vitest';
import { clusterFile } from '../../support/cluster-file.ts';
import { fakeWorld, type FakeWorld } from '../../support/fake-world.ts';
import { setUp } from '../../support/plan-world.ts';
import { runCli } from '../../support/run-cli.ts';

let world: FakeWorld;

beforeAll(async () => {
  world = fakeWorld(clusterFile({ agents: 3 }));
  await setUp(world);
}, 60_000);

/** What a command shows before it asks; nothing is changed. */
async function asked(line: string): Promise<string> {
  const { exitCode, stderr } = await runCli(line, world, { answers: ['n'] });
  expect(exitCode).toBe(9);
  return stderr;
}

test('upgrade asks with the images, the order and the quorum', async () => {
  const text = await asked('upgrade zookeeper=zookeeper:3.9.6');
  expect(text).toContain(
    '        image: zookeeper:3.9.5 → zookeeper:3.9.6 (digest known after the pull)',
  );
  expect(text).toContain('ci-zookeeper restarts on m2, then m3, then m1 (leads now)');
  expect(text).toContain('1 of 3 members down at a time, 0 more may fail meanwhile');
});

test('restart of a controller says that it restarts', async () => {
  const text = await asked('restart jenkins');
  expect(text).toContain('~ app /ci/jenkins-main restarts');
  expect(text).toContain('What it does\n  Jenkins main restarts');
});

test('what is taken off a host is marked as such', async () => {
  const text = await asked('remove-agent a3');
  expect(text).toContain('    - container ci-mesos-agent is removed');
  expect(text).toContain('    - release the host from cluster ci');
  expect(text).toContain('ci-mesos-agent ends on a3');
});
