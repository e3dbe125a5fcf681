import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { ClusterError } from '../errors.ts';
import type { BuildFiles } from './image-tags.ts';
import type { Recipe } from './recipes.ts';

/** Everything that goes into the build of one image. */
export async function readBuildFiles(
  packageRoot: string,
  { name, from, bundle, folders = {} }: Recipe,
): Promise<BuildFiles> {
  if (from === undefined) return new Map();
  const files = new Map(await readFolder(join(packageRoot, 'lab/images', name)));
  for (const [place, folder] of Object.entries(folders))
    for (const [path, content] of await readFolder(join(packageRoot, folder)))
      files.set(join(place, path), content);
  if (bundle !== undefined) files.set(bundle, await readBundle(packageRoot, bundle));
  return files;
}

async function readFolder(folder: string): Promise<[string, Uint8Array][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return Promise.all(
    paths.map(async (path): Promise<[string, Uint8Array]> => [
      relative(folder, path),
      await readFile(path),
    ]),
  );
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
