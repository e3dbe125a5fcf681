import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { templates } from '../../support/fake-ports.ts';

/** The fence as the container runs it, with a program in the place of Jenkins that says that it runs. */
let folder = '';
let script = '';
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ci-cluster-fence-'));
  const jenkins = join(folder, 'jenkins.sh');
  // As jenkins.sh does: the shell becomes the program.
  await writeFile(jenkins, '#!/bin/sh\necho started\nexec sleep 60\n', { mode: 0o755 });
  script = join(folder, 'start.sh');
  const text = templates['jenkins/start.sh'] ?? '';
  // Without tini: where it is the first process of a container, the kernel ends the others with it.
  const known = text.replaceAll('/usr/bin/tini', '/nowhere/tini');
  await writeFile(script, known.replaceAll('/usr/local/bin/jenkins.sh', jenkins));
});

afterAll(async () => {
  for (const process of running) process.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Start {
  readonly process: ChildProcess;
  /** `started` once the program runs, or the exit code with what was said. */
  readonly outcome: Promise<{ readonly code: number | 'started'; readonly said: string }>;
}

function start(env: Readonly<Record<string, string>>): Start {
  const process = spawn('/bin/sh', [script], { env: { PATH: '/usr/bin:/bin', ...env } });
  running.push(process);
  let said = '';
  process.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const outcome = new Promise<{ code: number | 'started'; said: string }>((resolve) => {
    process.stdout.once('data', () => {
      resolve({ code: 'started', said });
    });
    process.once('close', (code) => {
      resolve({ code: code ?? -1, said });
    });
  });
  return { process, outcome };
}

async function home(name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  return path;
}

test('a second controller on one home is refused with 75, and told who holds it', async () => {
  const JENKINS_HOME = await home('one');
  const first = start({ JENKINS_HOME, HOST: '10.0.0.21', MESOS_TASK_ID: 'ci_jenkins-main.1' });
  expect((await first.outcome).code).toBe('started');
  const holder = await readFile(join(JENKINS_HOME, '.ci-cluster.holder'), 'utf8');
  expect(holder).toMatch(/^host 10\.0\.0\.21, task ci_jenkins-main\.1, since \d{4}-.*Z\n$/);
  const second = await start({ JENKINS_HOME, HOST: '10.0.0.22', MESOS_TASK_ID: 'x' }).outcome;
  expect(second.code).toBe(75);
  expect(second.said).toBe(
    `ci-cluster: ${JENKINS_HOME} is in use by another controller: ${holder}`,
  );
  expect(await readFile(join(JENKINS_HOME, '.ci-cluster.holder'), 'utf8')).toBe(holder);
});

test('the lock ends with the process that Jenkins has become, however that ends', async () => {
  const JENKINS_HOME = await home('two');
  const first = start({ JENKINS_HOME });
  expect((await first.outcome).code).toBe('started');
  const ended = new Promise((resolve) => first.process.once('close', resolve));
  first.process.kill('SIGKILL');
  await ended;
  expect((await start({ JENKINS_HOME, HOST: '10.0.0.22' }).outcome).code).toBe('started');
  expect(await readFile(join(JENKINS_HOME, '.ci-cluster.holder'), 'utf8')).toContain('10.0.0.22');
});

test('two homes do not disturb each other', async () => {
  const one = start({ JENKINS_HOME: await home('three') });
  const other = start({ JENKINS_HOME: await home('four') });
  expect([(await one.outcome).code, (await other.outcome).code]).toEqual(['started', 'started']);
});

test('a home that cannot be written is 74, with the user who tried', async () => {
  const JENKINS_HOME = join(folder, 'missing');
  const { code, said } = await start({ JENKINS_HOME }).outcome;
  expect(code).toBe(74);
  expect(said).toMatch(/^ci-cluster: cannot write to .*\/missing as uid \d+: .* uid 1000\n$/);
});

test('a home whose file system has no locks, and an image without flock, are 74', async () => {
  const JENKINS_HOME = await home('five');
  const bin = await home('bin');
  for (const tool of ['id', 'head', 'date', 'mv'])
    await symlink(`/usr/bin/${tool}`, join(bin, tool));
  const without = await start({ JENKINS_HOME, PATH: bin }).outcome;
  expect([without.code, without.said]).toEqual([
    74,
    'ci-cluster: the image has no flock (Debian: util-linux)\n',
  ]);
  // What util-linux' flock exits with where the kernel says ENOLCK.
  await writeFile(join(bin, 'flock'), '#!/bin/sh\nexit 71\n', { mode: 0o755 });
  const unable = await start({ JENKINS_HOME, PATH: bin }).outcome;
  expect(unable.code).toBe(74);
  expect(unable.said).toMatch(/cannot lock .*: the file system of the home must know locks/);
});
