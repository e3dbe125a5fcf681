import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { loadCluster, type LoadWorld } from '../../../src/config/load-cluster.ts';
import { ClusterError } from '../../../src/errors.ts';
import { clusterFile, controller } from '../../support/cluster-file.ts';

const value = 'correct horse battery';

function load(password: Record<string, unknown>, world: Partial<LoadWorld> = {}) {
  const text = clusterFile({ jenkins: { main: controller({ admin: { password } }) } });
  return loadCluster('site/cluster.yml', fakeWorld(text, world));
}

function fakeWorld(text: string, world: Partial<LoadWorld> = {}): LoadWorld {
  return {
    home: '/home/ops',
    readFile: (path) => Promise.resolve(path === 'site/cluster.yml' ? text : `${value}\n`),
    fileMode: () => Promise.resolve(0o100600),
    listFiles: () => Promise.resolve([]),
    env: { WORD: value },
    runCommand: () => Promise.resolve({ exitCode: 0, stdout: `${value}\r\n` }),
    ...world,
  };
}

async function refusal(attempt: Promise<unknown>): Promise<ClusterError> {
  const error: unknown = await attempt.then(() => undefined).catch((cause: unknown) => cause);
  if (!(error instanceof ClusterError))
    throw new Error('expected a ClusterError', { cause: error });
  expect(error.code).toBe('SECRET_UNREADABLE');
  return error;
}

test.each([
  ['a file', { file: 'word' }, 'file site/word'],
  ['the environment', { env: 'WORD' }, 'environment variable WORD'],
  ['a command', { command: ['pass', 'show', 'ci'] }, 'command pass'],
])('a secret comes from %s, without the newline at its end', async (_, reference, from) => {
  const { admin } = (await load(reference)).jenkins[0]!;
  expect(admin.password.reveal()).toBe(value);
  expect(admin.password.origin).toBe(from);
});

test('blanks at the ends belong to a secret', async () => {
  const spec = await load({ env: 'WORD' }, { env: { WORD: '  with blanks \n' } });
  expect(spec.jenkins[0]?.admin.password.reveal()).toBe('  with blanks ');
});

test('the whole description can be printed without showing a secret', async () => {
  const spec = await load({ env: 'WORD' });
  expect(JSON.stringify(spec) + inspect(spec, { depth: 9, showHidden: true })).not.toContain(
    'horse',
  );
});

test('a command runs in the folder of the cluster file, as words', async () => {
  const ran: unknown[] = [];
  const runCommand: LoadWorld['runCommand'] = (argv, folder) => {
    ran.push([folder, ...argv]);
    return Promise.resolve({ exitCode: 0, stdout: value });
  };
  await load({ command: ['./word', '$(id)', '-n'] }, { runCommand });
  expect(ran).toEqual([['site/', './word', '$(id)', '-n']]);
});

test.each([0o100640, 0o100604, 0o100620, 0o100660, 0o100644])(
  'a file that others may read or change is refused (%o)',
  async (mode) => {
    const error = await refusal(load({ file: 'word' }, { fileMode: () => Promise.resolve(mode) }));
    expect(error.message).toBe(
      'jenkins.main.admin.password: file site/word can be read or changed by others',
    );
    expect(error.remedy).toBe('Run "chmod 600 site/word".');
  },
);

test('where files have no mode the file is read', async () => {
  const spec = await load({ file: 'word' }, { fileMode: () => Promise.resolve(undefined) });
  expect(spec.jenkins[0]?.admin.password.reveal()).toBe(value);
});

test('a file that is not there is named, and the reason kept', async () => {
  const cause = new Error('ENOENT');
  const error = await refusal(load({ file: '~/word' }, { fileMode: () => Promise.reject(cause) }));
  expect(error.message).toContain('file /home/ops/word cannot be read');
  expect(error.cause).toBe(cause);
});

test('a variable that is not set is named', async () => {
  const error = await refusal(load({ env: 'OTHER' }));
  expect(error.message).toContain('environment variable OTHER is not set');
  expect((await refusal(load({ env: 'constructor' }))).message).toContain('is not set');
});

test('a failed command is named by its program, and nothing that it printed is shown', async () => {
  const result = { exitCode: 2, stdout: value };
  const error = await refusal(
    load({ command: ['pass', 'show', 'token-123'] }, { runCommand: () => Promise.resolve(result) }),
  );
  expect(error.message).toContain('command pass ended with exit code 2');
  expect(inspect(error, { depth: 9 })).not.toMatch(/horse|token-123/);
});

test.each([
  ['', 'is empty'],
  ['\n', 'is empty'],
  ['1234567', 'has fewer than 8 characters'],
  ['first line\nsecond line', 'has more than one line'],
  ['null\0character', 'control characters'],
  ['x'.repeat(5000), 'has more than 4096 characters'],
])('a value that cannot be a password is refused without showing it (%j)', async (word, why) => {
  const error = await refusal(load({ env: 'WORD' }, { env: { WORD: word } }));
  expect(error.message).toContain(why);
  if (word.trim() !== '') expect(error.message + error.remedy).not.toContain(word);
});

test('all secrets that cannot be read are told at once', async () => {
  const of = (password: Record<string, unknown>, path: string) =>
    controller({ admin: { password }, home: { kind: 'shared', path } });
  const jenkins = { main: of({ env: 'A' }, '/srv/a'), tools: of({ env: 'B' }, '/srv/b') };
  const error = await refusal(loadCluster('site/cluster.yml', fakeWorld(clusterFile({ jenkins }))));
  expect(error.message.split('\n')).toEqual([
    '2 secrets cannot be read',
    'jenkins.main.admin.password: environment variable A is not set: Set A before you start ci-cluster.',
    'jenkins.tools.admin.password: environment variable B is not set: Set B before you start ci-cluster.',
  ]);
  expect(error.parts).toHaveLength(2);
});
