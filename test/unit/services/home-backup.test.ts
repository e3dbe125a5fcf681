import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { backedUpOn, backupFiles } from '../../../src/services/home-backup.ts';
import { clusterFile, controller, specOf } from '../../support/cluster-file.ts';
import { templates } from '../../support/fake-ports.ts';
import { tempFolder } from '../../support/temp-folder.ts';

async function rendered(root: string) {
  const home = {
    ...{ kind: 'pinned', host: 'a1', path: '/srv/home' },
    backup: { folder: '/srv/archives', every: '90m', keep: 2 },
  };
  const spec = await specOf(clusterFile({ jenkins: { main: controller({ home }) } }));
  const files = backupFiles(spec, spec.jenkins[0]!, templates);
  const text = (end: string) => files.find(({ path }) => path.endsWith(end))?.content as string;
  return {
    spec,
    unit: text('.service'),
    timer: text('.timer'),
    script: text('.sh').replaceAll('/srv/', `${root}/`),
  };
}

describe('archives of a pinned home', () => {
  const base = tempFolder();
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(base, 'root-'));
    const content = {
      'jobs/a/config.xml': 'job',
      'jobs/a/builds/1/log': 'log',
      'secrets/master.key': 'key',
      'plugins/git.jpi': 'plugin',
      'plugins/git/WEB-INF/web.xml': 'unpacked',
      'workspace/a/file': 'work',
      'war/index.html': 'war',
      'caches/x': 'cache',
      '.ci-cluster.lock': '',
    };
    for (const [path, text] of Object.entries(content)) {
      mkdirSync(dirname(join(root, 'home', path)), { recursive: true });
      writeFileSync(join(root, 'home', path), text);
    }
  });

  const archives = () => readdirSync(join(root, 'archives')).filter((name) => name.endsWith('.gz'));

  test('hold jobs, history, secrets and plugins, and not what Jenkins makes again', async () => {
    const { script } = await rendered(root);
    const ran = spawnSync('sh', [], { input: script, encoding: 'utf8' });
    expect(ran, ran.stderr).toMatchObject({ status: 0 });
    const [archive = ''] = archives();
    expect(archive).toMatch(/^main-\d{8}T\d{6}Z\.tar\.gz$/);
    const path = join(root, 'archives', archive);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const list = execFileSync('tar', ['-tzf', path], { encoding: 'utf8' }).split('\n');
    expect(list.filter((name) => /[^/]$/.test(name)).sort()).toEqual([
      './jobs/a/builds/1/log',
      './jobs/a/config.xml',
      './plugins/git.jpi',
      './secrets/master.key',
    ]);
  });

  test('are kept in the number that was asked for, the newest ones', async () => {
    const { script } = await rendered(root);
    mkdirSync(join(root, 'archives'));
    for (const old of ['main-20250101T000000Z.tar.gz', 'main-20250102T000000Z.tar.gz', '.new-7']) {
      writeFileSync(join(root, 'archives', old), 'old');
    }
    expect(spawnSync('sh', [], { input: script }).status).toBe(0);
    expect(archives()).toHaveLength(2);
    expect(archives()).toContain('main-20250102T000000Z.tar.gz');
    expect(readdirSync(join(root, 'archives'))).not.toContain('.new-7');
  });

  test('leave no half of one behind when tar fails', async () => {
    const { script } = await rendered(root);
    const broken = script.replace('tar --create', 'false --create');
    expect(spawnSync('sh', [], { input: broken.replace('-le 1', '-le 0') }).status).toBe(1);
    expect(readdirSync(join(root, 'archives'))).toEqual(['.lock']);
  });

  test('are made by a timer whose hours are whole', async () => {
    const { timer, unit } = await rendered(root);
    expect(timer).toContain('OnUnitActiveSec=2h\n');
    expect(unit).toContain('ExecStart=/bin/sh /etc/ci-cluster/jenkins/main/backup.sh\n');
  });
});

test('a shared home has no archives of ci-cluster: many hosts have it', async () => {
  const home = { kind: 'shared', path: '/srv/homes/main' };
  const spec = await specOf(clusterFile({ jenkins: { main: controller({ home }) } }));
  expect(spec.hosts.flatMap((host) => backedUpOn(spec, host))).toEqual([]);
  expect(backupFiles(spec, spec.jenkins[0]!, templates)).toEqual([]);
});
