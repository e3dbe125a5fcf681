import { describe, expect, test } from 'vitest';
import { parseFlags } from '../../src/shared/flags.ts';
import { agentInfo } from '../../src/mesos-agent/agent-info.ts';
import { checkEnvironment, type Environment } from '../../src/mesos-agent/environment.ts';
import { agentFlags } from '../../src/mesos-agent/flags.ts';
import recorded from './fixtures/answers-1.12.0.json' with { type: 'json' };

function flags(...argv: string[]) {
  return parseFlags({
    definitions: agentFlags,
    argv: ['--work_dir=/w', ...argv],
    env: {},
    prefix: 'MESOS_',
  });
}

const plain: Environment = {
  systemdIsInit: false,
  hasFolder: () => false,
  pureCgroup2: () => false,
  isContainer: true,
};

describe('an agent is refused', () => {
  test('without a folder to work in', () => {
    const source = { definitions: agentFlags, env: {}, prefix: 'MESOS_' };
    expect(() => parseFlags({ ...source, argv: ['--master=m:5050'] })).toThrow(
      "Flag 'work_dir' is required, but it was not provided",
    );
    expect(parseFlags({ ...source, argv: ['--version'] }).isOn('version')).toBe(true);
  });

  test('without a master', () => {
    expect(() => {
      checkEnvironment(flags(), plain);
    }).toThrow('Missing required option `--master` or `--master_detector`');
  });

  test('in a container that sees the systemd of its host but not its folder', () => {
    const environment = { ...plain, systemdIsInit: true };
    expect(() => {
      checkEnvironment(flags('--master=m:5050'), environment);
    }).toThrow(
      'Failed to initialize systemd: Failed to locate systemd runtime directory: /run/systemd/system',
    );
    checkEnvironment(flags('--master=m:5050', '--no-systemd_enable_support'), environment);
  });

  test('by the Linux launcher where there is cgroup v2 only', () => {
    const environment = { ...plain, pureCgroup2: () => true };
    expect(() => {
      checkEnvironment(flags('--master=m:5050'), environment);
    }).toThrow('Failed to create Linux launcher');
    checkEnvironment(flags('--master=m:5050', '--launcher=posix'), environment);
    checkEnvironment(flags('--master=m:5050', '--containerizers=docker'), environment);
  });
});

const address = {
  bindIp: '10.0.0.1',
  ip: '10.0.0.1',
  port: 5051,
  advertisedPort: 5051,
  hostname: 'a1',
};
const gigabyte = 1024 ** 3;
const machine = { cpus: 8, memBytes: 16 * gigabyte, diskBytes: 100 * gigabyte };

describe('what an agent offers', () => {
  test('is what it was told, in a fixed order', () => {
    const wish = '--resources=ports:[31000-31999];disk:4096;mem:2048;cpus:4';
    const info = agentInfo(flags(wish, '--attributes=rack:r1'), address, machine);
    const { agent_info: real } = recorded.GET_AGENT.get_agent;
    expect(info.resources).toHaveLength(4);
    expect(info.resources[0]).toEqual(real.resources[0]);
    expect(info.attributes).toEqual(real.attributes);
  });

  test('is detected where it was told nothing, with something kept back', () => {
    const { resources } = agentInfo(flags('--resources=cpus:2'), address, machine);
    expect(resources.map(({ name, scalar }) => [name, scalar?.value])).toEqual([
      ['cpus', 2],
      ['mem', 15 * 1024],
      ['disk', 95 * 1024],
      ['ports', undefined],
    ]);
  });
});

test('flags and defaults are those that a real agent showed', () => {
  const real: Readonly<Record<string, string>> = recorded.flags;
  const given = [
    ...['attributes', 'hostname', 'ip', 'launcher', 'launcher_dir', 'master', 'port', 'resources'],
    ...['runtime_dir', 'systemd_enable_support', 'docker_volume_checkpoint_dir'],
  ];
  const argv = given.map((name) => `--${name}=${real[name] ?? ''}`);
  expect(flags(...argv).entries()).toEqual({ ...real, work_dir: '/w' });
});
