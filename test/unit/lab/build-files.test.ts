import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readBuildFiles } from '../../../src/lab/build-files.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function packageWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'ci-cluster-package-'));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

test('an image is built from its own folder, its bundle and the folders that its recipe names', async () => {
  const root = packageWith({
    'lab/images/jenkins/Dockerfile': 'FROM x',
    'lab/images/jenkins/ref/plugins.txt': 'mesos:2.0',
    'lab/stand-ins/dist/jenkins.cjs': '// program',
    'lab/stand-ins/agent/src/lab/agent/Main.java': 'class Main {}',
  });
  const files = await readBuildFiles(root, {
    ...{ name: 'jenkins', from: 'node', bundle: 'jenkins.cjs' },
    folders: { agent: 'lab/stand-ins/agent/src' },
  });
  const texts = [...files].map(([path, content]) => [path, new TextDecoder().decode(content)]);
  expect(Object.fromEntries(texts)).toEqual({
    Dockerfile: 'FROM x',
    'ref/plugins.txt': 'mesos:2.0',
    'jenkins.cjs': '// program',
    'agent/lab/agent/Main.java': 'class Main {}',
  });
});
