import { expect, test } from 'vitest';
// Loaded here, so that it does not count as time of the first test.
import '../../../src/commands/failover-drill-action.ts';
import { fakeWorld } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

test('a mistyped drill is told with the near one before any host is asked: exit 2', async () => {
  const { exitCode, stderr, log } = await runCli('failover-drill zk-leader-kil --yes', fakeWorld());
  expect(exitCode).toBe(2);
  expect(stderr).toContain('did you mean zk-leader-kill?');
  expect(log).toEqual([]);
});

test('what may cost data runs on no cluster that is not a lab: exit 8, whatever is allowed', async () => {
  const { exitCode, stderr, log } = await runCli(
    'failover-drill zk-quorum-loss --yes --allow lab',
    fakeWorld(),
  );
  expect(exitCode).toBe(8);
  expect(stderr).toContain('[DRILL_REFUSED]');
  expect(stderr).toContain('environment: lab');
  expect(log).toEqual([]);
});

test('what costs something is not covered by --yes: exit 9, with what to type', async () => {
  const { exitCode, stderr, log } = await runCli('failover-drill agent-kill --yes', fakeWorld());
  expect(exitCode).toBe(9);
  expect(stderr).toContain('--yes --allow ask');
  expect(log).toEqual([]);
});

test('a controller that the file does not have is told with those that it has: exit 2', async () => {
  const line = 'failover-drill --yes --controller mian';
  const { exitCode, stderr } = await runCli(line, fakeWorld());
  expect(exitCode).toBe(2);
  expect(stderr).toContain('It has: main.');
});

test.each(['heal', 'heal 4f2a-1 --all'])(
  '%s is refused: one drill by its id, or --all',
  async (words) => {
    const { exitCode, stderr, log } = await runCli(`failover-drill ${words}`, fakeWorld());
    expect(exitCode).toBe(2);
    expect(stderr).toContain('one drill by its id, or --all');
    expect(log).toEqual([]);
  },
);

test('without a record there is no report, and the history is empty', async () => {
  const world = fakeWorld();
  const report = await runCli('failover-drill report', world);
  expect(report.exitCode).toBe(2);
  expect(report.stderr).toContain('no run of drills on record');
  const history = await runCli('failover-drill history --json', world);
  expect(history.exitCode).toBe(0);
  expect(JSON.parse(history.stdout)).toMatchObject({ drills: [] });
});

test.each(['0s', '2h', 'soon'])('a longest fault of %s is refused: exit 2', async (time) => {
  const { exitCode } = await runCli(`failover-drill --max-fault ${time}`, fakeWorld());
  expect(exitCode).toBe(2);
});
