import { describe, expect, test } from 'vitest';
import { parseFlags, type FlagDefinitions } from '../../src/shared/flags.ts';

const definitions: FlagDefinitions = {
  zk: { kind: 'text' },
  port: { kind: 'integer', default: '5050' },
  quiet: { kind: 'boolean', default: 'false' },
  credentials: { kind: 'path' },
  zk_session_timeout: { kind: 'duration', default: '10secs' },
  agent_ping_timeout: { kind: 'duration', default: '15secs', aliases: ['slave_ping_timeout'] },
};

function parse(argv: readonly string[], env: Record<string, string> = {}) {
  const readFile = (path: string) => {
    if (path === '/etc/mesos/zk') return 'zk://m1:2181/mesos';
    throw new Error('no such file');
  };
  return parseFlags({ definitions, argv, env, prefix: 'MESOS_', readFile });
}

describe('flags of Mesos', () => {
  test('have defaults, come from the environment, and the command line wins', () => {
    expect(parse([]).number('port')).toBe(5050);
    expect(parse([], { MESOS_PORT: '6000' }).number('port')).toBe(6000);
    expect(parse(['--port=7000'], { MESOS_PORT: '6000' }).number('port')).toBe(7000);
  });

  test('booleans are switched on, off and by value', () => {
    expect(parse(['--quiet']).isOn('quiet')).toBe(true);
    expect(parse(['--no-quiet'], { MESOS_QUIET: 'true' }).isOn('quiet')).toBe(false);
    expect(parse([], { MESOS_QUIET: '' }).isOn('quiet')).toBe(true);
    expect(parse(['--quiet=0']).isOn('quiet')).toBe(false);
  });

  test('a value is read from a file where it starts with file://', () => {
    expect(parse(['--zk=file:///etc/mesos/zk']).text('zk')).toBe('zk://m1:2181/mesos');
    expect(parse(['--credentials=file:///etc/secret']).text('credentials')).toBe('/etc/secret');
  });

  test('an unknown variable of the environment is ignored', () => {
    expect(parse([], { MESOS_QUORRUM: '2' }).entries()).not.toHaveProperty('quorrum');
  });

  test('an old spelling sets the same flag', () => {
    expect(parse(['--slave_ping_timeout=5secs']).durationMs('agent_ping_timeout')).toBe(5000);
  });

  test.each([
    [['--nosuch=1'], "Failed to load unknown flag 'nosuch'"],
    [['--no-nosuch'], "Failed to load unknown flag 'nosuch' via 'no-nosuch'"],
    [['--port', '1'], "Failed to load non-boolean flag 'port': Missing value"],
    [['--no-port'], "Failed to load non-boolean flag 'port' via 'no-port'"],
    [['--no-quiet=x'], "Failed to load boolean flag 'quiet' via 'no-quiet' with value 'x'"],
    [
      ['--quiet=maybe'],
      "Failed to load flag 'quiet': Failed to load value 'maybe': Expecting a boolean (e.g., true or false)",
    ],
    [
      ['--zk_session_timeout=10s'],
      "Failed to load flag 'zk_session_timeout': Failed to load value '10s': Unknown duration unit 's'; supported units are 'ns', 'us', 'ms', 'secs', 'mins', 'hrs', 'days', and 'weeks'",
    ],
    [
      ['--zk_session_timeout=10'],
      "Failed to load flag 'zk_session_timeout': Failed to load value '10': Invalid duration '10'",
    ],
    [
      ['--agent_ping_timeout=1secs', '--slave_ping_timeout=1secs'],
      "Flag 'slave_ping_timeout' is already loaded via name 'agent_ping_timeout'",
    ],
    [
      ['--zk=file:///missing'],
      "Failed to load flag 'zk': Failed to fetch value: Error reading file '/missing'",
    ],
  ])('%j is refused in the words of Mesos', (argv, message) => {
    expect(() => parse(argv)).toThrow(message);
  });
});
