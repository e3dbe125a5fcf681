import { expect, test } from 'vitest';
import { clusterFile } from '../../support/cluster-file.ts';
import { fakeWorld, machine, type FakeWorld } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

const commands = [
  'sample',
  ...['init', 'plan', 'apply'],
  'status',
  'build',
  'jenkins',
  'jenkins prune-frameworks',
  'jenkins failover',
  ...['failover-drill', 'failover-drill heal', 'failover-drill report', 'failover-drill history'],
  ...['logs', 'exec', 'config', 'config show', 'config validate', 'config schema'],
  ...['completion', 'destroy', 'runs', 'resume', 'lock', 'lock status', 'lock hold'],
  'lab',
  'lab up',
  'lab down',
  'lab status',
  'lab exec',
];

test('help lists every command and exits with 0', async () => {
  const { exitCode, stdout, stderr } = await runCli('--help', fakeWorld());
  expect(exitCode).toBe(0);
  expect(stderr).toBe('');
  for (const command of ['sample', 'init', 'status', 'build', 'jenkins', 'lab']) {
    expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  }
});

test.each(commands)('help of %s has an example', async (command) => {
  const { exitCode, stdout } = await runCli(`${command} --help`, fakeWorld());
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/Examples?:\n\s+(\$ )?ci-cluster \S+/);
});

test('help fits 80 columns', async () => {
  for (const command of ['', ...commands]) {
    const { stdout } = await runCli(`${command} --help`, fakeWorld());
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
});

test('the version is told', async () => {
  expect(await runCli('--version', fakeWorld())).toMatchObject({ exitCode: 0, stdout: '1.2.3' });
});

test('a command with a typo is answered with the near one, exit code 2', async () => {
  const { exitCode, stderr, stdout } = await runCli('statsu', fakeWorld());
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain("unknown command 'statsu'");
  expect(stderr).toContain('(Did you mean status?)');
});

test('an option with a typo is answered with the near one, exit code 2', async () => {
  const { exitCode, stderr } = await runCli('init --yess', fakeWorld());
  expect(exitCode).toBe(2);
  expect(stderr).toContain('(Did you mean --yes?)');
});

test('global options are understood before and after the command', async () => {
  const world = fakeWorld();
  await runCli('init --yes', world);
  const before = await runCli('--json status', world);
  const after = await runCli('status --json', world);
  expect(JSON.parse(before.stdout)).toEqual(JSON.parse(after.stdout));
});

interface Failure {
  readonly line: string;
  readonly exitCode: number;
  readonly code: string;
  readonly prepare?: (world: FakeWorld) => void;
}

const failures: readonly Failure[] = [
  { line: 'status -c other.yml', exitCode: 2, code: 'CONFIG_UNREADABLE' },
  {
    ...{ line: 'init --yes', exitCode: 2, code: 'CONFIG_INVALID' },
    prepare: ({ files }) => files.set('cluster.yml', 'name: CI\n'),
  },
  { line: 'init', exitCode: 9, code: 'CONFIRMATION_MISSING' },
  {
    ...{ line: 'init --yes', exitCode: 4, code: 'HOST_UNREACHABLE' },
    prepare: ({ cut }) => cut.set('a1', 'HOST_UNREACHABLE'),
  },
  {
    ...{ line: 'init --yes', exitCode: 4, code: 'HOST_KEY_CHANGED' },
    prepare: ({ cut }) => cut.set('a1', 'HOST_KEY_CHANGED'),
  },
  {
    ...{ line: 'init --yes', exitCode: 8, code: 'TOO_FEW_MASTERS' },
    prepare: ({ cut }) => cut.set('m1', 'HOST_UNREACHABLE'),
  },
  {
    ...{ line: 'init --yes', exitCode: 6, code: 'PORT_IN_USE' },
    prepare: (world) => {
      const nginx = { address: '0.0.0.0', process: 'nginx', pid: 7, container: '' };
      machine(world, 'm1').strangers.push({ ...nginx, port: 5050 });
    },
  },
  {
    ...{ line: 'init --yes', exitCode: 6, code: 'DISK_FULL' },
    prepare: (world) => {
      machine(world, 'm1').freeKib = () => 0;
    },
  },
  {
    ...{ line: 'init --yes', exitCode: 6, code: 'DOCKER_CONFIG_INVALID' },
    prepare: (world) => {
      const file = { content: '{', mode: '644', uid: 0, gid: 0, modified: 0 };
      machine(world, 'm1').files.set('/etc/docker/daemon.json', file);
    },
  },
  {
    ...{ line: 'init --yes', exitCode: 5, code: 'IMAGE_MISSING' },
    prepare: (world) => {
      machine(world, 'm1').isPullable = (image) => !image.includes('zookeeper');
    },
  },
  {
    ...{ line: 'init --yes', exitCode: 5, code: 'CONTAINER_EXITED' },
    prepare: (world) => {
      machine(world, 'a1').exits.set('ci-gateway', { exitCode: 1, lines: ['no'] });
    },
  },
  {
    ...{ line: 'init --yes', exitCode: 5, code: 'APP_REFUSED' },
    prepare: (world) => {
      world.refusal = { status: 422, message: 'no' };
    },
  },
  { line: 'build', exitCode: 2, code: 'USAGE' },
  { line: 'jenkins prune-frameworks', exitCode: 8, code: 'TEARDOWN_REFUSED' },
  { line: 'statsu', exitCode: 2, code: 'USAGE' },
  { line: 'init --nonsense', exitCode: 2, code: 'USAGE' },
];

test.each(failures)(
  '$line with --json: one document with $code, exit code $exitCode',
  async ({ line, exitCode, code, prepare }) => {
    const world = fakeWorld();
    prepare?.(world);
    const run = await runCli(`${line} --json`, world);
    expect(run.exitCode).toBe(exitCode);
    const document = JSON.parse(run.stdout) as Record<string, unknown>;
    expect(document).toMatchObject({ schemaVersion: 1, ok: false, exitCode, error: { code } });
    const { error } = document as { error: { message: string; remedy: string } };
    expect(error.message).toMatch(/^(?!Error).*[^.]$/s);
    expect(error.remedy).not.toBe('');
    expect(run.stderr).not.toBe('');
  },
);

test.each(failures)(
  '$line without --json: stdout stays empty, $code on stderr',
  async (failure) => {
    const world = fakeWorld();
    failure.prepare?.(world);
    const { stdout, stderr } = await runCli(failure.line, world);
    expect(stdout).toBe('');
    if (failure.line !== 'statsu' && failure.line !== 'init --nonsense')
      expect(stderr).toContain(`[${failure.code}]`);
  },
);

test('a bug is told as one, with --json as a document, too', async () => {
  const world = fakeWorld();
  machine(world, 'm1').freeKib = () => {
    throw new TypeError('freeKib is not a function');
  };
  const { exitCode, stdout, stderr } = await runCli('init --yes --json', world);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('This is a bug in ci-cluster');
  expect(stderr).toContain('freeKib is not a function');
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 1, error: { code: 'BUG' } });
});

test('without a terminal init refuses before it changes anything, and says how many changes', async () => {
  const { exitCode, stderr, log } = await runCli('init', fakeWorld());
  expect(exitCode).toBe(9);
  expect(stderr).toMatch(/\d+ changes to make, and nobody to ask \[CONFIRMATION_MISSING\]/);
  expect(stderr).toContain('--yes');
  expect(log.filter((line) => line.endsWith(': stage'))).toEqual([]);
});

test('on a terminal the plan is shown and the answer decides', async () => {
  const world = fakeWorld();
  for (const answers of [[''], ['n'], ['yess']]) {
    const { exitCode, stderr, log } = await runCli('init', world, { answers });
    expect(exitCode).toBe(9);
    expect(stderr).toContain('+ container ci-zookeeper is new');
    expect(stderr).toContain('ci-zookeeper starts on m1, m2, m3');
    expect(stderr).toContain('not confirmed; nothing was changed');
    expect(log.filter((line) => line.endsWith(': stage'))).toEqual([]);
  }
  expect((await runCli('init', world, { answers: ['y'] })).exitCode).toBe(0);
  expect((await runCli('init', world, { answers: [] })).exitCode).toBe(0);
});

test('the plan that is shown names no secret', async () => {
  const { stderr } = await runCli('init', fakeWorld(), { answers: ['n'] });
  expect(stderr).toContain('+ /etc/ci-cluster/jenkins/main/secrets/ADMIN_PASSWORD (secret)');
  expect(stderr).not.toContain('correct horse');
});

test('Ctrl-C stops before the next step, on every host, and the next run goes on', async () => {
  const world = fakeWorld();
  const interruption = new AbortController();
  world.onLog = (line) => {
    if (line === 'm2: start ci-zookeeper') interruption.abort();
  };
  const { exitCode, stderr, stdout } = await runCli('init --yes --json', world, { interruption });
  expect(exitCode).toBe(130);
  expect(stderr).toContain('[INTERRUPTED]');
  expect(JSON.parse(stdout)).toMatchObject({ exitCode: 130, error: { code: 'INTERRUPTED' } });
  expect(world.log.filter((line) => line.endsWith('start ci-mesos-master'))).toEqual([]);
  world.onLog = () => undefined;
  const next = await runCli('init --yes', world);
  expect(next.exitCode).toBe(0);
  expect(next.log).not.toContain('m2: start ci-zookeeper');
});

test.each(['m3: facts', 'm1: create znode /ci-cluster/identity', 'a1: start ci-mesos-agent'])(
  'Ctrl-C at "%s" ends the run with 130 and closes every connection',
  async (moment) => {
    const world = fakeWorld();
    const interruption = new AbortController();
    world.onLog = (line) => {
      if (line === moment) interruption.abort();
    };
    const { exitCode, stderr, log } = await runCli('init --yes', world, { interruption });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 130 });
    expect(stderr).toContain('[INTERRUPTED]');
    const opened = log.filter((line) => line.startsWith('connect ')).length;
    expect(log.filter((line) => line.startsWith('close '))).toHaveLength(opened);
  },
);

test('Ctrl-C while waiting for a gate ends the wait', async () => {
  const world = fakeWorld();
  const interruption = new AbortController();
  world.onLog = (line) => {
    if (line.includes('PUT /v2/apps')) interruption.abort();
  };
  const { exitCode, stderr } = await runCli('init --yes', world, { interruption });
  expect(exitCode).toBe(130);
  expect(stderr).toContain('[INTERRUPTED]');
});

test('--events writes one JSON object per line, each with its version and time', async () => {
  const { events } = await runCli('init --yes --events events.ndjson', fakeWorld());
  const parsed = events.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(parsed.length).toBeGreaterThan(50);
  for (const event of parsed) {
    expect(event).toMatchObject({ schemaVersion: 1, kind: expect.any(String) as string });
    expect(event.at).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(event.elapsedMs).toBeGreaterThanOrEqual(0);
  }
  expect(parsed.filter(({ kind }) => kind === 'reached').map(({ gate }) => gate)).toEqual([
    ...['ensemble', 'masters', 'agents', 'marathon', 'gateways', 'jenkins'],
  ]);
  expect(parsed.filter(({ kind }) => kind === 'phase')).toHaveLength(5);
});

test('no output holds a secret', async () => {
  const world = fakeWorld();
  machine(world, 'a1').faults.push({ step: 'ADMIN_PASSWORD', code: 'STEP_FAILED', evidence: [] });
  const run = await runCli('init --yes --json --events -', world);
  expect(run.exitCode).toBe(5);
  expect(run.stderr + run.stdout + run.events.join()).not.toContain('correct horse');
});

test('--quiet leaves the result on stdout and nothing on stderr', async () => {
  const { exitCode, stdout, stderr } = await runCli('init --yes --quiet', fakeWorld());
  expect(exitCode).toBe(0);
  expect(stdout).toContain('changes made');
  expect(stderr).toBe('');
});

test('the document of init has every field, known or null', async () => {
  const { stdout } = await runCli('init --yes --json', fakeWorld(clusterFile({ jenkins: {} })));
  const document = JSON.parse(stdout) as Record<string, unknown>;
  expect(Object.keys(document)).toEqual([
    ...[
      'schemaVersion',
      'command',
      'cluster',
      'ok',
      'exitCode',
      'changed',
      'steps',
      'builds',
      'run',
      'elapsedMs',
    ],
    'health',
  ]);
  expect(document).toMatchObject({ command: 'init', cluster: 'ci', ok: true, exitCode: 0 });
});

test('a failed init tells in its document what it did before', async () => {
  const world = fakeWorld();
  machine(world, 'a1').exits.set('ci-gateway', { exitCode: 1, lines: ['no'] });
  const { stdout } = await runCli('init --yes --json', world);
  const { changed, steps } = JSON.parse(stdout) as { changed: number; steps: { host: string }[] };
  expect(changed).toBe(steps.length);
  expect(steps).toContainEqual({
    ...{ host: 'a2', phase: 'services' },
    step: 'start ci-gateway from haproxy:3.2',
  });
});

test('an unreachable host beside a failing step: the failing step decides the exit code', async () => {
  const world = fakeWorld();
  world.cut.set('a2', 'HOST_UNREACHABLE');
  machine(world, 'm1').isPullable = () => false;
  const { exitCode } = await runCli('init --yes --skip-unreachable', world);
  expect(exitCode).toBe(5);
});
