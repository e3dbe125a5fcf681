import { expect, test } from 'vitest';
import { BadOption, parseOptions } from '../../src/marathon/options.ts';

const parse = (argv: string[], env: Record<string, string> = {}) =>
  parseOptions({ argv, env, hostname: 'box', user: 'nobody' });

test('options come from arguments and from MARATHON_ variables alike', () => {
  const options = parse(['--http_port=8081', '--zk', 'zk://a:2181/m'], {
    MARATHON_MASTER: 'zk://a:2181/mesos',
    MARATHON_HOSTNAME: '10.0.0.1',
  });
  expect(options).toMatchObject({
    master: 'zk://a:2181/mesos',
    zk: 'zk://a:2181/m',
    httpPort: 8081,
    hostname: '10.0.0.1',
    mesosUser: 'nobody',
    failoverTimeoutSeconds: 604_800,
  });
});

test.each([
  ['an unknown variable', [], { MARATHON_HOME: '/opt' }, "Unknown option 'home'"],
  ['an unknown flag', ['--event_subscriber', 'x'], {}, "Unknown option 'event_subscriber'"],
  [
    'one option by variable and argument',
    ['--hostname', 'a'],
    { MARATHON_HOSTNAME: 'a' },
    "Option 'hostname' is given more than once",
  ],
  ['a toggle with a value', [], { MARATHON_HA: 'true' }, "Excess arguments provided: 'true'"],
  ['a port that is no number', ['--http_port', 'http'], {}, "Bad arguments for option 'http_port'"],
  [
    'a ZooKeeper address without a path',
    ['--zk', 'zk://a:2181'],
    {},
    "Bad arguments for option 'zk'",
  ],
  ['an option without its value', ['--zk'], {}, "Option 'zk' needs a value"],
])('%s is refused', (_, argv, env, message) => {
  const start = () => parse(['--master', 'm', ...argv], env);
  expect(start).toThrow(BadOption);
  expect(start).toThrow(message);
});

test('the master is required', () => {
  expect(() => parse([])).toThrow("Required option 'master' not found");
});

test('what Marathon gives to its own tasks is no option', () => {
  expect(() => parse(['--master', 'm'], { MARATHON_APP_ID: '/marathon' })).not.toThrow();
});

test('toggles by variable are empty, and may be disabled', () => {
  const env = {
    MARATHON_MASTER: 'm',
    MARATHON_METRICS_PROMETHEUS: '',
    MARATHON_DISABLE_CHECKPOINT: '',
  };
  expect(parse([], env)).toMatchObject({ metricsPrometheus: true, checkpoint: false });
});
