import { chmod, mkdir, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lackIn, parseFacts, type Facts } from '../../../src/plan/facts.ts';
import { readRows } from '../../../src/plan/facts-rows.ts';
import { sha256 } from '../../../src/plan/fingerprint.ts';
import { shellHost, type ShellHost } from '../../support/shell-host.ts';

let host: ShellHost;

beforeEach(async () => {
  host = await shellHost();
  await host.set('listeners');
});

afterEach(async () => {
  await host[Symbol.asyncDispose]();
});

async function factsOf(...args: string[]): Promise<Facts> {
  const { stdout, stderr, exitCode } = await host.facts(args);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return parseFacts(stdout);
}

const uid = process.getuid?.();
const gid = process.getgid?.();

test('a host tells its system, its size and its clock', async () => {
  const { system, machine, memoryKib, cgroupVersion, clock } = await factsOf();
  expect(system.id).toMatch(/^\w+$/);
  expect(machine.architecture).toBe(process.arch === 'arm64' ? 'aarch64' : 'x86_64');
  expect(machine.cpus).toBeGreaterThan(0);
  expect(memoryKib).toBeGreaterThan(100_000);
  expect([1, 2]).toContain(cgroupVersion);
  expect(clock).toBeGreaterThan(1_700_000_000);
});

test('Docker is running, stopped, or absent', async () => {
  expect((await factsOf()).docker).toEqual({
    ...{ kind: 'running', version: '20.10.24', apiVersion: '1.41', liveRestore: true },
    ...{ rootFolder: '/var/lib/docker', running: 2 },
  });
  await host.set('daemon-is-down');
  expect((await factsOf()).docker, 'a client alone').toEqual({ kind: 'absent' });
  await symlink('/bin/true', join(host.folder, 'stub', 'dockerd'));
  expect((await factsOf()).docker).toEqual({ kind: 'stopped' });
});

test('without a docker command Docker is absent', async () => {
  const path = `${join(host.folder, 'stub')}:${join(host.folder, 'tools')}`;
  const { stdout } = await host.facts([], { PATH: path });
  expect(parseFacts(stdout).docker).toEqual({ kind: 'absent' });
  expect(parseFacts(stdout).listeners).toEqual([]);
});

test('our containers are found by their labels', async () => {
  const row = [
    ...['container', 'a1b2', '/ci-zookeeper', 'ci/1', 'zookeeper', 'f00', 'restarting', '2', '7'],
    ...['2026-03-02T22:00:00.5Z', '2026-03-02T22:00:01Z', 'zookeeper:3.9.5'],
  ];
  await host.set('ids', 'a1b2\n');
  await host.set('inspected', `${row.join('\t')}\n`);
  expect((await factsOf()).containers).toEqual([
    {
      ...{ id: 'a1b2', name: 'ci-zookeeper', cluster: 'ci/1', service: 'zookeeper' },
      ...{ fingerprint: 'f00', status: 'restarting', exitCode: 2, restarts: 7 },
      ...{ created: 1_772_488_800, startedAt: '2026-03-02T22:00:01Z', image: 'zookeeper:3.9.5' },
    },
  ]);
  const calls = await host.calls();
  expect(calls).toContain('docker|ps|--all|--quiet|--filter|label=io.ci-cluster.service|');
});

test('listeners are told with address, port and process', async () => {
  const lines = [
    'LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=999999999,fd=3))',
    'LISTEN 0 50 [::ffff:10.0.0.11]:2181 *:* users:(("java",pid=999999998,fd=60))',
    'LISTEN 0 50 127.0.0.53%lo:53 0.0.0.0:*',
  ];
  await host.set('listeners', `${lines.join('\n')}\n`);
  expect((await factsOf()).listeners).toEqual([
    { address: '0.0.0.0', port: 22, process: 'sshd', pid: '999999999', container: '' },
    { address: '10.0.0.11', port: 2181, process: 'java', pid: '999999998', container: '' },
    { address: '127.0.0.53', port: 53, process: '', pid: '', container: '' },
  ]);
});

test('a folder is told with its access and the space under it, also where it is not there yet', async () => {
  const path = join(host.folder, 'data');
  await mkdir(path);
  await chmod(path, 0o750);
  const { folders } = await factsOf('folder', path, 'folder', join(path, 'not', 'there'));
  expect(folders.get(path)?.state).toEqual({ mode: '750', uid, gid });
  expect(folders.get(path)?.freeKib).toBeGreaterThan(1000);
  expect(folders.get(join(path, 'not', 'there'))).toEqual({
    freeKib: expect.any(Number) as number,
    state: undefined,
  });
});

test('a file is told with its sum, access and age; a missing one is not told', async () => {
  const path = join(host.folder, `it's "odd" $HOME`);
  await writeFile(path, 'content\n', { mode: 0o600 });
  const { files } = await factsOf('file', path, 'file', join(host.folder, 'missing'));
  expect([...files.keys()]).toEqual([path]);
  expect(files.get(path)).toMatchObject({ sha256: sha256('content\n'), mode: '600', uid, gid });
  expect(files.get(path)?.modified).toBeGreaterThan(1_700_000_000);
});

test('a link in the place of a file does not look like the file', async () => {
  const path = join(host.folder, 'link');
  await writeFile(join(host.folder, 'target'), 'content\n', { mode: 0o644 });
  await symlink(join(host.folder, 'target'), path);
  expect((await factsOf('file', path)).files.get(path)?.mode).not.toBe('644');
  await unlink(path);
  await rm(join(host.folder, 'target'));
});

test('small files are told with their text, whatever stands in it', async () => {
  const text = 'é ☃ \t "quoted"\n\nno newline at the end';
  const path = join(host.folder, 'myid');
  await writeFile(path, text);
  await mkdir(join(host.folder, 'etc', 'ci-cluster'));
  await writeFile(join(host.folder, 'etc', 'ci-cluster', 'cluster.json'), '{"id":"1"}\n');
  const { texts } = await factsOf('text', path, 'text', join(host.folder, 'missing'));
  expect([...texts]).toEqual([
    ['identity', '{"id":"1"}\n'],
    [path, text],
  ]);
});

test('images that are there are told apart from those that are not', async () => {
  await host.run(['docker', 'pull', 'zookeeper:3.9.5'], []);
  const { images } = await factsOf('image', 'zookeeper:3.9.5', 'image', 'haproxy:3.2');
  expect([...images]).toEqual(['zookeeper:3.9.5']);
});

test('addresses are told with their interfaces, odd ones left out', async () => {
  const lines = [
    '1: lo    inet 127.0.0.1/8 scope host lo',
    '2: eth0    inet 10.0.0.11/24 brd 10.0.0.255 scope global eth0',
    '2: eth0    inet 10.0.0.100/32 scope global eth0',
    '7: $(id)    inet 10.0.0.12/24 scope global',
  ];
  await host.set('addresses', `${lines.join('\n')}\n`);
  expect((await factsOf()).addresses).toEqual([
    { name: 'lo', address: '127.0.0.1' },
    { name: 'eth0', address: '10.0.0.11' },
    { name: 'eth0', address: '10.0.0.100' },
  ]);
});

test('what stands between builds and control ports is told by the script that applies it', async () => {
  await host.set('bridge', 'br0\n');
  const script = join(host.folder, 'builds.sh');
  expect(await factsOf('isolation', script)).toMatchObject({ bridge: 'br0', isolation: undefined });
  await writeFile(script, '[ "$1" = check ] && echo "INPUT is open" && exit 1\n');
  expect((await factsOf('isolation', script)).isolation).toBe('INPUT is open');
});

test('a name of a bridge that is none is refused, as it goes into a script', async () => {
  await host.set('bridge', 'br0;reboot\n');
  const { stdout } = await host.facts(['isolation', '/none']);
  expect(() => parseFacts(stdout)).toThrow('unexpected line: bridge\tbr0;reboot');
});

test('the disk use of a task is that of its layer and its sandbox', async () => {
  const [layer, sandbox] = [join(host.folder, 'layer'), join(host.folder, `it's a |sand| box`)];
  await mkdir(layer);
  await mkdir(sandbox);
  await writeFile(join(layer, 'a'), Buffer.alloc(300_000, 'x'));
  await writeFile(join(sandbox, 'b'), Buffer.alloc(200_000, 'x'));
  await host.set('task-ids', 'c1\nc2\nc3\n');
  const lines = [
    `/mesos-9f1c|${layer}|${sandbox}`,
    `/mesos-9f1c.executor|${layer}|${sandbox}`,
    `/mesos-77aa|<no value>|${sandbox}`,
  ];
  await host.set('inspected-tasks', `${lines.join('\n')}\n`);
  const { tasks } = await factsOf('tasks', 'yes');
  expect(tasks.map(({ container }) => container)).toEqual(['9f1c', '77aa']);
  expect(tasks[0]?.usedKib).toBeGreaterThan(480);
  expect(tasks[0]?.usedKib).toBeLessThan(600);
  expect(tasks[1]?.usedKib).toBeUndefined();
});

test('tasks whose disk use takes long to count are told without it', async () => {
  await host.set('task-ids', 'c1\nc2\n');
  await host.set('inspected-tasks', '/mesos-1|/a|/b\n/mesos-2|/a|/b\n');
  const slow = join(host.folder, 'slow');
  await mkdir(slow);
  await writeFile(
    join(slow, 'date'),
    '#!/bin/sh\ncat "$STUB/now"; echo 9999999999 >"$STUB/now"\n',
    {
      mode: 0o755,
    },
  );
  await host.set('now', '1700000000\n');
  const { stdout } = await host.facts(['tasks', 'yes'], { PATH: `${slow}:${host.env.PATH ?? ''}` });
  expect(parseFacts(stdout).tasks.map(({ usedKib }) => usedKib)).toEqual([undefined, undefined]);
});

test('nothing on the host is changed by looking', async () => {
  await factsOf('folder', join(host.folder, 'a'), 'file', join(host.folder, 'b'));
  expect(await host.leftovers()).toEqual([]);
  const changes = /^docker\|(run|pull|rm|stop|start|rename|update)|^systemctl|^apt-get/;
  expect((await host.calls()).filter((line) => changes.test(line))).toEqual([]);
});

test.each([
  ['rocky', 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n', 'dnf'],
  ['fedora', 'ID=fedora\nVERSION_ID=42\n', 'dnf'],
  ['ubuntu', 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n', 'apt'],
])(
  '%s has its own package manager, even if another one is installed',
  async (id, text, manager) => {
    await writeFile(join(host.folder, 'os-release'), text);
    const { system, packages } = await factsOf();
    expect({ id: system.id, packages }).toEqual({ id, packages: manager });
  },
);

test('a system that tells nothing about itself, without package manager, is told as such', async () => {
  await rm(join(host.folder, 'os-release'));
  const { stdout } = await host.facts([], { PATH: join(host.folder, 'tools') });
  expect(parseFacts(stdout)).toMatchObject({
    system: { id: 'unknown', like: [] },
    packages: 'none',
  });
});

test('podman in the place of Docker is no Docker Engine', async () => {
  const path = join(host.folder, 'podman');
  await mkdir(path);
  await writeFile(join(path, 'docker'), '#!/bin/sh\necho "podman version 4.9.4"\n', {
    mode: 0o755,
  });
  const { stdout } = await host.facts([], { PATH: `${path}:${join(host.folder, 'tools')}` });
  const { docker, tools } = parseFacts(stdout);
  expect(docker).toEqual({ kind: 'absent' });
  expect([...tools]).toEqual(['flock', 'perl', 'podman-docker']);
});

test('tools that matter only sometimes are told if they are there', async () => {
  expect([...(await factsOf()).tools]).toEqual([
    ...['ss', 'ip', 'iptables', 'systemctl', 'flock', 'perl'],
  ]);
});

test('a host without tools that the scripts need tells which, and nothing else', async () => {
  await host.without('cmp', 'stat', 'tr');
  const { stdout, stderr, exitCode } = await host.facts(['folder', '/', 'image', 'x']);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(lackIn(readRows(stdout))).toEqual({ tools: ['cmp', 'stat', 'tr'], packages: 'apt' });
});

test('what the steps cannot do without is asked for with the facts', async () => {
  const listIn = (text: string) => /for tool in ([^;]*)/.exec(text)![1]!.split(/[\s\\]+/);
  const read = async (name: string) => await readFile(`templates/remote/${name}`, 'utf8');
  const facts = listIn(await read('facts.sh'));
  expect(facts).toEqual(expect.arrayContaining(listIn(await read('stage.sh'))));
});

test('an answer that ends in the middle is not taken for one that has little', async () => {
  const script = await readFile('templates/remote/facts.sh', 'utf8');
  const { stdout, exitCode } = await host.run(
    ['sh', '-s'],
    [script.replace('\n  of_docker\n', '\n  exit 0\n')],
  );
  expect(() => parseFacts(stdout)).toThrow('the answer is cut off');
  expect(exitCode).toBe(1);
});
