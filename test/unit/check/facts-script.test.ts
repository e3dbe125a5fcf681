import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseCheckFacts } from '../../../src/check/check-facts.ts';

const script = readFileSync(new URL('../../../templates/check/facts.sh', import.meta.url), 'utf8');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ci-cluster-check-'));
  mkdirSync(join(folder, 'bin'));
  stub('docker', dockerStub);
  stub('uname', 'echo a1');
  stub('systemd-detect-virt', 'echo none');
  stub('timedatectl', 'echo yes');
  stub('systemctl', 'case $2 in docker.service | chrony.service) ;; *) exit 1 ;; esac');
  stub('getent', getentStub);
  writeFileSync(
    join(folder, 'hosts'),
    '127.0.0.1 localhost\n127.0.1.1\ta1.example.com a1 # installer\n127.0.1.2 a1 other\n',
  );
  writeFileSync(join(folder, 'ssh_host_ed25519_key.pub'), 'ssh-ed25519 AAAA root@a1\n');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function stub(name: string, body: string): void {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

const dockerStub = `
case "$*" in
  --version) echo 'Docker version 20.10.24, build 297e128' ;;
  version*MinAPI*) echo 1.12 ;;
  info*Driver*) echo overlay2 ;;
  info*Security*) echo '["name=seccomp,profile=default"]' ;;
  info*Swarm*) echo inactive ;;
  info*MemoryLimit*) echo 'true false' ;;
  'image inspect --format {{.Id}}'*mesos:1) echo 'sha256:ab|300|amd64|mesos@sha256:cd mesos@sha256:ef' ;;
  'image inspect --format {{json .Config}} mesos:1') echo '{"Env":["A=1|2","B=\\"x\\""],"Entrypoint":["mesos-slave"]}' ;;
  'manifest inspect --insecure registry:5000/here') echo '{}' ;;
  'manifest inspect gone:1') echo 'no such manifest: docker.io/library/gone:1' >&2; exit 1 ;;
  'manifest inspect '*) echo 'dial tcp: connection	refused' >&2; exit 1 ;;
  ps*) echo abc ;;
  'exec ci-mesos-agent'*) echo 'client version 1.24 is too old'; exit 1 ;;
  *) exit 1 ;;
esac`;

const getentStub = `
case $2 in
  a1) echo '127.0.1.1 STREAM a1'; echo '127.0.1.1 DGRAM' ;;
  m1) echo '10.0.0.12 STREAM m1'; echo '10.0.0.11 STREAM' ;;
  *) exit 2 ;;
esac`;

function run(args: readonly string[]) {
  const text = script
    .replaceAll('/etc/hosts', `${folder}/hosts`)
    .replaceAll('/etc/ssh/', `${folder}/`)
    .replace('PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin', `PATH=${folder}/bin:$PATH`);
  return spawnSync('sh', ['-c', text, 'facts.sh', ...args], { encoding: 'utf8' });
}

test('a real sh tells everything that the checks want to know', { timeout: 30_000 }, () => {
  const args = [
    ...['registry', 'registry:5000', 'name', 'm1', 'name', 'nobody'],
    ...['image', 'mesos:1', 'image', 'registry:5000/here', 'image', 'gone:1', 'image', 'hub:1'],
    ...['config', 'mesos:1', 'config', 'gone:1', 'place', folder, 'place', `${folder}/not/yet`],
    ...['client', 'ci-mesos-agent', 'home', '/nowhere'],
  ];
  const { stdout, stderr } = run(args);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^clock\t\d+\.\d{9}\n/);
  const facts = parseCheckFacts(stdout);
  expect(facts).toMatchObject({
    ...{ hostname: 'a1', container: undefined, ownName: ['127.0.1.1'] },
    hostsLine: { address: '127.0.1.1', names: ['a1.example.com', 'a1'] },
    clock: { unit: 'chrony.service', synchronised: true },
    docker: {
      ...{ unit: 'docker.service', kind: 'docker', leastApi: '1.12', driver: 'overlay2' },
      ...{ swarm: 'inactive', limitsMemory: true, limitsCpu: false },
    },
    client: { works: false, said: 'client version 1.24 is too old' },
    ephemeral: { first: expect.any(Number) as number },
  });
  expect([...facts.hostKeys.keys()]).toEqual(['ssh-ed25519']);
  expect(facts.names.get('m1')).toEqual(['10.0.0.11', '10.0.0.12']);
  expect(facts.names.get('nobody')).toEqual([]);
  expect(facts.images.get('mesos:1')).toEqual({
    ...{ id: 'sha256:ab', sizeBytes: 300, architecture: 'amd64' },
    digests: ['mesos@sha256:cd', 'mesos@sha256:ef'],
  });
  expect(Object.fromEntries([...facts.pulls].map(([image, { kind }]) => [image, kind]))).toEqual({
    ...{ 'registry:5000/here': 'yes', 'gone:1': 'no', 'hub:1': 'unknown' },
  });
  expect(facts.configs.get('mesos:1')).toEqual({
    ...{ env: ['A=1|2', 'B="x"'], entrypoint: ['mesos-slave'] },
  });
  expect(facts.places.get(`${folder}/not/yet`)).toEqual(facts.places.get(folder));
  expect(facts.places.get(folder)?.totalKib).toBeGreaterThan(0);
  expect(facts.homes.size).toBe(0);
});

test('an answer that is cut off or spoilt is not half believed', () => {
  expect(() => parseCheckFacts('hostname\ta1\n')).toThrow('the answer is cut off');
  expect(() => parseCheckFacts('Welcome!\nend\n')).toThrow('unexpected line: Welcome!');
  expect(() => parseCheckFacts('toString\tx\nend\n')).toThrow('unexpected line: toString');
});
