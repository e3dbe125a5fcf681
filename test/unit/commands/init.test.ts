import { expect, test } from 'vitest';
import { clusterFile } from '../../support/cluster-file.ts';
import { container, fakeWorld, machine, writeClusterFile } from '../../support/fake-world.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';

const hosts = ['m1', 'm2', 'm3', 'a1', 'a2'];

/** Containers in the order in which they were started, by their name. */
function started({ log }: CliRun): string[] {
  return log.flatMap((line) => /: start (\S+)$/.exec(line)?.[1] ?? []);
}

test('init makes a running cluster out of bare hosts', async () => {
  const world = fakeWorld();
  for (const one of world.machines.values()) one.docker = 'absent';
  const { exitCode, stdout, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(0);
  expect(stdout.split('\n').slice(2)).toEqual([
    '✔  Hosts          5 of 5 in order, 13 of 13 containers as declared',
    '✔  ZooKeeper      leader m1, 2 followers, can lose 1 more',
    '✔  Mesos masters  leader m1, 2 standbys, can lose 1 more',
    '✔  Mesos agents   2 of 2 registered, 8 CPUs, 12.7 GiB',
    '✔  Marathon       leader m1, 2 standbys, can lose 2 more',
    '✔  Gateways       2 of 2 lead through, can lose none (only one lets people in)',
    '✔  Jenkins main   on a1, version 2.568.2, http://10.0.0.101:8081/',
    '',
    'No build: main without build agents ("buildAgents:" in the cluster file).',
  ]);
  expect(log.filter((line) => line.endsWith('install docker.io'))).toHaveLength(5);
});

test('init starts every ZooKeeper before any Mesos master, and Jenkins after everything', async () => {
  const run = await runCli('init --yes', fakeWorld());
  expect(started(run)).toEqual([
    ...['ci-zookeeper', 'ci-zookeeper', 'ci-zookeeper'],
    ...['ci-mesos-master', 'ci-mesos-master', 'ci-mesos-master'],
    ...['ci-mesos-agent', 'ci-mesos-agent'],
    ...['ci-marathon', 'ci-marathon', 'ci-marathon'],
    ...['ci-gateway', 'ci-gateway'],
  ]);
  expect(run.log.findIndex((line) => line.includes('PUT /v2/apps'))).toBeGreaterThan(
    run.log.findLastIndex((line) => line.includes(': start ')),
  );
});

test('init claims the ensemble before a Mesos master uses it', async () => {
  const { log } = await runCli('init --yes', fakeWorld());
  const claim = log.indexOf('m1: create znode /ci-cluster/identity');
  expect(claim).toBeGreaterThan(log.findLastIndex((line) => line.endsWith('start ci-zookeeper')));
  expect(claim).toBeLessThan(log.findIndex((line) => line.endsWith('start ci-mesos-master')));
});

test('init a second time looks once at each host and changes nothing', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  const { exitCode, stdout, log } = await runCli('init --json', world);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, changed: 0, steps: [] });
  expect(log.toSorted()).toEqual(
    hosts.flatMap((host) => [`connect ${host}`, `${host}: facts`, `close ${host}`]).toSorted(),
  );
});

test('init counts as changed what it did, not what it planned', async () => {
  const world = fakeWorld();
  const { stdout, log } = await runCli('init --yes --json', world);
  const { changed, steps } = JSON.parse(stdout) as { changed: number; steps: unknown[] };
  const noise = /^connect|^close|: facts$|: (?:lock|stage)$/;
  expect(changed).toBe(log.filter((line) => !noise.test(line)).length);
  expect(steps).toHaveLength(changed);
});

test('init opens one connection to each host and closes it', async () => {
  const { log } = await runCli('init --yes', fakeWorld());
  for (const word of ['connect', 'close']) {
    expect(log.filter((line) => line.startsWith(`${word} `)).toSorted()).toEqual(
      hosts.map((host) => `${word} ${host}`).toSorted(),
    );
  }
});

test('init tells which of its five phases it is in and what each gate waits for', async () => {
  const { stderr } = await runCli('init --yes', fakeWorld());
  expect(stderr.match(/\[\d\/5\] \w+/g)).toEqual([
    ...['[1/5] hosts', '[2/5] ensemble', '[3/5] masters', '[4/5] agents', '[5/5] services'],
  ]);
  expect(stderr).toContain('✔ one ZooKeeper leader with all followers in step');
  expect(stderr).toContain('waiting for every Jenkins controller answers through every gateway');
});

test('init with an unreachable agent changes nothing and exits with 4', async () => {
  const world = fakeWorld();
  world.cut.set('a2', 'HOST_UNREACHABLE');
  const { exitCode, stderr, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(4);
  expect(stderr).toContain('cannot reach a2 at 10.0.0.102:22 [HOST_UNREACHABLE]');
  expect(log.filter((line) => line.includes(': stage'))).toEqual([]);
});

test('init with --skip-unreachable sets up the others, and says so by exiting with 4', async () => {
  const world = fakeWorld();
  world.cut.set('a2', 'HOST_UNREACHABLE');
  const { exitCode, stderr } = await runCli('init --yes --skip-unreachable', world);
  expect(stderr).toContain('[HOST_UNREACHABLE]');
  expect(exitCode).toBe(4);
  expect(container(world, 'a1', 'ci-gateway').status).toBe('running');
  expect(world.apps.get('/ci/jenkins-main')?.machine?.name).toBe('a1');
  world.cut.clear();
  const healed = await runCli('init --yes', world);
  expect(healed.exitCode).toBe(0);
  expect(new Set(healed.log.flatMap((line) => /^(\w+): stage/.exec(line)?.[1] ?? []))).toEqual(
    new Set(['a2']),
  );
});

test('a first init with a master out of reach is refused before anything is changed', async () => {
  const world = fakeWorld();
  world.cut.set('m3', 'HOST_UNREACHABLE');
  for (const option of ['', ' --skip-unreachable']) {
    const { exitCode, stderr, log } = await runCli(`init --yes${option}`, world);
    expect(exitCode).toBe(8);
    expect(stderr).toContain('a first start needs all 3 masters, m3 does not answer');
    expect(log.filter((line) => line.includes(': stage'))).toEqual([]);
  }
});

test('a host whose key has changed stops the run, also with --skip-unreachable', async () => {
  const world = fakeWorld();
  world.cut.set('a2', 'HOST_KEY_CHANGED');
  const { exitCode, stderr, log } = await runCli('init --yes --skip-unreachable', world);
  expect(exitCode).toBe(4);
  expect(stderr).toContain('HOST_KEY_CHANGED');
  expect(log.filter((line) => line.includes(': stage'))).toEqual([]);
});

test('a step that fails on one of three hosts lets the others finish, and init goes no further', async () => {
  const world = fakeWorld();
  const fault = { step: 'start ci-zookeeper', code: 'STEP_FAILED', evidence: ['disk says no'] };
  machine(world, 'm2').faults.push(fault);
  const run = await runCli('init --yes', world);
  expect(run.exitCode).toBe(5);
  expect(run.stderr).toContain('m2: could not start ci-zookeeper');
  expect(run.stderr).toContain('disk says no');
  expect(started(run)).toEqual(['ci-zookeeper', 'ci-zookeeper']);

  machine(world, 'm2').faults.pop();
  const next = await runCli('init --yes', world);
  expect(next.exitCode).toBe(0);
  expect(next.log.filter((line) => line.endsWith('start ci-zookeeper'))).toEqual([
    'm2: start ci-zookeeper',
  ]);
});

test('steps that fail on several hosts are all named', async () => {
  const world = fakeWorld();
  for (const host of ['m1', 'm3']) {
    machine(world, host).isPullable = (image) => !image.startsWith('zookeeper');
  }
  const { exitCode, stdout, stderr } = await runCli('init --yes --json', world);
  expect(exitCode).toBe(5);
  expect(stderr).toContain('failed on 2 of 5 hosts');
  const { error } = JSON.parse(stdout) as { error: { parts: unknown[] } };
  expect(error.parts).toMatchObject([
    { code: 'IMAGE_MISSING', host: 'm1', message: 'm1: cannot pull zookeeper:3.9.5' },
    { code: 'IMAGE_MISSING', host: 'm3' },
  ]);
});

test('a container that exits at once is shown with its last lines, and the old one is back', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  const before = container(world, 'm1', 'ci-marathon').id;
  for (const one of world.machines.values()) {
    one.exits.set('ci-marathon', { exitCode: 112, lines: ['Unknown option heap'] });
  }
  writeClusterFile(world, clusterFile({ sections: { marathon: { heap: '1GiB' } } }));
  const { exitCode, stderr, stdout } = await runCli('init --yes --json', world);
  expect(exitCode).toBe(5);
  expect(stderr).toContain('ci-marathon exited with code 112');
  expect(stderr).toContain('Unknown option heap');
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'CONTAINER_EXITED' } });
  expect(container(world, 'm1', 'ci-marathon').id).toBe(before);
});

test('a gate that is not reached says what was missing at the end', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  container(world, 'm2', 'ci-zookeeper').frozen = true;
  writeClusterFile(world, clusterFile({ sections: { zookeeper: { heap: '2GiB' } } }));
  const { exitCode, stderr, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('waited 120 s in vain for one ZooKeeper leader');
  expect(stderr).toContain('m2: no answer within 4 s');
  expect(log.filter((line) => line.includes('start ci-zookeeper'))).toEqual([]);
});

test('an app that Marathon refuses is shown with its reason', async () => {
  const world = fakeWorld();
  world.refusal = { status: 422, message: 'Object is not valid' };
  const { exitCode, stderr } = await runCli('init --yes', world);
  expect(exitCode).toBe(5);
  expect(stderr).toContain('Marathon on m1 refused the app /ci/jenkins-main [APP_REFUSED]');
  expect(stderr).toContain('Object is not valid');
});

test('a changed value of Marathon restarts the Marathons one at a time, the leader last', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  writeClusterFile(world, clusterFile({ sections: { marathon: { heap: '1GiB' } } }));
  const { exitCode, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(0);
  expect(log.filter((line) => /: (stage|start|write|PUT|POST)/.test(line))).toEqual([
    ...['m2: stage', 'm2: start ci-marathon'],
    ...['m3: stage', 'm3: start ci-marathon'],
    ...['m1: stage', 'm1: start ci-marathon'],
  ]);
});

test('a changed password is written and the controller restarted, everything else left alone', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  const path = '/etc/ci-cluster/jenkins/main/secrets/ADMIN_PASSWORD';
  machine(world, 'a1').files.get(path)!.content = 'an older password';
  const { exitCode, log } = await runCli('init --yes', world);
  expect(exitCode).toBe(0);
  expect(log.filter((line) => /: (start|write|PUT|POST)/.test(line))).toEqual([
    `a1: write ${path}`,
    'm1: POST /v2/apps/ci/jenkins-main/restart',
  ]);
});

test('a second cluster on the same ZooKeeper data is refused', async () => {
  const world = fakeWorld();
  world.znodes.set(
    '/ci-cluster/identity',
    JSON.stringify({
      ...{ schemaVersion: 1, name: 'other', id: 'abc', zookeeper: [], mesosMasters: [] },
      ...{ zookeeperPaths: { mesos: '/mesos', marathon: '/marathon' }, mesosAgent: null },
    }),
  );
  const { exitCode, stderr } = await runCli('init --yes', world);
  expect(exitCode).toBe(8);
  expect(stderr).toContain('the ZooKeeper ensemble belongs to cluster other (abc)');
});

test('a cluster that does not become healthy is set up and said to be unhealthy', async () => {
  const world = fakeWorld(clusterFile({ jenkins: {} }));
  await runCli('init --yes', world);
  container(world, 'm1', 'ci-marathon').frozen = true;
  const { exitCode, stderr } = await runCli('init --yes', world);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('the stack is not healthy: Marathon:');
});

test.each([
  ['another port of Marathon', { marathon: { port: 8090 } }],
  ['other ports of the gateways', { gateway: { mesosPort: 15_051, marathonPort: 18_081 } }],
  ['another libprocess port', { marathon: { libprocessPort: 9091 } }],
])('%s is taken up by one run', async (_what, sections) => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  writeClusterFile(world, clusterFile({ sections }));
  const { exitCode, stderr } = await runCli('init --yes', world);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(JSON.parse((await runCli('init --json', world)).stdout)).toMatchObject({ changed: 0 });
});

test('with --skip-unreachable, something else that is wrong decides the exit code', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  world.cut.set('a2', 'HOST_UNREACHABLE');
  container(world, 'm2', 'ci-marathon').frozen = true;
  const { exitCode, stderr } = await runCli('init --yes --skip-unreachable', world);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('[UNHEALTHY]');
});
