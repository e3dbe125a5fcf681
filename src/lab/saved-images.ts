import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Blob } from './registry-client.ts';

export interface SavedImage {
  readonly config: Blob;
  readonly layers: readonly Blob[];
}

interface SavedEntry {
  readonly Config: string;
  readonly RepoTags: readonly string[];
  readonly Layers: readonly string[];
}

/**
 * What `docker save` wrote, unpacked in `folder`, by image reference. Its `manifest.json` has been
 * the same from Docker 1.10 to 28, while the other files of the archive changed.
 */
export async function readSavedImages(folder: string): Promise<ReadonlyMap<string, SavedImage>> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8');
  const known = new Map<string, Promise<Blob>>();
  const blob = (path: string): Promise<Blob> => {
    const found = known.get(path) ?? readBlob(join(folder, path));
    known.set(path, found);
    return found;
  };
  const images = new Map<string, SavedImage>();
  for (const { Config: config, RepoTags: references, Layers: layers } of parse(text)) {
    const image = { config: await blob(config), layers: await Promise.all(layers.map(blob)) };
    for (const reference of references) images.set(reference, image);
  }
  return images;
}

function parse(text: string): readonly SavedEntry[] {
  return JSON.parse(text) as readonly SavedEntry[];
}

async function readBlob(path: string): Promise<Blob> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  const { size } = await stat(path);
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes: size, source: { path } };
}
