import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** The functions of the stage script that repairs call, by the real sh, with their paths led away. */
const stage = readFileSync(new URL('../../../templates/remote/stage.sh', import.meta.url), 'utf8');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ci-cluster-repair-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function functionOf(name: string): string {
  const found = new RegExp(`^${name}\\(\\) \\{[^]*?^\\}$`, 'm').exec(stage)?.[0];
  if (found === undefined) throw new Error(`stage.sh has no ${name}`);
  return found
    .replaceAll('/etc/', `${folder}/`)
    .replaceAll('sysctl.d/', '')
    .replaceAll('/proc/sys/net/ipv4/ip_local_reserved_ports', `${folder}/reserved`);
}

/** `changed` or `unchanged`, or the exit code. */
function perform(name: string, ...args: readonly string[]): string {
  const script = `
set -u
d=${folder}/private result=changed
mkdir -p "$d"
timeout() { shift; "$@"; }
sysctl() { echo "sysctl $*"; }
systemctl() { echo "systemctl $*" >>"$d/calls"; [ "$1" != is-active ] || [ -e "$d/active" ] || return 3; [ "$1" != start ] || [ -e "$d/broken" ] || : >"$d/active"; }
journalctl() { echo "why it does not run" >&2; }
${functionOf(name)}
"$@" >/dev/null && echo "$result"`;
  const words = ['-c', script, 'sh', name, ...args];
  const { stdout, status, stderr } = spawnSync('sh', words, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : `${String(status)} ${stderr.trim()}`;
}

function file(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

const hosts = `127.0.0.1\tlocalhost
127.0.1.1\ta1.example.com a1  # written by the installer
# 127.0.1.1 a1.example.com a1
10.0.0.9 other
`;

test('the line of the own names gets the address, every other line stays, and a copy is kept', () => {
  writeFileSync(join(folder, 'hosts'), hosts);
  const words = ['correct_hosts_line', '127.0.1.1', '10.0.0.101', 'a1.example.com', 'a1'] as const;
  expect(perform(...words)).toBe('changed');
  expect(file('hosts').split('\n')).toEqual([
    ...['127.0.0.1\tlocalhost', '10.0.0.101 a1.example.com a1', '# 127.0.1.1 a1.example.com a1'],
    ...['10.0.0.9 other', ''],
  ]);
  expect(file('hosts.before-ci-cluster')).toBe(hosts);
  expect(perform(...words)).toBe('unchanged');
});

test('a line that has changed meanwhile is left alone', () => {
  writeFileSync(join(folder, 'hosts'), '127.0.1.1 a1 and another\n');
  expect(perform('correct_hosts_line', '127.0.1.1', '10.0.0.101', 'a1')).toBe('unchanged');
  expect(file('hosts')).toBe('127.0.1.1 a1 and another\n');
});

test('reserved ports are added to those that are reserved already', () => {
  writeFileSync(join(folder, 'reserved'), '8080,9000-9010\n');
  expect(perform('reserve_ports', '50000', '50001')).toBe('changed');
  expect(file('60-ci-cluster-ports.conf')).toBe(
    '# Written by ci-cluster: ports of services.\nnet.ipv4.ip_local_reserved_ports = 8080,9000-9010,50000,50001\n',
  );
});

test('a unit is enabled and started; one that does not come up says why', () => {
  expect(perform('start_unit', 'chrony.service')).toBe('changed');
  expect(file('private/calls')).toContain('systemctl enable chrony.service');
  expect(perform('start_unit', 'chrony.service')).toBe('unchanged');
  rmSync(join(folder, 'private/active'));
  writeFileSync(join(folder, 'private/broken'), '');
  expect(perform('start_unit', 'chrony.service')).toBe('1 why it does not run');
});
