import { mkdir } from 'node:fs/promises';
import { ClusterError } from '../errors.ts';
import { awaitHosts } from './boot.ts';
import { ensureImages, type Images } from './build-images.ts';
import { renderClusterFile } from './cluster-file.ts';
import { containerStates } from './containers.ts';
import { ensureEngine, type Engine } from './engine.ts';
import { startHosts } from './hosts.ts';
import { startGitServer } from './git-server.ts';
import { localReference } from './image-tags.ts';
import { ensureKeys } from './keys.ts';
import {
  designLab,
  hostsOf,
  gitContainer,
  registryContainer,
  type Lab,
  type LabShape,
} from './lab.ts';
import { createNetwork, ensureNetwork } from './network.ts';
import type { Phases } from './phases.ts';
import { publishImages } from './publish.ts';
import { readMirror } from './read-mirror.ts';
import { hostImage, recipesFor } from './recipes.ts';
import { startRegistry } from './registry.ts';
import { labFolder, readLab, writeLab, writeState } from './state.ts';
import type { Tools } from './tools.ts';

/** What was asked for; undefined takes what the lab has, or the default. */
export interface UpRequest {
  readonly name: string;
  readonly masters: number | undefined;
  readonly agents: number | undefined;
  readonly spares?: number | undefined;
  readonly bare: boolean | undefined;
}

const defaults = { masters: 3, agents: 2, spares: 0, bare: false };

/** Brings the lab up to where its hosts can be reached; for one that is up it only looks. */
export async function labUp(tools: Tools, request: UpRequest, phases: Phases): Promise<Lab> {
  const known = await readLab(tools.root, request.name);
  const shape = shapeOf(request, known);
  // The folder says that the engine is needed, also to a `lab down` of another lab.
  await mkdir(labFolder(tools.root, request.name), { recursive: true });
  const engine = await phases.run('engine', () => ensureEngine(tools), describeEngine);
  const own = { ...tools, dockerHost: engine.ownHost };
  if (known?.ready === true && (await allRun(own, known))) {
    tools.note(`lab ${known.name}: all ${known.hosts.length} hosts run already`);
    return known;
  }
  return await makeLab({ tools: own, phases, engine, known, shape });
}

interface Making {
  readonly tools: Tools;
  readonly phases: Phases;
  readonly engine: Engine;
  readonly known: Lab | undefined;
  readonly shape: LabShape;
}

async function makeLab(making: Making): Promise<Lab> {
  const { tools, phases, shape } = making;
  const recipes = recipesFor(shape.bare);
  const build = async () => ensureImages({ tools, recipes, mirror: await readMirror(tools) });
  const { tags } = await phases.run('images', build, describeImages);
  const lab = await designedLab(making);
  await phases.run(
    'registry',
    async () => {
      await startGitServer(tools, lab, tags);
      const registry = await startRegistry(tools, lab, tags);
      return await publishImages(tools, { recipes, tags, registry });
    },
    (published) => (published.length === 0 ? 'has all images' : `took in ${published.join(', ')}`),
  );
  const image = localReference(hostImage(lab.bare), tags);
  await phases.run('hosts', () => bringUp(tools, lab, image), describeHosts);
  if (!lab.ready) {
    const content = renderClusterFile(lab, tags);
    await writeState(tools.root, lab.name, { file: 'cluster.yml', content });
  }
  const ready = { ...lab, ready: true };
  await writeLab(tools.root, ready);
  return ready;
}

async function designedLab({ tools, engine, known, shape }: Making): Promise<Lab> {
  if (known !== undefined) await ensureNetwork(tools, known);
  const lab = known ?? designLab(shape, await createNetwork(tools, shape.name));
  const placed = { ...lab, ownEngine: engine.ownHost };
  await writeLab(tools.root, placed);
  return placed;
}

async function bringUp(tools: Tools, lab: Lab, image: string): Promise<readonly string[]> {
  const started = await startHosts(tools, lab, image);
  await awaitHosts(tools, lab);
  await ensureKeys(tools, lab, image);
  return started;
}

async function allRun(tools: Tools, lab: Lab): Promise<boolean> {
  const states = await containerStates(tools, lab.name);
  const names = [
    registryContainer(lab),
    gitContainer(lab),
    ...lab.hosts.map(({ container }) => container),
  ];
  return names.every((name) => states.get(name) === 'running');
}

/** A lab keeps the shape that it was made in. */
function shapeOf(request: UpRequest, known: Lab | undefined): LabShape {
  const present = known === undefined ? defaults : countsOf(known);
  const shape = {
    name: request.name,
    masters: request.masters ?? present.masters,
    agents: request.agents ?? present.agents,
    spares: request.spares ?? present.spares,
    bare: request.bare ?? present.bare,
  };
  if (known === undefined || sameCounts(shape, present)) return shape;
  const has = `${present.masters} masters and ${present.agents} agents${present.spares > 0 ? `, ${present.spares} spares` : ''}${present.bare ? ', bare' : ''}`;
  throw new ClusterError('USAGE', `the lab ${request.name} is there already, with ${has}`, {
    remedy: `Remove it with "ci-cluster lab down --name ${request.name}", or choose another --name.`,
  });
}

function countsOf(lab: Lab): typeof defaults {
  const { length: masters } = hostsOf(lab, 'master');
  const agents = hostsOf(lab, 'agent').length;
  return { masters, agents, spares: hostsOf(lab, 'spare').length, bare: lab.bare };
}

function sameCounts(one: typeof defaults, other: typeof defaults): boolean {
  return (['masters', 'agents', 'spares', 'bare'] as const).every((key) => one[key] === other[key]);
}

function describeEngine({ version, ownHost, startedNow }: Engine): string {
  if (ownHost === undefined) return `Docker Engine ${version} of this machine`;
  return `Docker Engine ${version}, own, ${startedNow ? 'started' : 'runs already'}`;
}

function describeImages({ tags, built }: Images): string {
  return built.length === 0 ? `all ${tags.size} cached` : `built ${built.join(', ')}`;
}

function describeHosts(started: readonly string[]): string {
  return started.length === 0 ? 'run already' : `started ${started.join(', ')}`;
}
