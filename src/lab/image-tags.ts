import { createHash } from 'node:crypto';
import type { Recipe } from './recipes.ts';

/** Files of a build by their path in it. */
export type BuildFiles = ReadonlyMap<string, Uint8Array>;

/** The same content gives the same tag, so that an image there is under a tag need not be made again. */
export type Tags = ReadonlyMap<string, string>;

/**
 * @param seed everything that the base image depends on
 */
export function tagsOf(
  recipes: readonly Recipe[],
  files: (recipe: Recipe) => BuildFiles,
  seed: string,
): Tags {
  const tags = new Map<string, string>();
  for (const recipe of recipes) {
    const parent = recipe.from === undefined ? seed : tags.get(recipe.from);
    tags.set(recipe.name, digest(parent ?? '', files(recipe)));
  }
  return tags;
}

/** Name in the engine's image store. */
export function localReference(name: string, tags: Tags): string {
  return `ci-cluster-lab/${name}:${tags.get(name) ?? 'missing'}`;
}

/** `repository:tag` in the lab's registry. */
export function publishedName({ name, tagPrefix }: Recipe, tags: Tags): string {
  return `${name}:${tagPrefix ?? 'lab'}-${tags.get(name) ?? 'missing'}`;
}

function digest(parent: string, files: BuildFiles): string {
  const hash = createHash('sha256').update(parent);
  for (const [path, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`\0${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}
