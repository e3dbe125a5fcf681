import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { createFiles, loadTemplates } from '../../../src/adapters/files.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const folder = tempFolder();

test('reads a file as text', async () => {
  writeFileSync(join(folder, 'cluster.yml'), 'name: grün\n');
  expect(await createFiles().read(join(folder, 'cluster.yml'))).toBe('name: grün\n');
});

test.each([
  [join(folder, 'none.yml'), 'there is no such file'],
  [folder, 'it is a folder'],
  [join(folder, 'cluster.yml', 'x'), 'a part of its path is not a folder'],
])('says why it cannot read %s', async (path, reason) => {
  await expect(createFiles().read(path)).rejects.toMatchObject({
    code: 'CONFIG_UNREADABLE',
    message: `cannot read ${path}: ${reason}`,
  });
});

test('loads every template below the folder by its path there', async () => {
  const templates = join(folder, 'templates');
  mkdirSync(join(templates, 'zookeeper'), { recursive: true });
  writeFileSync(join(templates, 'zookeeper', 'zoo.cfg'), 'tickTime=2000\n');
  writeFileSync(join(templates, 'top.txt'), 'top\n');
  const expected = { 'top.txt': 'top\n', 'zookeeper/zoo.cfg': 'tickTime=2000\n' };
  expect(await loadTemplates(pathToFileURL(templates))).toEqual(expected);
  expect(await loadTemplates(pathToFileURL(`${templates}/`))).toEqual(expected);
});
