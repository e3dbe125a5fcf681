import { beforeEach, describe, expect, test } from 'vitest';
import { memoryOf } from '../../../support/fake-agents.ts';
import { machine, type FakeWorld } from '../../../support/fake-world.ts';
import { buildingWorld, buildOn, edit, jenkinsOf } from '../../../support/building-world.ts';
import { runCli } from '../../../support/run-cli.ts';

/** Drained hosts that stayed so are a bug of many tools (kubespray, Talos, kOps): each step fails once. */

const init = 'init --yes --no-build';
const patience = 60_000;
const rack = { hosts: { a1: { attributes: { rack: 'b' } } } };
const mark = '/etc/ci-cluster/vacated.json';

let world: FakeWorld;

/** The controller runs on a1, and so does a build: everything that can be taken away is. */
beforeEach(async () => {
  world = await buildingWorld();
  edit(world, rack);
  buildOn(world, 'a1', 60_000);
}, patience);

function memory() {
  return memoryOf({ agents: world.mesos.agents! }, 'a1');
}

function expectGivenBack(): void {
  expect(memory()).toMatchObject({ deactivated: false, drain: undefined });
  expect([...jenkinsOf(world).takenOut.keys()]).toEqual([]);
  expect(jenkinsOf(world).quietingDown).toBe(false);
}

async function expectConverged(): Promise<void> {
  machine(world, 'a1').faults.splice(0);
  const { exitCode, stderr } = await runCli(init, world);
  expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
  expectGivenBack();
  expect(machine(world, 'a1').files.has(mark)).toBe(false);
  expect((await runCli(init, world)).stdout).toContain('nothing to change');
}

describe('what is taken from a host for a change', { timeout: patience }, () => {
  test.each([
    'write /etc/ci-cluster/vacated',
    'start ci-mesos-agent',
    'remove /etc/ci-cluster/vac',
  ])('is given back where "%s" fails', async (step) => {
    const fault = { step, code: 'STEP_FAILED', evidence: ['no'] };
    machine(world, 'a1').faults.push(fault);
    const { exitCode } = await runCli(init, world);
    expect(exitCode).toBe(5);
    expectGivenBack();
    await expectConverged();
  });

  test.each(['DEACTIVATE_AGENT', 'DRAIN_AGENT', 'REACTIVATE_AGENT'])(
    'is given back where the master refuses %s',
    async (order) => {
      memory().refusals.set(order, 1);
      const { exitCode, stderr } = await runCli(init, world);
      expect(exitCode).toBe(5);
      expect(stderr).toContain(`refused ${order}: 500 Failed to apply the operation`);
      expect(stderr).toContain('give the Mesos agent on a1 work again, as before the run');
      expectGivenBack();
      await expectConverged();
    },
  );

  test.each([
    ...['a1: write /etc/ci-cluster/vacated', 'DEACTIVATE_AGENT', 'DELETE /v2/apps/ci/jenkins-main'],
    ...['DRAIN_AGENT', 'start ci-mesos-agent', 'REACTIVATE_AGENT'],
  ])('is given back where the run is interrupted at "%s"', async (moment) => {
    const interruption = new AbortController();
    world.onLog = (line) => {
      if (line.includes(moment)) interruption.abort();
    };
    const { exitCode } = await runCli(init, world, { interruption });
    world.onLog = () => undefined;
    expect(exitCode).toBe(130);
    expectGivenBack();
    await expectConverged();
  });

  test('that cannot be given back is told with the command, and the next run gives it back', async () => {
    memory().refusals.set('REACTIVATE_AGENT', 2);
    const { exitCode, stderr } = await runCli(init, world);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('could not give the Mesos agent on a1 work again');
    expect(stderr).toContain('type: ci-cluster add-agent a1');
    await expectConverged();
  });

  test('by a run that was killed is found by its marks and given back by the next init', async () => {
    world = await buildingWorld();
    Object.assign(memory(), { deactivated: true, drain: 'DRAINING' });
    const file = { content: '{}', mode: '644', uid: 0, gid: 0, modified: 0 };
    machine(world, 'a1').files.set(mark, file);
    const jenkins = jenkinsOf(world);
    jenkins.takenOut.set('small-1', 'Disconnected by admin : ci-cluster empties a1 (run 7)');
    Object.assign(jenkins, {
      quietingDown: true,
      quietDownReason: 'ci-cluster empties a1 (run 7)',
    });
    const status = await runCli('status', world);
    expect(status.exitCode).toBe(6);
    expect(status.stdout).toContain('is being drained');
    const { exitCode, stderr } = await runCli(init, world);
    expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
    expectGivenBack();
    expect(machine(world, 'a1').files.has(mark)).toBe(false);
  });

  test('by somebody else is left alone: agents, nodes and controllers', async () => {
    world = await buildingWorld();
    Object.assign(memory(), { deactivated: true });
    const jenkins = jenkinsOf(world);
    jenkins.takenOut.set('small-1', 'Disconnected by anna : new disk');
    Object.assign(jenkins, { quietingDown: true, quietDownReason: 'upgrade on Friday' });
    await runCli(init, world);
    expect(memory().deactivated).toBe(true);
    expect(jenkins.takenOut.size).toBe(1);
    expect(jenkins.quietingDown).toBe(true);
  });
});
