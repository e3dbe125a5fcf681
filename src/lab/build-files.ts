import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { ClusterError } from '../errors.ts';
import type { BuildFiles } from './image-tags.ts';
import type { Recipe } from './recipes.ts';

/** Everything that goes into the build of one image. */
export async function readBuildFiles(
  packageRoot: string,
  { name, from, bundle }: Recipe,
): Promise<BuildFiles> {
  if (from === undefined) return new Map();
  const folder = join(packageRoot, 'lab/images', name);
  const files = new Map<string, Uint8Array>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path), await readFile(path));
  }
  if (bundle !== undefined) files.set(bundle, await readBundle(packageRoot, bundle));
  return files;
}

export async function writeBuildFiles(folder: string, files: BuildFiles): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

async function readBundle(packageRoot: string, bundle: string): Promise<Uint8Array> {
  const path = join(packageRoot, 'lab/stand-ins/dist', bundle);
  return await readFile(path).catch((cause: unknown) => {
    throw new ClusterError('LAB_FAILED', `cannot read ${path}`, {
      remedy: 'Make the stand-ins with "npm run build".',
      cause,
    });
  });
}
