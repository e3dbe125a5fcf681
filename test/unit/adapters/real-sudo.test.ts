import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { asRoot, behindSudo } from '../../../src/adapters/elevated.ts';
import { quote } from '../../../src/adapters/quote.ts';
import type { Argv, Ran } from '../../../src/ports.ts';

const command: Argv = ['sh', '-c', 'echo "$1 as $(id -u)"', 'sh', 'ran'];
const isPossible = process.getuid?.() === 0 && existsSync('/usr/bin/sudo');

/**
 * The real sudo with rules of its own, and a host name that nobody resolves, both for one process
 * alone; a login in German asks for it.
 */
function throughSudo(rules: string): Ran {
  const login =
    'LANG=C.UTF-8 LANGUAGE=de exec setpriv --reuid=65534 --regid=65534 --clear-groups --';
  const script = [
    'mount -t tmpfs tmpfs /mnt && umask 0277 && cat >/mnt/sudoers',
    'mount --bind /mnt/sudoers /etc/sudoers && hostname nowhere.invalid',
    `${login} ${quote(asRoot(command))}`,
  ].join(' && ');
  const { status, stdout, stderr } = spawnSync('unshare', ['-m', '-u', 'sh', '-c', script], {
    ...{ input: rules, encoding: 'utf8', timeout: 10_000 },
  });
  return { exitCode: status ?? undefined, signal: undefined, stdout, stderr, truncated: false };
}

const refused = [
  ['nobody ALL=(ALL) ALL', 'a password is required'],
  ['root ALL=(ALL) ALL', 'a password is required'],
  ['Defaults !authenticate', 'nobody is not in the sudoers file.'],
  ['nobody ALL=(ALL) NOPASSWD: /bin/ls', 'a password is required'],
  ['nobody ALL=(ALL', 'a password is required'],
  ['Defaults requiretty\nnobody ALL=(ALL) NOPASSWD: ALL', 'sorry, you must have a tty to run sudo'],
] as const;

describe.skipIf(!isPossible)('sudo itself (needs root and sudo)', () => {
  test.each(refused)('with the rules %j sudo refuses: %s', (rules, reason) => {
    const ran = throughSudo(`${rules}\n`);
    expect(() => behindSudo(ran, command, { host: 'm2', user: 'nobody' })).toThrow(
      `sudo on m2 refuses nobody: ${reason}`,
    );
  });

  test.each([
    'nobody ALL=(ALL) NOPASSWD: ALL',
    'Defaults lecture=always\nnobody ALL=(ALL) NOPASSWD: ALL',
    'Defaults requiretty\nDefaults:nobody !requiretty\nnobody ALL=(ALL) NOPASSWD: ALL',
  ])('with the rules %j sudo runs the command, whatever it warns of', (rules) => {
    const ran = throughSudo(`${rules}\n`);
    expect(ran.stderr).toContain('unable to resolve host nowhere.invalid');
    expect(behindSudo(ran, command, { host: 'm2', user: 'nobody' })).toMatchObject({
      exitCode: 0,
      stdout: 'ran as 0\n',
    });
  });
});
