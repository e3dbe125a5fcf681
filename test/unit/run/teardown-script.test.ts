import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';

// Real processes, or a whole init each, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const library = new URL('../../../templates/remote/stage.sh', import.meta.url).pathname;
const folder = tempFolder();
let place: string;
let count = 0;

beforeEach(() => {
  count += 1;
  place = join(folder, String(count));
  mkdirSync(join(place, 'bin'), { recursive: true });
  program('systemctl', 'echo "systemctl $*" >>"$PLACE/calls"; [ -e "$PLACE/units" ]');
});

function program(name: string, text: string): void {
  const path = join(place, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

function file(path: string, text = ''): string {
  const whole = join(place, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

/** One function of the library as a stage calls it: how it ended, and what it says of itself. */
function call(...words: readonly string[]): {
  status: number | null;
  said: string;
  stderr: string;
} {
  const line = 'd=$PLACE/private; mkdir -p "$d"; . "$1"; shift; result=changed code=-; "$@"';
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', `${line}; status=$?; echo "$result $code"; exit $status`, 'sh', library, ...words],
    {
      env: { PATH: `${place}/bin:${process.env.PATH ?? ''}`, PLACE: place },
      encoding: 'utf8',
      timeout: 20_000,
    },
  );
  return { status, said: stdout.trim(), stderr };
}

const claim = '{\n  "name": "ci",\n  "id": "abc"\n}\n';

test('a folder is deleted where the claim is that of the cluster', () => {
  const path = file('etc/cluster.json', claim);
  file('data/zookeeper/data/myid', '1');
  const data = join(place, 'data/zookeeper');
  expect(call('remove_folder', data, path, 'abc')).toMatchObject({ status: 0, said: 'changed -' });
  expect(existsSync(data)).toBe(false);
  expect(call('remove_folder', data, path, 'abc')).toMatchObject({ said: 'unchanged -' });
});

test("another cluster's host, or one without a claim, keeps its folder", () => {
  file('data/zookeeper/data/myid', '1');
  const data = join(place, 'data/zookeeper');
  for (const path of [file('etc/cluster.json', claim), join(place, 'none.json')]) {
    const { status, said } = call('remove_folder', data, path, 'xyz');
    expect({ status, said }).toEqual({ status: 1, said: 'changed FOREIGN_HOST' });
  }
  expect(existsSync(join(data, 'data/myid'))).toBe(true);
});

test.each(['/', '/var', '/var/', 'data', '/srv//x', '/srv/../etc', '/srv/..'])(
  'the path %s is never deleted',
  (path) => {
    program('rm', 'echo "rm $*" >>"$PLACE/calls"');
    call('remove_folder', path, file('etc/cluster.json', claim), 'abc');
    // The script clears its own folder away at its end.
    expect(readFileSync(join(place, 'calls'), 'utf8')).toBe(`rm -rf ${place}/private\n`);
  },
);

test('a folder that is a mount of its own is emptied; one that keeps something is a failure', () => {
  const path = file('etc/cluster.json', claim);
  file('data/home/config.xml');
  // rm deletes what is in a mount and then fails at the mount itself.
  program('rm', 'for last; do :; done; find "$last" -mindepth 1 -delete; echo busy >&2; exit 1');
  expect(call('remove_folder', join(place, 'data/home'), path, 'abc').status).toBe(0);
  file('data/home/config.xml');
  program('rm', 'echo busy >&2; exit 1');
  expect(call('remove_folder', join(place, 'data/home'), path, 'abc').status).toBe(1);
});

test('the claim goes with its folder, unless somebody keeps something there', () => {
  const path = file('etc/ci-cluster/cluster.json', claim);
  expect(call('release_host', path, 'xyz')).toMatchObject({
    status: 1,
    said: 'changed FOREIGN_HOST',
  });
  expect(existsSync(path)).toBe(true);
  file('etc/ci-cluster/mine');
  expect(call('release_host', path, 'abc')).toMatchObject({ status: 0, said: 'changed -' });
  expect(readdirSync(join(place, 'etc/ci-cluster'))).toEqual(['mine']);
  expect(call('release_host', path, 'abc')).toMatchObject({ status: 0, said: 'unchanged -' });
  const other = file('etc/other/cluster.json', claim);
  call('release_host', other, 'abc');
  expect(existsSync(dirname(other))).toBe(false);
});

/** Docker with these containers; one ends by itself when another is stopped. */
function docker(...ids: readonly string[]): void {
  file('ids', ids.map((id) => `${id}\n`).join(''));
  program(
    'docker',
    [
      'echo "docker $*" >>"$PLACE/calls"',
      'case $1 in',
      '  ps) case $* in *mesos-*) cat "$PLACE/ids" ;; esac ;;',
      '  rm) if [ -e "$PLACE/stuck" ]; then exit 1; fi; : >"$PLACE/ids"; echo "No such container" >&2; exit 1 ;;',
      'esac',
    ].join('\n'),
  );
}

test('what Mesos left in Docker is stopped, then removed, running or not', () => {
  docker('t1', 't2');
  expect(call('remove_tasks')).toMatchObject({ status: 0, said: 'changed -' });
  const calls = readFileSync(join(place, 'calls'), 'utf8').split('\n');
  expect(calls.slice(0, 3)).toEqual([
    'docker ps --all --quiet --filter name=^/?mesos-',
    'docker stop --time 60 t1 t2',
    'docker rm --force t1 t2',
  ]);
  expect(call('remove_tasks')).toMatchObject({ status: 0, said: 'unchanged -' });
});

test('a task that stays is a failure', () => {
  docker('t1');
  file('stuck');
  expect(call('remove_tasks').status).toBe(1);
});

test('the rules go with their unit, also where one of the two is missing', () => {
  const script = file('isolation/builds.sh', 'echo "rules $*" >>"$PLACE/calls"\n');
  file('units');
  expect(call('release_builds', 'builds.service', script).status).toBe(0);
  expect(readFileSync(join(place, 'calls'), 'utf8').split('\n')).toEqual([
    'rules remove',
    'systemctl cat builds.service',
    'systemctl disable --now builds.service',
    '',
  ]);
  expect(call('release_builds', 'builds.service', join(place, 'none')).status).toBe(0);
  file('isolation/builds.sh', 'exit 1\n');
  expect(call('release_builds', 'builds.service', script).status).toBe(1);
});
