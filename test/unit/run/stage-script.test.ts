import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityOf, identityText } from '../../../src/cluster/identity.ts';
import type { HostStep, StartContainer } from '../../../src/plan/step.ts';
import { Secret } from '../../../src/secret.ts';
import { specOf } from '../../support/cluster-file.ts';
import { accessOf, shellHost, stubs, type ShellHost } from '../../support/shell-host.ts';

const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const own = `${owner.uid}:${owner.gid}`;
const password = 'correct horse battery';
const hostile = `a 'quoted' "word", $HOME, $(id), \`id\`, \\n, ; rm -rf /, *, é☃\n\nlast line, no newline`;

let host: ShellHost;

beforeEach(async () => {
  host = await shellHost();
});

/** Whatever happened, nothing stays behind in /run or /tmp. */
afterEach(async () => {
  const left = await host.leftovers();
  await host[Symbol.asyncDispose]();
  expect(left).toEqual([]);
});

function writeStep(path: string, content: string | Secret, mode = '0644'): HostStep {
  return { kind: 'write-file', file: { path, content, mode, owner } };
}

function pull(image: string): HostStep {
  return { kind: 'pull-image', image };
}

function start(parts: Partial<StartContainer> = {}, listens = [2181]): StartContainer {
  return {
    kind: 'start-container',
    service: 'zookeeper',
    cluster: 'ci/1',
    fingerprint: 'new',
    replace: false,
    ...parts,
    container: {
      ...{ name: 'ci-zookeeper', image: 'zookeeper:3.9.5', command: [], mounts: [], env: {} },
      ...{ hostPids: false, capabilities: [], stopSeconds: 30, listens, opensLater: [] },
      ...parts.container,
    },
  };
}

test('a file gets its content, mode and owner, and a second time nothing happens to it', async () => {
  const path = join(host.folder, 'zoo.cfg');
  const steps = [writeStep(path, 'tickTime=2000\n', '0640')];
  expect((await host.perform(steps)).results).toEqual(['0 changed']);
  expect(await readFile(path, 'utf8')).toBe('tickTime=2000\n');
  expect(await accessOf(path)).toBe(`640 ${own}`);
  const { ino } = await stat(path);
  expect((await host.perform(steps)).results).toEqual(['0 unchanged']);
  expect((await stat(path)).ino).toBe(ino);
});

test('a file is written again when its content or only its mode is another', async () => {
  const path = join(host.folder, 'zoo.cfg');
  await writeFile(path, 'old', { mode: 0o644 });
  expect((await host.perform([writeStep(path, 'new')])).results).toEqual(['0 changed']);
  expect(await readFile(path, 'utf8')).toBe('new');
  expect((await host.perform([writeStep(path, 'new', '0600')])).results).toEqual(['0 changed']);
  expect(await accessOf(path)).toBe(`600 ${own}`);
});

test('an empty file and a large one arrive whole', async () => {
  const large = 'x'.repeat(1_000_000);
  const paths = ['empty', 'large', 'after'].map((name) => join(host.folder, name));
  const contents = ['', large, 'end'];
  const steps = paths.map((path, index) => writeStep(path, contents[index] ?? ''));
  const { results } = await host.perform(steps);
  expect(results).toEqual(['0 changed', '1 changed', '2 changed']);
  expect(await Promise.all(paths.map((path) => readFile(path, 'utf8')))).toEqual(contents);
});

test('a link is replaced by the file, not followed', async () => {
  const target = join(host.folder, 'target');
  const path = join(host.folder, 'link');
  await writeFile(target, 'of somebody else');
  await symlink(target, path);
  await host.perform([writeStep(path, 'ours')]);
  expect(await readFile(target, 'utf8')).toBe('of somebody else');
  expect(await readFile(path, 'utf8')).toBe('ours');
});

test('a folder in the place of a file is told, not filled', async () => {
  const path = join(host.folder, 'zoo.cfg');
  await mkdir(path);
  const { results, evidence } = await host.perform([writeStep(path, 'x')]);
  expect(results).toEqual(['0 failed STEP_FAILED']);
  expect(evidence).toEqual([`${path} is a folder, a file belongs there`]);
  expect(await readdir(path)).toEqual([]);
});

test('nothing half-written stays beside a file that could not be written', async () => {
  const missing = join(host.folder, 'no', 'such', 'folder', 'file');
  expect((await host.perform([writeStep(missing, 'x')])).results).toEqual(['0 failed STEP_FAILED']);
  const path = join(host.folder, 'etc', 'file');
  const nobody = { path, content: 'x', mode: '9999', owner };
  const { results } = await host.perform([{ kind: 'write-file', file: nobody }]);
  expect(results).toEqual(['0 failed STEP_FAILED']);
  expect(await readdir(join(host.folder, 'etc'))).toEqual([]);
});

test('hostile text arrives unchanged as content and as path', async () => {
  const path = join(host.folder, hostile.replaceAll('/', '_'));
  const { results } = await host.perform([writeStep(path, hostile)]);
  expect(results).toEqual(['0 changed']);
  expect(await readFile(path, 'utf8')).toBe(hostile);
});

test('hostile text arrives unchanged as argument of docker', async () => {
  await host.set('ports', '2181\n');
  const { env, command } = { env: { JVMFLAGS: hostile }, command: [hostile] };
  const step = start({ container: { ...start().container, env, command } });
  expect((await host.perform([step])).results).toEqual(['0 changed']);
  const calls = (await host.calls()).join('\n');
  expect(calls).toContain(`|--env|JVMFLAGS=${hostile}|`);
  expect(calls).toContain(`|zookeeper:3.9.5|${hostile}|`);
});

test('a secret is written for its owner alone and shows up nowhere else', async () => {
  const path = join(host.folder, 'ADMIN_PASSWORD');
  const secret = new Secret(password, 'a test');
  await host.set('ports', '2181\n');
  const steps = [writeStep(path, secret, '0400'), start()];
  const script = host.compile(steps);
  expect(script.argv.join(' ')).not.toContain(password);
  expect(String(script.input[0])).not.toContain(password);
  const { ran } = await host.perform(steps);
  expect(await readFile(path, 'utf8')).toBe(password);
  expect(await accessOf(path)).toBe(`400 ${own}`);
  expect(ran.stdout + ran.stderr + (await host.calls()).join()).not.toContain(password);
});

test('a secret of many bytes does not shift what comes after it', async () => {
  const [first, second] = [join(host.folder, 'a'), join(host.folder, 'b')];
  await host.perform([writeStep(first, new Secret('pässwörd☃', 'a test')), writeStep(second, 'b')]);
  expect(await readFile(first, 'utf8')).toBe('pässwörd☃');
  expect(await readFile(second, 'utf8')).toBe('b');
});

test('what fails with a secret in hand does not print it', async () => {
  const path = join(host.folder, 'no', 'folder', 'ADMIN_PASSWORD');
  const { ran, evidence } = await host.perform([writeStep(path, new Secret(password, 'a test'))]);
  expect(ran.stdout + ran.stderr + evidence.join()).not.toContain(password);
});

test('a folder gets its mode and owner, and a second time nothing happens to it', async () => {
  const path = join(host.folder, 'data', 'zookeeper', 'data');
  const step: HostStep = { kind: 'ensure-folder', folder: { path, mode: '0750', owner } };
  expect((await host.perform([step])).results).toEqual(['0 changed']);
  expect(await accessOf(path)).toBe(`750 ${own}`);
  expect((await host.perform([step])).results).toEqual(['0 unchanged']);
});

test.runIf(owner.uid === 0)('a host is claimed once, and refused to another cluster', async () => {
  const spec = await specOf();
  const claim = (id: string): HostStep => ({
    kind: 'claim-host',
    identity: identityOf(spec, id, spec.hosts[0]!),
  });
  expect((await host.perform([claim('first')])).results).toEqual(['0 changed']);
  expect((await host.perform([claim('first')])).results).toEqual(['0 unchanged']);
  const before = await host.read('etc/ci-cluster/cluster.json');
  expect(before).toBe(identityText(identityOf(spec, 'first', spec.hosts[0]!)));
  const { results, evidence } = await host.perform([claim('second')]);
  expect(results).toEqual(['0 failed FOREIGN_HOST']);
  expect(evidence.join('\n')).toContain('"id": "first"');
  expect(await host.read('etc/ci-cluster/cluster.json')).toBe(before);
});

test('the first step that fails ends the script', async () => {
  await host.set('pull-says', 'manifest unknown\n');
  const path = join(host.folder, 'after');
  const { ran, results } = await host.perform([pull('zookeeper:9'), writeStep(path, 'x')]);
  expect(results).toEqual(['0 failed IMAGE_MISSING']);
  expect(ran.exitCode).toBe(1);
  expect(await host.read('after')).toBeUndefined();
});

test('an image is pulled once; one that cannot be pulled shows why', async () => {
  expect((await host.perform([pull('zookeeper:3.9.5')])).results).toEqual(['0 changed']);
  expect((await host.perform([pull('zookeeper:3.9.5')])).results).toEqual(['0 unchanged']);
  await host.set('pull-says', 'manifest for zookeeper:9 not found: manifest unknown\n');
  const { results, evidence } = await host.perform([pull('zookeeper:9')]);
  expect(results).toEqual(['0 failed IMAGE_MISSING']);
  expect(evidence).toEqual(['manifest for zookeeper:9 not found: manifest unknown']);
});

test('a full disk has a code of its own', async () => {
  await host.set('pull-says', 'write /var/lib/docker/tmp/x: no space left on device\n');
  expect((await host.perform([pull('zookeeper:9')])).results).toEqual(['0 failed DISK_FULL']);
});

test('the end of the input stops the script before its next step', async () => {
  await host.set('pull-waits-for', `${host.folder}/run/ci-cluster.*/stop\n`);
  const interruption = new AbortController();
  const seen: string[] = [];
  const path = join(host.folder, 'after');
  const performing = host.perform([pull('zookeeper:3.9.5'), writeStep(path, 'x')], {
    signal: interruption.signal,
    onLine: ({ step, result }) => {
      seen.push(`${step} ${result}`);
      interruption.abort();
    },
  });
  await expect(performing).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(seen).toEqual(['0 started', '0 changed', '1 stopped']);
  expect(await host.read('after')).toBeUndefined();
});

test('a connection that is lost in the middle ends the script and leaves nothing behind', async () => {
  await host.set('pull-waits-for', `${host.folder}/run/ci-cluster.*/stop\n`);
  const path = join(host.folder, 'after');
  const steps = [pull('zookeeper:3.9.5'), writeStep(path, new Secret(password, 'a test'))];
  const { argv, input } = host.compile(steps);
  const [program, ...words] = argv;
  const child = spawn(program, words, { env: host.env, stdio: 'pipe' });
  for (const part of input) child.stdin.write(part instanceof Secret ? part.reveal() : part);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  child.stderr.destroy();
  child.stdin.destroy();
  await once(child, 'exit');
  expect(await host.read('after')).toBeUndefined();
});

test('input that is cut off changes nothing', async () => {
  const path = join(host.folder, 'file');
  const { argv, input } = host.compile([writeStep(path, 'twelve bytes')]);
  const inTheScript = await host.run(argv, [String(input[0]).slice(0, 5000)]);
  expect(inTheScript).toMatchObject({ exitCode: 74, stdout: '' });
  const inTheBlob = await host.run(argv, [input[0]!, 'twelve']);
  expect(inTheBlob).toMatchObject({ exitCode: 74, stdout: '' });
  expect(await host.read('file')).toBeUndefined();
});

test('a container is started with its labels and settings', async () => {
  await host.set('ports', '2181\n');
  expect((await host.perform([start()])).results).toEqual(['0 changed']);
  const run = (await host.calls()).find((line) => line.startsWith('docker|run|'));
  expect(run).toBe(
    'docker|run|--detach|--restart|unless-stopped|--network|host|--pull|never|--name|ci-zookeeper|' +
      '--label|io.ci-cluster.cluster=ci/1|--label|io.ci-cluster.service=zookeeper|' +
      '--label|io.ci-cluster.fingerprint=new|zookeeper:3.9.5|',
  );
});

test('a container with this fingerprint that runs is left alone, unless it has to be replaced', async () => {
  await host.set('ports', '2181\n');
  await host.perform([start()]);
  expect((await host.perform([start()])).results).toEqual(['0 unchanged']);
  expect((await host.perform([start({ replace: true })])).results).toEqual(['0 changed']);
  expect(await readdir(join(host.folder, 'stub', 'containers'))).toEqual(['ci-zookeeper']);
});

test('a new container takes the place of the old one only when it listens', async () => {
  await host.set('ports', '2181\n');
  await host.perform([start({ fingerprint: 'old' })]);
  expect((await host.perform([start()])).results).toEqual(['0 changed']);
  expect(await host.read('stub/containers/ci-zookeeper/fingerprint')).toBe('new');
  const order = (await host.calls()).map((line) => line.split('|').slice(1, 2).join());
  expect(order.slice(order.indexOf('update'))).toEqual([
    ...['update', 'stop', 'rename', 'run', 'inspect'],
    // Both fingerprints, whether an older one is kept, and the keeping.
    ...['inspect', 'inspect', 'inspect', 'rename'],
  ]);
});

test('a container that could not be set aside goes on running', async () => {
  await host.set('ports', '2181\n');
  await host.perform([start({ fingerprint: 'old' })]);
  await host.set('rename-says', 'Error: the daemon is busy\n');
  const { results, evidence } = await host.perform([start()]);
  expect(results).toEqual(['0 failed STEP_FAILED']);
  expect(evidence).toEqual(['Error: the daemon is busy']);
  const place = 'stub/containers/ci-zookeeper';
  expect(await host.read(`${place}/fingerprint`)).toBe('old');
  expect(await host.read(`${place}/status`)).toBe('running');
  expect(await host.read(`${place}/policy`)).toBe('unless-stopped');
});

test('the old container comes back when the new one exits', async () => {
  await host.set('ports', '2181\n');
  await host.set('log', 'ERROR: invalid config\n');
  await host.perform([start({ fingerprint: 'old' })]);
  await host.set('exits', '2');
  const { results, evidence } = await host.perform([start()]);
  expect(results).toEqual(['0 failed CONTAINER_EXITED']);
  expect(evidence).toEqual([
    'ci-zookeeper exited with code 2; its last lines:',
    'ERROR: invalid config',
    'the ci-zookeeper that ran before is back',
  ]);
  const place = 'stub/containers/ci-zookeeper';
  expect(await host.read(`${place}/fingerprint`)).toBe('old');
  expect(await host.read(`${place}/status`)).toBe('running');
  expect(await host.read(`${place}/policy`)).toBe('unless-stopped');
  expect(await readdir(join(host.folder, 'stub', 'containers'))).toEqual(['ci-zookeeper']);
});

test('the old container comes back when the new one does not listen', async () => {
  await host.set('ports', '2181\n');
  await host.set('log', 'still thinking\n');
  await host.perform([start({ fingerprint: 'old' })]);
  const { results, evidence } = await host.perform([start({}, [2181, 3888])]);
  expect(results).toEqual(['0 failed CONTAINER_EXITED']);
  expect(evidence[0]).toContain('ci-zookeeper runs but does not listen on port 2181,3888');
  expect(await host.read('stub/containers/ci-zookeeper/fingerprint')).toBe('old');
});

test('a first container that does not stay up is not kept', async () => {
  await host.set('log', 'no such option\n');
  await host.set('exits', '1');
  const { results } = await host.perform([start()]);
  expect(results).toEqual(['0 failed CONTAINER_EXITED']);
  expect(await readdir(join(host.folder, 'stub', 'containers'))).toEqual([]);
});

test('after a crash in the middle of a replacement the old container is found again', async () => {
  await host.set('ports', '2181\n');
  await host.perform([start({ fingerprint: 'old' })]);
  const call = (...words: string[]) => host.run(['docker', ...words], []);
  await call('stop', '--time', '1', 'ci-zookeeper');
  await call('rename', 'ci-zookeeper', 'ci-zookeeper.previous');
  await host.set('log', 'no\n');
  await host.set('exits', '1');
  await host.perform([start()]);
  const place = 'stub/containers/ci-zookeeper';
  expect(await host.read(`${place}/fingerprint`)).toBe('old');
  expect(await host.read(`${place}/status`)).toBe('running');
});

test('a container is removed once', async () => {
  await host.set('ports', '2181\n');
  await host.perform([start()]);
  const step: HostStep = { kind: 'remove-container', name: 'ci-zookeeper' };
  expect((await host.perform([step])).results).toEqual(['0 changed']);
  expect((await host.perform([step])).results).toEqual(['0 unchanged']);
});

test.runIf(owner.uid === 0)(
  'a Docker Engine with running containers is only reloaded',
  async () => {
    await host.set('ids', 'abc\n');
    const step: HostStep = { kind: 'configure-docker', content: '{"live-restore":true}\n' };
    expect((await host.perform([step])).results).toEqual(['0 changed']);
    expect(await host.read('etc/docker/daemon.json')).toBe('{"live-restore":true}\n');
    const calls = (await host.calls()).join('\n');
    expect(calls).toContain('systemctl|reload|docker|');
    expect(calls).not.toContain('restart');
  },
);

test.runIf(owner.uid === 0)('a daemon.json that Docker refuses is taken back', async () => {
  await mkdir(join(host.folder, 'etc', 'docker'));
  await writeFile(join(host.folder, 'etc', 'docker', 'daemon.json'), '{"bip":"10.9.0.1/24"}');
  await host.set('systemctl-fails', 'restart\n');
  const step: HostStep = { kind: 'configure-docker', content: '{"live-restore":true}\n' };
  const { results, evidence } = await host.perform([step]);
  expect(results).toEqual(['0 failed STEP_FAILED']);
  expect(evidence).toContain('Job failed: restart');
  expect(await host.read('etc/docker/daemon.json')).toBe('{"bip":"10.9.0.1/24"}');
});

test('Docker Engine is installed from packages where it is missing, and only started where it is not', async () => {
  const step: HostStep = { kind: 'install-docker', manager: 'apt', packages: ['docker.io'] };
  expect((await host.perform([step])).results).toEqual(['0 changed']);
  const calls = await host.calls();
  expect(calls.find((line) => line.includes('|install|'))).toContain('|docker.io|');
  expect(calls).toContain('systemctl|enable|--now|docker|');
  await host.perform([step]);
  expect((await host.calls()).filter((line) => line.includes('|install|'))).toHaveLength(1);
});

test('an installation that fails shows what apt said', async () => {
  await host.set('apt-says', 'E: Unable to locate package docker.io\n');
  const step: HostStep = { kind: 'install-docker', manager: 'apt', packages: ['docker.io'] };
  const { results, evidence } = await host.perform([step]);
  expect(results).toEqual(['0 failed DOCKER_INSTALL_FAILED']);
  expect(evidence).toEqual(['E: Unable to locate package docker.io']);
});

const isolate: HostStep = { kind: 'isolate-builds', unit: 'ci-cluster-builds.service', script: '' };

test('rules are applied by their unit, which from then on starts before Docker', async () => {
  const script = join(host.folder, 'builds.sh');
  await writeFile(script, 'echo "in force"\n');
  expect((await host.perform([{ ...isolate, script }])).results).toEqual(['0 changed']);
  expect(await host.calls()).toEqual([
    'systemctl|daemon-reload|',
    'systemctl|enable|ci-cluster-builds.service|',
    'systemctl|restart|ci-cluster-builds.service|',
  ]);
});

test('rules that are not in force afterwards fail the step, with what is missing', async () => {
  const script = join(host.folder, 'builds.sh');
  await writeFile(script, 'echo "INPUT is open"; exit 1\n');
  const { results, evidence } = await host.perform([{ ...isolate, script }]);
  expect(results).toEqual(['0 failed STEP_FAILED']);
  expect(evidence).toEqual(['the rules are not in force, INPUT is open']);
});

test('a unit that does not start fails the step', async () => {
  await host.set('systemctl-fails', 'restart\n');
  const { results, evidence } = await host.perform([isolate]);
  expect(results).toEqual(['0 failed STEP_FAILED']);
  expect(evidence).toContain('Job failed: restart');
});

test('a host without a tool that the steps need is told before anything is changed', async () => {
  const path = join(host.folder, 'zoo.cfg');
  await host.without('base64', 'cmp');
  const { results, evidence } = await host.perform([writeStep(path, 'x')]);
  expect(results).toEqual(['0 failed TOOL_MISSING']);
  expect(evidence).toEqual(['base64', 'cmp']);
  await expect(stat(path)).rejects.toThrow('ENOENT');
});

test('a host without a tool that even the beginning needs is told in the same way', async () => {
  await host.without('mktemp');
  const { results, evidence } = await host.perform([pull('zookeeper:3.9.5')]);
  expect(results).toEqual(['0 failed TOOL_MISSING']);
  expect(evidence).toEqual(['mktemp']);
});

test('what runs is not stopped where nobody could tell whether the new one listens', async () => {
  await mkdir(join(host.folder, 'some'));
  for (const stub of ['docker', 'sleep'])
    await symlink(join(stubs, stub), join(host.folder, 'some', stub));
  const env = { PATH: `${join(host.folder, 'some')}:${join(host.folder, 'tools')}` };
  const { results, evidence } = await host.perform([start()], { env });
  expect(results).toEqual(['0 failed TOOL_MISSING']);
  expect(evidence).toEqual(['ss']);
});

test('where neither /run nor its like takes files, the next place does', async () => {
  await rm(join(host.folder, 'run'), { recursive: true });
  await writeFile(join(host.folder, 'run'), '');
  const path = join(host.folder, 'zoo.cfg');
  expect((await host.perform([writeStep(path, 'x')])).results).toEqual(['0 changed']);
  await rm(join(host.folder, 'run'));
  await mkdir(join(host.folder, 'run'));
});

test.each(['/no/such/folder', 'relative', '-d', "/it's $HOME"])(
  'a login with TMPDIR=%s changes nothing',
  async (folder) => {
    const path = join(host.folder, 'zoo.cfg');
    const { results } = await host.perform([writeStep(path, 'x')], { env: { TMPDIR: folder } });
    expect(results).toEqual(['0 changed']);
  },
);

const dnf: HostStep = {
  ...{ kind: 'install-docker', manager: 'dnf' },
  packages: ['docker-ce', 'docker-ce-cli', 'containerd.io'],
};

test('on the RHEL family Docker Engine is installed by dnf, then started', async () => {
  await host.set('repository', 'docker-ce\n');
  expect((await host.perform([dnf])).results).toEqual(['0 changed']);
  const calls = await host.calls();
  expect(calls).toContain('dnf|-q|-y|install|docker-ce|docker-ce-cli|containerd.io|');
  expect(calls).toContain('systemctl|enable|--now|docker|');
  expect(calls.join('\n')).not.toContain('apt-get');
});

test('a package that no repository of the host has is named by what dnf says', async () => {
  const { results, evidence } = await host.perform([dnf]);
  expect(results).toEqual(['0 failed DOCKER_INSTALL_FAILED']);
  expect(evidence).toContain('Error: Unable to find a match: docker-ce');
});

test('Docker Engine that was only to be started, and is gone, is told', async () => {
  const { results, evidence } = await host.perform([{ ...dnf, packages: [] }]);
  expect(results).toEqual(['0 failed DOCKER_INSTALL_FAILED']);
  expect(evidence).toEqual(['there is no dockerd on this host any more']);
});

test('text that a login shell prints among the lines of steps is ignored', async () => {
  const path = join(host.folder, 'zoo.cfg');
  const noisy = 'printf "Welcome!\\nYou have mail"; "$@"; printf Bye';
  const steps = [writeStep(path, 'x')];
  const { ran, results } = await host.perform(steps, { within: ['sh', '-c', noisy, 'sh'] });
  expect(ran.stdout).toMatch(/^Welcome!\nYou have mail\{"step":0,"result":"started"[^]*\nBye$/);
  expect(results).toEqual(['0 changed']);
});
