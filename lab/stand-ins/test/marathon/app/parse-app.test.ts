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
  ['UNIQUE with a value', { constraints: [['rack', 'UNIQUE', 'r1']] }, ['/constraints(0)']],
  ['MAX_PER without a number', { constraints: [['rack', 'MAX_PER', 'x']] }, ['/constraints(0)']],
  [
    'two checks by Mesos',
    { healthChecks: [{ protocol: 'MESOS_TCP' }, { protocol: 'MESOS_TCP' }] },
    ['/healthChecks'],
  ],
  [
    'COMMAND without a command',
    { healthChecks: [{ protocol: 'COMMAND' }] },
    ['/healthChecks(0)/command'],
  ],
  [
    'forgotten before it is replaced',
    { unreachableStrategy: { inactiveAfterSeconds: 60, expungeAfterSeconds: 30 } },
    ['/unreachableStrategy/inactiveAfterSeconds'],
  ],
  [
    'a container network without a name',
    { networks: [{ mode: 'container' }] },
    ['/networks(0)/name'],
  ],
  [
    'resources of somebody else’s role',
    { acceptedResourceRoles: ['ci'] },
    ['/acceptedResourceRoles'],
  ],
  ['a role this Marathon has not', { role: 'ci' }, ['/role']],
  [
    'a persistent volume',
    {
      container: {
        docker: { image: 'i' },
        volumes: [{ containerPath: 'data', persistent: { size: 100 } }],
      },
    },
    ['/container/volumes(0)'],
  ],
  ['a secret', { env: { TOKEN: { secret: 'token' } } }, ['/env(TOKEN)']],
  ['an executor of one’s own', { executor: '/opt/executor' }, ['/executor']],
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

test('the role that Marathon subscribes with is the app’s own', () => {
  const parsed = parseApp({ id: '/a', cmd: 'x', acceptedResourceRoles: ['ci', '*'] }, 'ci');
  expect(parsed).toMatchObject({ kind: 'app', app: { role: 'ci' } });
});

test('dependencies may be relative to the group', () => {
  const parsed = parseApp({ id: '/ci/web', cmd: 'x', dependencies: ['db', '../base', '/x'] });
  expect(parsed).toMatchObject({ app: { dependencies: ['/ci/db', '/base', '/x'] } });
});

test('a bridge without port mappings publishes one port, an empty list none', () => {
  const bridge = { networks: [{ mode: 'container/bridge' }] };
  const container = { docker: { image: 'i' } };
  expect(parseApp({ id: '/a', container, ...bridge })).toMatchObject({
    app: { container: { portMappings: [{ containerPort: 0, hostPort: 0, name: 'default' }] } },
  });
  expect(
    parseApp({ id: '/a', container: { ...container, portMappings: [] }, ...bridge }),
  ).toMatchObject({
    app: { container: { portMappings: [] } },
  });
});
