import type { ClusterSpec } from '../config/cluster-spec.ts';
import { setImage } from '../config/edit-cluster-file.ts';
import { loadCluster } from '../config/load-cluster.ts';
import { ClusterError } from '../errors.ts';
import { imageKey } from '../plan/images-of.ts';
import type { PlanInput } from '../plan/observed.ts';
import type { SetImage } from '../plan/rollout-step.ts';
import { controllersNamed, serviceNamed } from '../plan/targets.ts';
import { oneWaysOf, upgradePlan, type Upgrade } from '../plan/upgrade.ts';
import type { Service } from '../services/service.ts';
import { doubtsAbout, untriedNote } from '../services/version-steps.ts';
import { demandBackups } from '../run/fresh-backup.ts';
import { loadWorld } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import { roll, type Prepared } from './roll.ts';
import { rolloutOptions, type RollingOptions } from './rollout-options.ts';

export interface UpgradeOptions extends RollingOptions {
  readonly iKnow: boolean;
  readonly backupTakenAt?: number;
  readonly backupMaxAge: number;
}

export async function upgrade(
  words: readonly string[],
  options: UpgradeOptions,
  context: CommandContext,
): Promise<void> {
  await roll({
    ...{ name: 'upgrade', words, options, context },
    prepare: async (spec, report) => {
      const note = untriedNote();
      if (note !== undefined) report({ kind: 'note', text: note });
      return await prepare({ present: spec, words, options, context });
    },
  });
}

interface Preparing {
  readonly present: ClusterSpec;
  readonly words: readonly string[];
  readonly options: UpgradeOptions;
  readonly context: CommandContext;
}

async function prepare({ present, words, options, context }: Preparing): Promise<Prepared> {
  const wishes = words.flatMap((word) => wishesOf(present, word));
  const text = await context.ports.files.read(options.config);
  const edited = wishes.reduce((file, { path, image }) => setImage(file, path, image), text);
  const spec = await loadEdited(edited, options, context);
  refuseDoubts(present, spec, options);
  const unwritten = new Set(
    wishes
      .filter(({ path, image }) => setImage(text, path, image) !== text)
      .map(({ path }) => path.join('.')),
  );
  const rolling = rolloutOptions(spec, options);
  const demand = {
    clock: context.ports.clock,
    maxAgeMs: options.backupMaxAge,
    takenAtMs: options.backupTakenAt,
  };
  return {
    spec,
    plan: async (look) => {
      const upgraded = upgradeIn(look.input, { present, wishes, unwritten, file: options.config });
      const plan = upgradePlan(look.input, upgraded, rolling);
      await demandBackups(look, oneWaysOf(look.input, upgraded), demand);
      return plan;
    },
  };
}

/** One `SERVICE=IMAGE`. */
interface Wish {
  readonly service?: Service;
  readonly controller?: string;
  readonly path: SetImage['path'];
  readonly image: string;
}

function wishesOf(spec: ClusterSpec, word: string): readonly Wish[] {
  const [, name = '', image = ''] = /^([^=]+)=(.+)$/.exec(word) ?? [];
  if (image === '') {
    throw new ClusterError('USAGE', `${word} names no image`, {
      remedy: 'Write SERVICE=IMAGE, like zookeeper=zookeeper:3.9.5.',
    });
  }
  const [first, second] = name.split('/');
  if (first === 'jenkins') {
    return controllersNamed(spec, second).map(({ name: controller }) => {
      return { controller, path: ['jenkins', controller, 'image'], image };
    });
  }
  const service = serviceNamed(name);
  return [{ service, path: ['images', imageKey[service.name]], image }];
}

/** Everything that speaks against the file with these images is told as of any cluster file. */
async function loadEdited(
  text: string,
  { config }: UpgradeOptions,
  context: CommandContext,
): Promise<ClusterSpec> {
  const world = loadWorld(context);
  const readFile = (path: string) =>
    path === config ? Promise.resolve(text) : world.readFile(path);
  return await loadCluster(config, { ...world, readFile });
}

function refuseDoubts(before: ClusterSpec, after: ClusterSpec, { iKnow }: UpgradeOptions): void {
  const doubts = doubtsAbout({ from: before.images, to: after.images });
  if (iKnow || doubts.length === 0) return;
  throw new ClusterError('VERSIONS_UNTRIED', doubts.join('; '), {
    remedy: 'Go step by step, or add --i-know to go on nevertheless. Nothing was changed.',
  });
}

interface Wanted {
  readonly present: ClusterSpec;
  readonly wishes: readonly Wish[];
  readonly unwritten: ReadonlySet<string>;
  readonly file: string;
}

function upgradeIn({ spec }: PlanInput, { present, wishes, unwritten, file }: Wanted): Upgrade {
  return {
    services: wishes.flatMap(({ service }) => service ?? []),
    controllers: spec.jenkins.flatMap((controller) => {
      const before = present.jenkins.find(({ name }) => name === controller.name);
      const isMeant = wishes.some((wish) => wish.controller === controller.name);
      return isMeant && before !== undefined ? [{ controller, before }] : [];
    }),
    ...{ file, unwritten },
  };
}
