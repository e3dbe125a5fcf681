import { expect, test } from 'vitest';
import { parseApp } from '../../../src/marathon/app/parse-app.ts';
import { jenkinsApp } from '../support/jenkins-app.ts';

function faultsOf(change: Record<string, unknown>): string[] {
  const parsed = parseApp({ id: '/a', cmd: 'sleep 1', ...change });
  return parsed.kind === 'app' ? [] : parsed.faults.map(({ path }) => path);
}

test('absent fields get the documented defaults', () => {
  const parsed = parseApp({ id: 'a', cmd: 'sleep 1' });
  expect(parsed).toMatchObject({
    kind: 'app',
    app: {
      id: '/a',
      instances: 1,
      cpus: 1,
      mem: 128,
      backoffSeconds: 1,
      backoffFactor: 1.15,
      maxLaunchDelaySeconds: 300,
      networks: [{ mode: 'host' }],
      unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
      upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
      portDefinitions: [{ port: 0, name: 'default' }],
    },
  });
});

test('a Jenkins controller as an app is accepted as it is', () => {
  expect(parseApp(jenkinsApp)).toMatchObject({ kind: 'app', app: jenkinsApp });
});

test('health checks get the documented defaults', () => {
  const parsed = parseApp({ id: '/a', cmd: 'x', healthChecks: [{ protocol: 'MESOS_HTTP' }] });
  expect(parsed.kind === 'app' && parsed.app.healthChecks[0]).toMatchObject({
    gracePeriodSeconds: 300,
    intervalSeconds: 60,
    timeoutSeconds: 20,
    maxConsecutiveFailures: 3,
    delaySeconds: 15,
  });
});

test.each([
  ['upper case in the id', { id: '/CI' }, ['/id']],
  ['an id that the API could not address', { id: '/ci/restart' }, ['/id']],
  ['nothing to run', { cmd: undefined }, ['/']],
  ['cmd and args', { args: ['a'] }, ['/']],
  [
    'an unknown constraint operator',
    { constraints: [['hostname', 'NEAR', 'x']] },
    ['/constraints(0)'],
  ],
  ['LIKE without a value', { constraints: [['rack', 'LIKE']] }, ['/constraints(0)']],
  ['the same port twice', { portDefinitions: [{ port: 1 }, { port: 1 }] }, ['/portDefinitions']],
  [
    'two network modes',
    { networks: [{ mode: 'host' }, { mode: 'container', name: 'n' }] },
    ['/networks'],
  ],
  [
    'checks by Marathon and by Mesos together',
    { healthChecks: [{ protocol: 'HTTP' }, { protocol: 'MESOS_TCP' }] },
    ['/healthChecks'],
  ],
  [
    'a check of a port that is not there',
    { healthChecks: [{ portIndex: 7 }] },
    ['/healthChecks(0)/portIndex'],
  ],
  [
    'two of a single instance app',
    { labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' }, instances: 2 },
    ['/instances'],
  ],
])('%s is refused', (_, change, paths) => {
  expect(faultsOf(change)).toEqual(paths);
});

test('all faults of the shape come at once', () => {
  expect(faultsOf({ cpus: -1, instances: 1.5, mem: 'much' })).toEqual([
    '/instances',
    '/cpus',
    '/mem',
  ]);
});
