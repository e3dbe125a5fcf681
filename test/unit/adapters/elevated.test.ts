import { expect, test } from 'vitest';
import { behindSudo } from '../../../src/adapters/elevated.ts';
import type { Ran } from '../../../src/ports.ts';

const place = { host: 'm2', user: 'ops' };
const ended = (exitCode: number, stderr: string): Ran => ({
  exitCode,
  signal: undefined,
  stdout: '',
  stderr,
  truncated: false,
});

// Copied from sudo 1.9.13p3 of Debian 12 with LC_ALL=C, the last three from its source.
const refusals = [
  'sudo: a password is required\n',
  'sudo: sorry, you must have a tty to run sudo\n',
  '/etc/sudoers:1:9: syntax error\nthis is not valid (\n        ^~~\nsudo: a password is required\n',
  'sudo: unable to resolve host m2: Name or service not known\nsudo: a password is required\n',
  'ops is not in the sudoers file.\nThis incident has been reported to the administrator.\n',
  "Sorry, user ops is not allowed to execute '/usr/bin/id' as root on m2.\n",
  'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.\n',
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

test('a program that sudo does not find is missing, as it is without sudo', () => {
  const ran = behindSudo(ended(1, 'sudo: jq: command not found\n'), ['jq', '.'], place);
  expect(ran.exitCode).toBe(127);
});

test.each([
  ended(1, 'grep: no match\n'),
  ended(0, 'sudo: unable to resolve host m2: Name or service not known\n'),
  ended(2, 'sudo: a password is required\n'),
])('the outcome of the command itself is left alone: %j', (ran) => {
  expect(behindSudo(ran, ['grep', 'x'], place)).toEqual(ran);
});
