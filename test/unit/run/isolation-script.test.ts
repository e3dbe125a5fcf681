import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isolationFiles } from '../../../src/services/isolation.ts';
import { clusterFile, specOf } from '../../support/cluster-file.ts';
import { templates } from '../../support/fake-ports.ts';
import { contentOf } from '../../support/rendered.ts';
import { shellHost, type ShellHost } from '../../support/shell-host.ts';

/** Hundreds of processes; far more time than they take on a busy machine. */
const slow = { timeout: 60_000 };

let host: ShellHost;

beforeEach(async () => {
  host = await shellHost();
  await install();
  await symlink('/nowhere', join(host.folder, 'wanted'));
});

afterEach(async () => {
  await host[Symbol.asyncDispose]();
});

/** The rendered script, with its places led into the folder of the test. */
async function install(agents = 2, bridge = 'docker0'): Promise<void> {
  const spec = await specOf(clusterFile({ agents }));
  const a1 = spec.hosts.find(({ name }) => name === 'a1')!;
  const text = contentOf({ files: isolationFiles({ spec, host: a1, templates, bridge }) }, '.sh')
    .replace('record=/run/ci-cluster-builds', `record=${host.folder}/run/builds`)
    .replace(/^wanted_by=.*$/m, `wanted_by=${host.folder}/wanted`)
    .replace(/^PATH=.*$/m, ':');
  await writeFile(join(host.folder, 'builds.sh'), text);
}

async function script(word: string): Promise<string> {
  const { stdout, stderr, exitCode } = await host.run(
    ['sh', join(host.folder, 'builds.sh'), word],
    [],
  );
  return `${exitCode ?? 'killed'} ${stdout}${stderr}`.trim();
}

async function iptables(...words: string[]): Promise<string> {
  return (await host.run(['iptables', ...words], [])).stdout;
}

/** What Docker does at its start (20.10): its chain, with a RETURN, at the head of FORWARD. */
async function startDocker(): Promise<void> {
  if (!(await iptables('-S')).includes('-N DOCKER-USER')) await iptables('-N', 'DOCKER-USER');
  await iptables('-A', 'DOCKER-USER', '-j', 'RETURN');
  await iptables('-I', 'FORWARD', '1', '-j', 'DOCKER-USER');
}

/** The rules that builds pass on both ways, before any other; undefined if one way is open. */
async function inForce(bridge = 'docker0'): Promise<string | undefined> {
  const chains = await Promise.all(
    ['INPUT', 'DOCKER-USER'].map(async (entry) => {
      const [first = ''] = (await rulesOf(entry)).split('\n');
      const jump = new RegExp(`^-i ${bridge} -j (CI-CLUSTER-BUILDS-.)$`).exec(first);
      return await rulesOf(jump?.[1] ?? 'none');
    }),
  );
  const isWhole = chains.every((rules) => /-j DROP\n[^]*-j RETURN\n$/.test(rules));
  return isWhole ? chains.join('\n') : undefined;
}

async function rulesOf(chain: string): Promise<string> {
  return (await host.read(`stub/filter/${chain}`)) ?? '';
}

async function ownChains(): Promise<readonly string[]> {
  const chains = await readdir(join(host.folder, 'stub', 'filter'));
  return chains.filter((name) => name.startsWith('CI-'));
}

test('rules are applied at the head of both ways, beside those of others', async () => {
  await startDocker();
  await iptables('-A', 'INPUT', '-p', 'tcp', '--dport', '22', '-j', 'ACCEPT');
  await iptables('-A', 'DOCKER-USER', '-s', '192.0.2.1', '-j', 'DROP');
  expect(await script('apply')).toBe('0');
  expect(await inForce()).toContain(
    '-m addrtype --dst-type LOCAL -p tcp -m multiport --dports 22,',
  );
  expect(await script('check')).toBe('0 in force');
  const after = await iptables('-S');
  expect(after).toContain('-A INPUT -p tcp --dport 22 -j ACCEPT');
  expect(after).toContain('-A DOCKER-USER -s 192.0.2.1 -j DROP');
});

test('nothing is ever flushed or restored but chains of our own', async () => {
  await startDocker();
  for (let run = 0; run < 3; run += 1) await script('apply');
  await script('remove');
  const calls = (await host.calls()).filter((line) => /\|-[FXP]\||restore/.test(line));
  expect(calls.filter((line) => !line.includes('|CI-CLUSTER-BUILDS-'))).toEqual([]);
});

test('before Docker has ever run, the rules wait for it', async () => {
  expect(await script('apply')).toBe('0');
  expect(await script('check')).toContain('1 Docker does not use this iptables');
  await startDocker();
  expect(await script('check')).toBe('0 in force');
});

test('applied again, the rules are the same and nothing is left of the first time', async () => {
  await startDocker();
  await script('apply');
  const first = await inForce();
  expect(await script('apply')).toBe('0');
  expect(await inForce()).toBe(first);
  expect(await ownChains()).toHaveLength(1);
});

test('a changed cluster shows until its rules are applied', async () => {
  await startDocker();
  await script('apply');
  await install(3);
  expect(await script('check')).toBe('1 they are not those of the cluster file');
  await script('apply');
  expect(await script('check')).toBe('0 in force');
  expect(await inForce()).toContain('10.0.0.102,10.0.0.103');
});

test('with another bridge nothing leads there from the old one', async () => {
  await startDocker();
  await script('apply');
  await install(2, 'br0');
  await script('apply');
  expect(await script('check')).toBe('0 in force');
  expect(await inForce('br0')).toBeDefined();
  expect(await iptables('-S')).not.toContain('docker0');
});

test(
  'wherever applying is cut off, there is no moment without rules, and the next time mends it',
  slow,
  async () => {
    await startDocker();
    await script('apply');
    for (let at = 1, isCut = true; isCut; at += 1) {
      const before = await inForce();
      await install(2 + (at % 2));
      await host.set('iptables-fails-at', String(at));
      isCut = (await script('apply')) !== '0';
      await host.set('iptables-fails-at', '1000');
      expect(await inForce(), `call ${at}`).toBeDefined();
      if (!isCut) expect(at).toBeGreaterThan(10);
      expect(await script('apply')).toBe('0');
      expect(await inForce()).not.toBe(before);
      expect(await ownChains()).toHaveLength(1);
    }
  },
);

test.each([
  ['a rule is gone', ['-D', 'CI-CLUSTER-BUILDS-A', '-j', 'RETURN'], 'they are not those of'],
  ['one way is open', ['-D', 'INPUT', '-i', 'docker0', '-j', 'CI-CLUSTER-BUILDS-A'], 'INPUT does'],
  ['a rule before lets all in', ['-I', 'INPUT', '1', '-j', 'ACCEPT'], 'INPUT does not lead'],
  ['a rule before returns', ['-I', 'DOCKER-USER', '1', '-j', 'RETURN'], 'DOCKER-USER does not'],
  ['Docker left', ['-D', 'FORWARD', '-j', 'DOCKER-USER'], 'Docker does not use this iptables'],
])('it is told when %s', async (_what, change, reason) => {
  await startDocker();
  await script('apply');
  expect(await script('check')).toBe('0 in force');
  await iptables(...change);
  expect(await script('check')).toContain(`1 ${reason}`);
  expect(await script('apply')).toBe('0');
});

test('what others put ahead without letting builds through is no fault', async () => {
  await startDocker();
  await script('apply');
  await iptables('-N', 'F2B');
  await iptables('-A', 'F2B', '-s', '192.0.2.7', '-j', 'REJECT');
  await iptables('-I', 'INPUT', '1', '-p', 'tcp', '-j', 'F2B');
  await iptables('-I', 'INPUT', '1', '-i', 'eth0', '-j', 'ACCEPT');
  expect(await script('check')).toBe('0 in force');
  await iptables('-A', 'F2B', '-j', 'ACCEPT');
  expect(await script('check')).toContain('1 INPUT does not lead');
});

test('rules that would not outlive a reboot are told, and those that did not', async () => {
  await startDocker();
  await script('apply');
  await host.run(['rm', join(host.folder, 'wanted')], []);
  expect(await script('check')).toMatch(/^1 they would be missing after the next reboot/);
  await symlink('/nowhere', join(host.folder, 'wanted'));
  await host.run(['rm', join(host.folder, 'run', 'builds')], []);
  expect(await script('check')).toBe('1 they were not applied since the last reboot');
});

test('taken away, nothing of ours is left', async () => {
  await startDocker();
  const before = await iptables('-S');
  await script('apply');
  expect(await script('remove')).toBe('0');
  expect(await iptables('-S')).toBe(before);
  expect(await script('')).toMatch(/^2 usage: /);
});
