import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = new URL('../../../templates/check/', import.meta.url);
const listen = readFileSync(new URL('listen.pl', folder), 'utf8');
const connect = readFileSync(new URL('connect.pl', folder), 'utf8');

const hasPerl = spawnSync('perl', ['-e', 'use Socket; use Errno; use Fcntl;']).status === 0;
/** A network of its own with a firewall of its own: needs root, or user namespaces, and iptables. */
const hasOwnNetwork =
  hasPerl &&
  spawnSync('unshare', ['--net', 'sh', '-c', 'ip link set lo up && iptables -S INPUT']).status ===
    0;

/** All in one private network: firewall rules, our listener, then the attempts. */
const story = `
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
while read -r port rule; do
  # shellcheck disable=SC2086
  iptables -A INPUT -p tcp --dport "$port" $rule
done <<RULES
7002 -j DROP
7003 -j REJECT --reject-with tcp-reset
7004 -j REJECT
7005 -j REJECT --reject-with icmp-admin-prohibited
7006 -j REJECT --reject-with icmp-net-unreachable
RULES
mkfifo "$1/input" "$1/said"
perl -e "$2" 60 127.0.0.1:7001 127.0.0.1:7002 127.0.0.1:7003 127.0.0.1:7004 127.0.0.1:7005 127.0.0.1:7006 \
  127.0.0.1:7001 192.0.2.1:7001 <"$1/input" >"$1/said" &
exec 5>"$1/input" 4<"$1/said"
while read -r line <&4; do echo "$line"; [ "$line" != ready ] || break; done
printf '127.0.0.1 %s\\n' 7001 7001 7002 7003 7004 7005 7006 7007 | perl -e "$3" 1
exec 5>&-
wait
echo "left $(ss -tanH | grep -c :700)"
`;

test.runIf(hasOwnNetwork)(
  'real connections: open, DROP, REJECT and nothing there each end in their own way',
  { timeout: 60_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'ci-cluster-ports-'));
    const words = ['--net', 'sh', '-c', story, 'sh', folder, listen, connect];
    const { stdout, stderr } = spawnSync('unshare', words, { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    const lines = stdout.trim().split('\n');
    const said = lines.slice(0, lines.indexOf('ready') + 1);
    expect(said).toEqual([
      ...[7001, 7002, 7003, 7004, 7005, 7006].map((port) => `listening 127.0.0.1:${port}`),
      'busy 127.0.0.1:7001',
      'failed 192.0.2.1:7001 Cannot assign requested address',
      'ready',
    ]);
    expect(lines.slice(said.length).sort()).toEqual([
      '127.0.0.1 7001 open',
      '127.0.0.1 7001 open',
      '127.0.0.1 7002 silent',
      '127.0.0.1 7003 refused',
      '127.0.0.1 7004 refused',
      '127.0.0.1 7005 unreachable EHOSTUNREACH',
      '127.0.0.1 7006 unreachable ENETUNREACH',
      '127.0.0.1 7007 refused',
      'end',
      // Nothing keeps a service from taking the ports right after.
      'left 0',
    ]);
    expect(stderr).toBe('');
  },
);

test.runIf(hasPerl)('the listener ends with its input, and by itself after its time', async () => {
  for (const [seconds, endsInput] of [
    ['60', true],
    ['1', false],
  ] as const) {
    const process = spawn('perl', ['-e', listen, seconds, '127.0.0.1:0']);
    const ended = new Promise((resolve) => process.once('exit', resolve));
    await new Promise((resolve) => process.stdout.once('data', resolve));
    if (endsInput) process.stdin.end();
    expect(await ended).toBe(0);
  }
});

test.runIf(hasPerl)('more attempts than a process may have files open', { timeout: 30_000 }, () => {
  const input = Array.from({ length: 1500 }, (_, index) => `127.0.0.1 ${20_000 + index}\n`);
  const { stdout } = spawnSync('perl', ['-e', connect, '1'], { input: input.join('') });
  const lines = String(stdout).trim().split('\n');
  expect([lines.length, lines.at(-1)]).toEqual([1501, 'end']);
  expect(lines.slice(0, -1).every((line) => /^127\.0\.0\.1 \d+ (refused|open)$/.test(line))).toBe(
    true,
  );
});
