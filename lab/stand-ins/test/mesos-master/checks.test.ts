import { expect, test } from 'vitest';
import { parseFlags } from '../../src/shared/flags.ts';
import { checkFlags } from '../../src/mesos-master/checks.ts';
import { masterFlags } from '../../src/mesos-master/flags.ts';
import recorded from './fixtures/flags-1.12.0.json' with { type: 'json' };

function flags(...argv: string[]) {
  return parseFlags({ definitions: masterFlags, argv, env: {}, prefix: 'MESOS_' });
}

test.each([
  [['--quorum=2', '--zk=zk://z:1/m'], '--work_dir needed for replicated log based registry'],
  [
    ['--work_dir=/w', '--zk=zk://z:1/m'],
    'Need to specify --quorum for replicated log based registry when using ZooKeeper',
  ],
  [
    ['--work_dir=/w', '--quorum=2', '--zk=z:1/m'],
    "Error parsing ZooKeeper URL: Expecting 'zk://' at the beginning of the URL",
  ],
  [
    ['--work_dir=/w', '--quorum=2', '--zk=zk://z:1'],
    "Failed to create a master contender: Expecting a (chroot) path for ZooKeeper ('/' is not supported)",
  ],
  [
    ['--work_dir=/w', '--agent_reregister_timeout=1mins'],
    "Invalid value '1mins' for --agent_reregister_timeout: Must be at least 10mins",
  ],
])('%j is refused', (argv, message) => {
  expect(() => checkFlags(flags(...argv))).toThrow(message);
});

test('a registry in memory needs neither folder nor quorum', () => {
  expect(checkFlags(flags('--registry=in_memory', '--zk=zk://z:1/m')).url?.path).toBe('/m');
});

test('flags and defaults are those that a real master showed', () => {
  const given = ['cluster', 'hostname', 'ip', 'port', 'quorum', 'work_dir', 'zk'] as const;
  const argv = given.map((name) => `--${name}=${recorded[name]}`);
  expect(flags(...argv).entries()).toEqual(recorded);
});
