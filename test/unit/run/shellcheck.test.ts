import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../..', import.meta.url);
const scripts = [
  'templates/remote/details.sh',
  'templates/remote/drill-abilities.sh',
  ...['templates/remote/lock.sh', 'templates/remote/lock-status.sh'],
  ...['templates/remote/facts.sh', 'templates/remote/stage.sh', 'templates/jenkins/start.sh'],
  ...['facts', 'home-lock', 'image'].map((name) => `templates/check/${name}.sh`),
  // A template, as it comes out.
  'test/fixtures/rendered/builds.sh.txt',
  'templates/remote/drill/residue.sh',
  'test/fixtures/drill-host/boot.sh',
  ...['date', 'docker', 'systemctl', 'systemd-run'].map(
    (name) => `test/fixtures/drill-host/bin/${name}`,
  ),
  ...[
    'templates/remote/logs.sh',
    'test/fixtures/log-stubs/docker',
    'test/fixtures/log-stubs/sleep',
  ],
  ...['apt-get', 'dnf', 'docker', 'ip', 'iptables', 'journalctl', 'sleep', 'ss', 'systemctl'].map(
    (name) => `test/fixtures/stubs/${name}`,
  ),
];

const isInstalled = spawnSync('shellcheck', ['--version']).status === 0;

test.runIf(isInstalled)('shellcheck finds nothing in the scripts for POSIX shells', () => {
  const { stdout } = spawnSync('shellcheck', ['--shell', 'sh', ...scripts], { cwd: root });
  expect(String(stdout)).toBe('');
});

test.runIf(isInstalled).each(['arm', 'heal', 'inject', 'confirm', 'heal-host'])(
  'shellcheck finds nothing in drill/%s.sh with what is sent before it',
  (name) => {
    const parts = ['lib', name].map((part) => `templates/remote/drill/${part}.sh`);
    const input = parts.map((part) => readFileSync(new URL(part, root), 'utf8')).join('');
    const { stdout } = spawnSync('shellcheck', ['--shell', 'sh', '-'], { cwd: root, input });
    expect(String(stdout)).toBe('');
  },
);
