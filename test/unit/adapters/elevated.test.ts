import { expect, test } from 'vitest';
import { behindSudo } from '../../../src/adapters/elevated.ts';
import { ClusterError } from '../../../src/errors.ts';
import type { Ran } from '../../../src/ports.ts';

const place = { host: 'm2', user: 'ops' };
const ended = (exitCode: number, stderr: string): Ran => ({
  exitCode,
  signal: undefined,
  stdout: '',
  stderr,
  truncated: false,
});

// Copied from sudo 1.9.13p3 of Debian 12 with LC_ALL=C, three from its source, two of sudo-rs.
const refusals = [
  'sudo: a password is required\n',
  'sudo: sorry, you must have a tty to run sudo\n',
  '/etc/sudoers:1:9: syntax error\nthis is not valid (\n        ^~~\nsudo: a password is required\n',
  'sudo: unable to resolve host m2: Name or service not known\nsudo: a password is required\n',
  'ops is not in the sudoers file.\nThis incident has been reported to the administrator.\n',
  "Sorry, user ops is not allowed to execute '/usr/bin/id' as root on m2.\n",
  'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.\n',
  'sudo: interactive authentication is required\n',
  "sudo: I'm sorry ops. I'm afraid I can't do that\n",
  'bash: warning: setlocale: LC_ALL: cannot change locale (de_DE)\nsudo: a password is required\n',
];

test.each(refusals)('sudo refuses: %j', (stderr) => {
  expect(() => behindSudo(ended(1, stderr), ['id'], place)).toThrow(
    expect.objectContaining({
      code: 'SUDO_REFUSED',
      host: 'm2',
      message: expect.stringMatching(/^sudo on m2 refuses ops: \S/) as string,
    }),
  );
});

test('the message names the reason, not the warnings around it', () => {
  const stderr =
    'sudo: unable to resolve host m2: Temporary failure\nsudo: a password is required\n';
  expect(() => behindSudo(ended(1, stderr), ['id'], place)).toThrow(
    'sudo on m2 refuses ops: a password is required',
  );
});

test('sudo that is not installed is a refusal with its own reason', () => {
  const stderr = "env: 'sudo': No such file or directory\n";
  expect(() => behindSudo(ended(127, stderr), ['id'], place)).toThrow('sudo is not installed');
});

function refusal(ran: Ran): ClusterError {
  try {
    behindSudo(ran, ['id'], place);
  } catch (error) {
    if (error instanceof ClusterError) return error;
  }
  throw new Error('not refused');
}

test('the remedy is the exact line to add, where it is not overruled', () => {
  const { remedy } = refusal(ended(1, 'sudo: a password is required\n'));
  expect(remedy).toContain(
    "As root on m2: printf '%s\\n' 'ops ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/zz-ci-cluster && ",
  );
});

test('where a terminal is demanded, the remedy takes the demand back, too', () => {
  const { remedy } = refusal(ended(1, 'sudo: sorry, you must have a tty to run sudo\n'));
  expect(remedy).toContain("'Defaults:ops !requiretty' 'ops ALL=(ALL) NOPASSWD: ALL' > /etc/");
});

test('where sudo is missing, the remedy begins with its package', () => {
  const { remedy } = refusal(ended(127, "env: can't execute 'sudo': No such file or directory\n"));
  expect(remedy).toContain('As root on m2: apt-get install sudo (dnf on RHEL); printf');
});

test('a program that sudo does not find is missing, as it is without sudo', () => {
  const warning = 'sudo: unable to resolve host m2: Name or service not known\n';
  for (const noise of ['', warning]) {
    const stderr = `${noise}sudo: jq: command not found\n`;
    expect(behindSudo(ended(1, stderr), ['jq', '.'], place).exitCode).toBe(127);
  }
});

test.each([
  ended(1, 'grep: no match\n'),
  ended(0, 'sudo: unable to resolve host m2: Name or service not known\n'),
  ended(2, 'sudo: a password is required\n'),
])('the outcome of the command itself is left alone: %j', (ran) => {
  expect(behindSudo(ran, ['grep', 'x'], place)).toEqual(ran);
});
