import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAbilities } from '../../../../src/drill/scene/abilities.ts';

const template = new URL('../../../../templates/remote/drill-abilities.sh', import.meta.url);
const script = readFileSync(template, 'utf8');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ci-cluster-abilities-'));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'drills'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function stub(name: string, body: string): void {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

/** Anything that changes packets has to be within the namespace that `unshare -n` makes. */
function stubs(): void {
  stub('unshare', `[ "$1" = -n ] || exit 9; shift; APART=yes exec "$@"`);
  const apart = `[ "\${APART:-}" = yes ] || { echo "$0 $*" >>'${folder}/touched'; exit 1; }`;
  stub(
    'iptables',
    `[ "$1" != --version ] || { echo 'iptables v1.8.9 (nf_tables)'; exit; }\n${apart}`,
  );
  stub('ip6tables', `${apart}\necho "can't initialize ip6tables" >&2; exit 3`);
  stub('tc', `${apart}\nprintf '\\nError: Specified qdisc kind is unknown.\\n' >&2; exit 2`);
  stub('systemd-detect-virt', 'echo docker');
  stub(
    'docker',
    `case "$*" in
      ps*) echo abc def ;;
      inspect*) printf '/ci-zookeeper|unless-stopped|\\n/ci-mesos-agent|always|host\\n' ;;
    esac`,
  );
}

function run(): string {
  const path = `PATH=${folder}/bin:$PATH`;
  const text = script.replace('PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin', path);
  const ran = spawnSync('sh', ['-s', '--', join(folder, 'drills')], {
    ...{ input: text, encoding: 'utf8', timeout: 60_000 },
  });
  expect(ran.stderr).toBe('');
  return ran.stdout;
}

test('a real sh tells what could be done there, and tries it apart', { timeout: 60_000 }, () => {
  stubs();
  mkdirSync(join(folder, 'drills', 'r1-1'));
  mkdirSync(join(folder, 'drills', 'r0-1'));
  writeFileSync(join(folder, 'drills', 'r0-1', 'healed'), '');
  const abilities = parseAbilities(`Welcome to m1${run()}bye\n`);
  expect(abilities).toMatchObject({
    iptables: { can: true, why: '' },
    ip6tables: { can: false, why: "can't initialize ip6tables" },
    statistic: { can: true, why: '' },
    netem: { can: false, why: 'Error: Specified qdisc kind is unknown.' },
    filter: 'iptables v1.8.9 (nf_tables)',
    container: 'docker',
    drills: ['r1-1'],
    containers: [
      { name: 'ci-zookeeper', restart: 'unless-stopped', hostPids: false },
      { name: 'ci-mesos-agent', restart: 'always', hostPids: true },
    ],
  });
  expect(abilities.timers).toContain('setsid');
  expect(abilities.clock.wall).toBeGreaterThan(1_700_000_000);
  expect(abilities.clock.monotonic).toBeGreaterThan(0);
  expect(() => readFileSync(join(folder, 'touched'), 'utf8')).toThrow();
});

test('a missing row is noticed', () => {
  const rows = ['abilities\t1', 'clock\t1\t2', 'freezer\tyes\t', 'end\t3', ''];
  expect(parseAbilities(rows.join('\n'))).toMatchObject({
    freezer: { can: true },
    iptables: { can: undefined, why: 'the host did not tell' },
  });
  expect(() => parseAbilities(rows.filter((row) => !row.startsWith('f')).join('\n'))).toThrow(
    'the host sent 3 rows, 2 arrived',
  );
  expect(() => parseAbilities(rows.slice(0, 2).join('\n'))).toThrow('the answer is cut off');
});
