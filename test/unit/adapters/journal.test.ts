import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCaller } from '../../../src/adapters/caller.ts';
import { createJournal, stateFolder } from '../../../src/adapters/journal.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const folder = tempFolder();
let count = 0;

function fresh(): string {
  count += 1;
  return join(folder, String(count));
}

const record = { folder: 'ci-1234', name: 'r1' };

test('lines are added, and read back in order', async () => {
  const journal = createJournal(fresh());
  await journal.append(record, ['a', 'b']);
  await journal.append(record, ['c']);
  expect(await journal.read(record)).toEqual(['a', 'b', 'c']);
  expect(await journal.list()).toEqual([record]);
});

test('nobody but its owner can read a record, whatever the umask', async () => {
  const before = process.umask(0);
  const journal = createJournal(fresh());
  await journal.append(record, ['a']);
  process.umask(before);
  const path = journal.pathOf(record);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  expect(statSync(join(path, '../..')).mode & 0o777).toBe(0o700);
});

test('a line that a power cut tore is left out, and does not spoil the next', async () => {
  const journal = createJournal(fresh());
  await journal.append(record, ['a']);
  appendFileSync(journal.pathOf(record), '{"torn');
  expect(await journal.read(record)).toEqual(['a']);
  await journal.append(record, ['b']);
  expect(readFileSync(journal.pathOf(record), 'utf8')).toBe('a\n{"torn\nb\n');
});

test('a record that cannot be written is told with its place', async () => {
  const root = fresh();
  writeFileSync(root, 'a file in the place of the folder');
  await expect(createJournal(root).append(record, ['a'])).rejects.toMatchObject({
    code: 'FILE_NOT_WRITTEN',
    message: expect.stringContaining(`${root}/ci-1234/runs/r1.ndjson`) as string,
  });
});

test('where there is no record yet, none is listed', async () => {
  const root = fresh();
  expect(await createJournal(root).list()).toEqual([]);
  mkdirSync(join(root, 'ci-1'), { recursive: true });
  writeFileSync(join(root, 'something'), '');
  chmodSync(root, 0o700);
  expect(await createJournal(root).list()).toEqual([]);
});

test('records are kept where the XDG specification says', () => {
  expect(stateFolder({}, '/home/ann')).toBe('/home/ann/.local/state/ci-cluster');
  expect(stateFolder({ XDG_STATE_HOME: '/srv/state' }, '/home/ann')).toBe('/srv/state/ci-cluster');
  expect(stateFolder({ XDG_STATE_HOME: 'state' }, '/home/ann')).toBe(
    '/home/ann/.local/state/ci-cluster',
  );
});

test('a process is told from others, those on other machines and those that had its id before', () => {
  const { process: mark, isRunning } = createCaller([], '1');
  expect(isRunning(mark)).toBe(true);
  expect(isRunning(mark.replace(/:\d*$/, ':1'))).toBe(false);
  expect(isRunning(mark.replace(/:\d+:/, ':4194305:'))).toBe(false);
  expect(isRunning(`elsewhere:${mark.split(':').slice(1).join(':')}`)).toBeUndefined();
});
