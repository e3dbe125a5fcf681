import { ClusterError } from '../errors.ts';
import { ensureEngine, findEngine, stopEngine } from './engine.ts';
import { labLabel, type Lab } from './lab.ts';
import { labNames, readLab, removeLabFolder } from './state.ts';
import { docker, type Tools } from './tools.ts';

export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
  readonly engineStopped: boolean;
}

/** Removes what carries the lab's label, its folder and, with the last lab, the own engine. */
export async function labDown(tools: Tools, name: string): Promise<Removed> {
  const known = await readLab(tools.root, name);
  const engine = await engineFor(tools, known);
  const removed = engine === undefined ? nothing : await removeLabelled(engine, name);
  await removeLabFolder(tools.root, name);
  const engineStopped = (await labNames(tools.root)).length === 0 && (await stopEngine(tools));
  return { ...removed, engineStopped };
}

const nothing = { containers: 0, networks: 0, volumes: 0 };

/** The engine that the lab lives in. An own one is started again, or its containers would stay. */
async function engineFor(tools: Tools, known: Lab | undefined): Promise<Tools | undefined> {
  if (known?.ownEngine !== undefined) {
    const { ownHost } = await ensureEngine({ ...tools, dockerHost: known.ownEngine });
    return { ...tools, dockerHost: ownHost ?? known.ownEngine };
  }
  const engine = await findEngine(tools);
  if (engine !== undefined) return { ...tools, dockerHost: engine.ownHost };
  if (known === undefined) return undefined;
  throw new ClusterError(
    'LAB_FAILED',
    `the Docker Engine that runs the lab ${known.name} is down`,
    {
      remedy: 'Start Docker and run "ci-cluster lab down" again.',
    },
  );
}

async function removeLabelled(tools: Tools, name: string): Promise<typeof nothing> {
  const filter = ['--quiet', '--filter', `label=${labLabel}=${name}`];
  const list = async (...args: string[]) =>
    (await docker(tools, [...args, ...filter])).split(/\s+/).filter(Boolean);
  const containers = await list('ps', '--all');
  await Promise.all(containers.map((id) => docker(tools, ['rm', '--force', '--volumes', id])));
  const networks = await list('network', 'ls');
  if (networks.length > 0) await docker(tools, ['network', 'rm', ...networks]);
  const volumes = await list('volume', 'ls');
  if (volumes.length > 0) await docker(tools, ['volume', 'rm', '--force', ...volumes]);
  return {
    containers: containers.length,
    networks: networks.length,
    volumes: volumes.length,
  };
}
