import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clusterFile, controller } from '../../support/cluster-file.ts';
import { fakeWorld, type FakeWorld } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const buildAgents = { linux: { image: 'registry.example.com/build-agent:1' } };
const text = clusterFile({
  masters: 1,
  agents: 2,
  jenkins: { main: controller({ buildAgents }), tools: controller() },
});

/** The words offered for the last one; names a blank at the end for a word that is still empty. */
async function offered(line: string, world: FakeWorld = fakeWorld(text)): Promise<string[]> {
  const { exitCode, stdout, stderr, log } = await runCli(
    ['__complete', '--', ...line.split(' ')],
    world,
  );
  expect({ exitCode, stderr, log }).toEqual({ exitCode: 0, stderr: '', log: [] });
  return stdout.split('\n').map((one) => one.split('\t')[0] ?? '');
}

test('commands, and those below a command; never the hidden one', async () => {
  const commands = await offered('');
  expect(commands).toEqual(
    expect.arrayContaining(['init', 'status', 'logs', 'exec', 'completion']),
  );
  expect(commands).not.toContain('__complete');
  expect(await offered('sta')).toEqual(['status']);
  expect(await offered('jenkins prune')).toEqual(['prune-frameworks']);
  expect(await offered('-c other.yml config sch')).toEqual(['schema']);
});

test('options of the command and of all commands', async () => {
  expect(await offered('logs --f')).toEqual(['--follow', '--format']);
  expect(await offered('logs --js')).toEqual(['--json']);
  expect(await offered('completion --foll')).toEqual(['']);
});

test('names of hosts, without those that are there already', async () => {
  expect(await offered('exec ')).toEqual(['m1', 'a1', 'a2']);
  expect(await offered('exec a1 --root ')).toEqual(['m1', 'a2']);
  expect(await offered('images contract --host a')).toEqual(['a1', 'a2']);
});

test('names of controllers, labels, roles and of the cluster', async () => {
  expect(await offered('build --controller ')).toEqual(['main', 'tools']);
  expect(await offered('build --controller=')).toEqual(['--controller=main', '--controller=tools']);
  expect(await offered('build --controller =')).toEqual(['main', 'tools']);
  expect(await offered('build --controller = t')).toEqual(['tools']);
  expect(await offered('build --label ')).toEqual(['linux']);
  expect(await offered('jenkins failover ')).toEqual(['main', 'tools']);
  expect(await offered('exec --role mesos-')).toEqual(['mesos-master', 'mesos-agent']);
  expect(await offered('jenkins prune-frameworks --confirm ')).toEqual(['ci']);
});

test('services, hosts, and services on a host', async () => {
  expect(await offered('logs ma')).toEqual(['marathon']);
  expect(await offered('logs jenkins/')).toEqual(['jenkins/main', 'jenkins/tools']);
  expect(await offered('logs -f a2/')).toEqual([
    'a2/mesos-agent',
    'a2/gateway',
    'a2/jenkins/main',
    'a2/jenkins/tools',
  ]);
  expect(await offered('logs m1 m1/z')).toEqual(['m1/zookeeper']);
});

test('values that are a choice, and files', async () => {
  expect(await offered('completion ')).toEqual(['bash', 'zsh', 'fish']);
  expect(await offered('logs --format ')).toEqual(['text', 'ndjson']);
  expect(await offered('-c ')).toEqual([':files']);
  expect(await offered('status --events ./ev')).toEqual([':files']);
});

test('the cluster file is the one that the command line names', async () => {
  const world = fakeWorld(text);
  world.files.set('/home/ops/x.yml', 'hosts:\n  far1: { address: 10.1.0.1 }\n');
  for (const option of ['-c ~/x.yml', '--config=~/x.yml', '--config = ~/x.yml', '-c~/x.yml']) {
    expect(await offered(`${option} exec `, world)).toEqual(['far1']);
  }
});

test('a file that is half written still has names; one that is not there has none, and nothing is said', async () => {
  const world = fakeWorld(text);
  world.files.set('cluster.yml', 'hosts:\n  m1: { address: 10.0.0.1 }\n  m2:\njenkins: [\n');
  expect(await offered('exec m', world)).toEqual(['m1', 'm2']);
  expect(await offered('-c gone.yml exec ', world)).toEqual(['']);
  expect(await offered('-c gone.yml logs zoo', world)).toEqual(['zookeeper']);
});

test('what a command on the hosts is, nobody knows; behind lab exec there is a command line again', async () => {
  expect(await offered('exec m1 -- ')).toEqual(['']);
  expect(await offered('lab exec -- sta')).toEqual(['status']);
});

test('words that make no sense have nothing to choose from', async () => {
  for (const line of ['nonsense ', 'status extra ', '--nothing x ', '-- ', 'logs --since ']) {
    expect(await offered(line)).not.toContain('undefined');
  }
});

const folder = tempFolder();

/** Scripts of the shells with a ci-cluster that offers what the file `offers` says. */
async function shellWorld(shell: string): Promise<{ script: string; bin: string; calls: string }> {
  const bin = join(folder, shell);
  mkdirSync(join(bin, 'files'), { recursive: true });
  const { stdout } = await runCli(`completion ${shell}`, fakeWorld(text));
  const calls = join(bin, 'calls');
  writeFileSync(join(bin, 'script'), `${stdout}\n`);
  writeFileSync(join(bin, 'files', 'one file.yml'), '');
  const program = `#!/bin/sh\nprintf '%s|' "$@" >'${calls}'\ncat '${bin}/offers'\n`;
  writeFileSync(join(bin, 'ci-cluster'), program);
  chmodSync(join(bin, 'ci-cluster'), 0o755);
  return { script: join(bin, 'script'), bin, calls };
}

function has(shell: string): boolean {
  return spawnSync(shell, ['--version']).status === 0;
}

function bash(bin: string, words: readonly string[]): string[] {
  const line = [
    `source ${bin}/script; cd ${bin}/files`,
    `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ci_cluster`,
    `printf '%s\\n' "\${COMPREPLY[@]}"; complete -p ci-cluster`,
  ].join('\n');
  const env = { PATH: `${bin}:${process.env.PATH ?? ''}`, HOME: bin };
  const args = ['--norc', '-c', line, 'bash', ...words];
  return execFileSync('bash', args, { env, encoding: 'utf8' }).trimEnd().split('\n');
}

test.runIf(has('bash'))('bash offers the words without what they are, and files', async () => {
  const { bin, calls } = await shellWorld('bash');
  writeFileSync(join(bin, 'offers'), 'm1\tzookeeper, marathon\nm2\ta host\n');
  expect(bash(bin, ['ci-cluster', 'exec', ''])).toEqual([
    'm1',
    'm2',
    'complete -F _ci_cluster ci-cluster',
  ]);
  expect(readFileSync(calls, 'utf8')).toBe('__complete|--|exec||');
  writeFileSync(join(bin, 'offers'), ':files\n');
  expect(bash(bin, ['~/ci-cluster', '-c', 'one'])[0]).toBe('one file.yml');
  expect(bash(bin, ['ci-cluster', '--config', '='])[0]).toBe('one file.yml');
});

test.runIf(has('fish'))('fish offers the words with what they are, and files', async () => {
  const { bin, script, calls } = await shellWorld('fish');
  const env = { PATH: `${bin}:${process.env.PATH ?? ''}`, HOME: bin, LC_ALL: 'C.UTF-8' };
  const fish = (line: string): string => {
    const commands = `cd ${bin}/files; source ${script}; complete -C '${line}'`;
    return execFileSync('fish', ['--no-config', '-c', commands], {
      env,
      encoding: 'utf8',
    }).trimEnd();
  };
  writeFileSync(join(bin, 'offers'), 'm1\tzookeeper, marathon\nm2\ta host\n');
  expect(fish('ci-cluster exec m')).toBe('m1\tzookeeper, marathon\nm2\ta host');
  expect(readFileSync(calls, 'utf8')).toBe('__complete|--|exec|m|');
  fish('ci-cluster ');
  expect(readFileSync(calls, 'utf8')).toBe('__complete|--||');
  writeFileSync(join(bin, 'offers'), ':files\n');
  expect(fish('ci-cluster -c on')).toContain('one file.yml');
});

test.runIf(has('zsh'))('zsh takes the script', async () => {
  const { script } = await shellWorld('zsh');
  const commands = `autoload -U compinit; compinit -D -u; source ${script}; print $_comps[ci-cluster]`;
  expect(execFileSync('zsh', ['-f', '-c', commands], { encoding: 'utf8' })).toBe('_ci_cluster\n');
});
