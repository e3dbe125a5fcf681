import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { baseSeed, bootstrapArgv } from './bootstrap.ts';
import { readBuildFiles, writeBuildFiles } from './build-files.ts';
import { localReference, tagsOf, type BuildFiles, type Tags } from './image-tags.ts';
import { cacheLabel } from './lab.ts';
import type { Mirror } from './mirror.ts';
import type { Recipe } from './recipes.ts';
import { docker, must, type Tools } from './tools.ts';

interface Build {
  readonly tools: Tools;
  readonly recipes: readonly Recipe[];
  readonly mirror: Mirror;
}

export interface Images {
  readonly tags: Tags;
  /** Names of those that were not there yet. */
  readonly built: readonly string[];
}

const bootstrapDeadlineMs = 900_000;
const buildDeadlineMs = 900_000;
/** Two cores are typical, and more builds at once only wait for each other. */
const buildersAtOnce = 2;

/** Makes the images that are not in the engine's store yet, parents first. */
export async function ensureImages(build: Build): Promise<Images> {
  const files = new Map<string, BuildFiles>();
  for (const recipe of build.recipes)
    files.set(recipe.name, await readBuildFiles(build.tools.packageRoot, recipe));
  const filesOf = ({ name }: Recipe): BuildFiles => files.get(name) ?? new Map();
  const tags = tagsOf(build.recipes, filesOf, baseSeed(build.mirror));
  const present = await presentImages(build.tools);
  const missing = build.recipes.filter(({ name }) => !present.has(localReference(name, tags)));
  await inOrder(missing, async (recipe) => {
    build.tools.note(`  building ${recipe.name}`);
    if (recipe.from === undefined) await makeBase(build, localReference(recipe.name, tags));
    else await makeImage(build.tools, { recipe, files: filesOf(recipe), tags });
  });
  return { tags, built: missing.map(({ name }) => name) };
}

async function presentImages(tools: Tools): Promise<ReadonlySet<string>> {
  const format = '{{.Repository}}:{{.Tag}}';
  const list = await docker(tools, ['images', '--format', format, 'ci-cluster-lab/*']);
  return new Set(list.split('\n'));
}

/** Starts each as soon as its parent is there, at most two at once. */
async function inOrder(
  missing: readonly Recipe[],
  make: (recipe: Recipe) => Promise<void>,
): Promise<void> {
  const { default: pLimit } = await import('p-limit');
  const limit = pLimit(buildersAtOnce);
  const done = new Map<string, Promise<void>>();
  for (const recipe of missing) {
    const parent = done.get(recipe.from ?? '') ?? Promise.resolve();
    done.set(
      recipe.name,
      parent.then(() => limit(() => make(recipe))),
    );
  }
  await settled([...done.values()]);
}

/** Waits for all before the first failure is told: what still runs would be without an owner. */
async function settled(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function makeBase({ tools, mirror }: Build, reference: string): Promise<void> {
  const folder = join(tools.root, 'build', 'base');
  const tar = join(folder, 'base.tar');
  await fresh(folder);
  try {
    const { argv, input } = bootstrapArgv(mirror, tar);
    await must(tools, argv, {
      deadlineMs: bootstrapDeadlineMs,
      input: [input],
      remedy: 'Check that "apt-get update" works on this machine and run the same command again.',
    });
    await docker(tools, ['import', '--change', `LABEL ${cacheLabel}=base`, tar, reference]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface ImageBuild {
  readonly recipe: Recipe;
  readonly files: BuildFiles;
  readonly tags: Tags;
}

async function makeImage(tools: Tools, { recipe, files, tags }: ImageBuild): Promise<void> {
  const folder = join(tools.root, 'build', recipe.name);
  await fresh(folder);
  try {
    await writeBuildFiles(folder, files);
    const base = localReference(recipe.from ?? '', tags);
    await docker(
      tools,
      [
        ...['build', '--quiet', '--network', 'host', '--build-arg', `BASE=${base}`],
        ...['--label', `${cacheLabel}=${recipe.name}`, '--tag', localReference(recipe.name, tags)],
        folder,
      ],
      { deadlineMs: buildDeadlineMs },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fresh(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}
