import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { adminPassword, clusterFile, controller } from '../../support/cluster-file.ts';
import { fakeWorld } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

const buildAgents = { linux: { image: 'registry.example.com/build-agent:1' } };
const shared = { kind: 'shared', path: '/srv/jenkins/tools' };
const text = clusterFile({
  jenkins: { main: controller({ buildAgents }), tools: controller({ home: shared }) },
});

async function config(line: string, file = text) {
  const world = fakeWorld(file);
  return await runCli(`config ${line}`, world);
}

test('show prints the complete file: defaults, resolved images, hosts and controllers by name', async () => {
  const { exitCode, stdout, log } = await config('show');
  expect(exitCode).toBe(0);
  expect(log).toEqual([]);
  expect(parse(stdout)).toMatchObject({
    name: 'ci',
    environment: 'production',
    notice: null,
    images: { zookeeper: expect.stringMatching(/^\S+:\S+$/) as string },
    zookeeper: { clientPort: 2181, tickTimeMs: expect.any(Number) as number },
    hosts: {
      m1: { address: '10.0.0.11', roles: ['zookeeper', 'mesos-master', 'marathon'] },
      a1: { ssh: { user: 'ops', port: 22, bastion: null } },
    },
    jenkins: { main: { home: { kind: 'pinned' }, buildAgents: { linux: { via: 'mesos' } } } },
  });
});

test('computed values stand apart and say so', async () => {
  const { stdout } = await config('show');
  expect(stdout).toContain('# From here on computed: follows from what is above');
  expect((parse(stdout) as { computed: object }).computed).toMatchObject({
    zookeeper: { members: { m1: 1, m2: 2, m3: 3 }, quorum: 2, canLose: 1, initMs: 20_000 },
    mesos: {
      zk: 'zk://10.0.0.11:2181,10.0.0.12:2181,10.0.0.13:2181/mesos',
      ...{ quorum: 2, canLose: 1, agentLostAfterMs: 90_000 },
    },
    marathon: { canLose: 2 },
    jenkins: {
      main: { app: '/ci/jenkins-main', backAfterMs: null },
      tools: { app: '/ci/jenkins-tools', backAfterMs: 171_000 },
    },
    hosts: { m1: { services: ['zookeeper', 'mesos-master', 'marathon'] } },
  });
});

test('a secret is its reference, and it need not be readable', async () => {
  const password = { command: ['vault', 'read', 'token-0123'] };
  const file = clusterFile({
    jenkins: {
      main: controller({ admin: { password } }),
      tools: controller({
        home: { kind: 'pinned', host: 'a2' },
        admin: { password: { file: 'gone' } },
      }),
    },
  });
  const { exitCode, stdout } = await config('show', file);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('command: vault … (2 more words)');
  expect(stdout).toContain('file: gone');
  expect(stdout).not.toMatch(/token-0123/);
  expect(stdout).not.toContain(adminPassword);
});

test.each([
  ['hosts.m1.address', '10.0.0.11'],
  ['computed.mesos.quorum', '2'],
  ['hosts.m1.roles', '- zookeeper\n- mesos-master\n- marathon'],
  ['jenkins.main.buildAgents.linux.image', 'registry.example.com/build-agent:1'],
])('show --path %s prints that part alone', async (path, expected) => {
  expect((await config(`show --path ${path}`)).stdout).toBe(expected);
});

test('show --format json and --json', async () => {
  const { stdout } = await config('show --path hosts.m1.roles --format json');
  expect(JSON.parse(stdout)).toEqual(['zookeeper', 'mesos-master', 'marathon']);
  expect(JSON.parse((await config('show --path computed.mesos.quorum --json')).stdout)).toEqual({
    ...{ schemaVersion: 1, command: 'config show', cluster: 'ci', ok: true, exitCode: 0 },
    config: 2,
  });
});

test.each([
  ['host.m1', 'no host on the way to host.m1, did you mean hosts?'],
  ['hosts.m9', 'no m9 on the way to hosts.m9, did you mean m1?'],
  ['hosts.m1.address.x', 'What is there: nothing: it is a single value.'],
])('a path that leads nowhere is told with what is there: %s', async (path, message) => {
  const { exitCode, stderr } = await config(`show --path ${path}`);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});

test('validate tells what was looked at', async () => {
  expect((await config('validate')).stdout).toBe(
    '✔ cluster.yml is valid: 5 hosts, 2 Jenkins controllers, 2 secrets readable',
  );
  expect((await config('validate --no-secrets')).stdout).toContain('secrets not looked at');
  expect(JSON.parse((await config('validate --json')).stdout)).toMatchObject({
    ...{ command: 'config validate', ok: true, file: 'cluster.yml', hosts: 5, secrets: 2 },
  });
});

test('validate fails with every fault of the file, or the secret that cannot be read: exit code 2', async () => {
  const { exitCode, stderr } = await config('validate', text.replace('masters:', 'mastres:'));
  expect(exitCode).toBe(2);
  expect(stderr).toContain('unknown key `mastres`');
  const gone = clusterFile({
    jenkins: { main: controller({ admin: { password: { env: 'GONE' } } }) },
  });
  const secret = await config('validate --json', gone);
  expect(secret.exitCode).toBe(2);
  expect(JSON.parse(secret.stdout)).toMatchObject({ error: { code: 'SECRET_UNREADABLE' } });
  expect((await config('validate --no-secrets', gone)).exitCode).toBe(0);
});

test('schema is the JSON Schema of the cluster file', async () => {
  const { stdout } = await config('schema');
  expect(JSON.parse(stdout)).toMatchObject({
    type: 'object',
    properties: { hosts: {}, jenkins: {} },
  });
});
