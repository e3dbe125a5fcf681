import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { HostStep } from '../../../src/plan/step.ts';
import { shellHost } from '../../support/shell-host.ts';

const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

function write(path: string): HostStep {
  return { kind: 'write-file', file: { path, content: 'new', mode: '0600', owner } };
}

/** The private folder of a script that was killed with SIGKILL, or is still at work. */
async function privateFolder(folder: string, name: string, process: string): Promise<void> {
  const path = join(folder, 'run', `ci-cluster.${name}`);
  await mkdir(path, { mode: 0o700 });
  await writeFile(join(path, 'blob.0'), 's3cret');
  await writeFile(join(path, 'owner'), process);
}

test('what a script that was killed left in its private folder goes with the next one', async () => {
  await using host = await shellHost();
  await privateFolder(host.folder, 'AAAAAAAA', '4194305\n');
  await host.perform([write(join(host.folder, 'etc/file'))]);
  expect(await host.leftovers()).toEqual([]);
});

test('the private folder of a script that still runs stays', async () => {
  await using host = await shellHost();
  await privateFolder(host.folder, 'CCCCCCCC', `${process.pid}\n`);
  await host.perform([write(join(host.folder, 'etc/file'))]);
  expect(await host.leftovers()).toEqual(['ci-cluster.CCCCCCCC']);
});

test('half a file that a killed script left beside its target goes when the target is written', async () => {
  await using host = await shellHost();
  await writeFile(join(host.folder, 'etc/.ci-cluster.AAAAAAAA'), 's3c');
  await host.perform([write(join(host.folder, 'etc/file'))]);
  expect((await readdir(join(host.folder, 'etc'))).filter((name) => name.startsWith('.'))).toEqual(
    [],
  );
});
