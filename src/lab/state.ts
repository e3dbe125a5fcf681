import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ClusterError } from '../errors.ts';
import type { Lab } from './lab.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where labs keep their files: a folder per lab, and the engine that they may share. */
export function stateRoot(env: Env, isRoot: boolean): string {
  const { CI_CLUSTER_LAB_STATE: chosen, XDG_STATE_HOME: userState } = env;
  if (chosen !== undefined && chosen !== '') return chosen;
  if (isRoot) return '/var/lib/ci-cluster-lab';
  return join(userState ?? join(homedir(), '.local/state'), 'ci-cluster-lab');
}

export function labFolder(root: string, name: string): string {
  return join(root, 'labs', name);
}

export function clusterFilePath(root: string, name: string): string {
  return join(labFolder(root, name), 'cluster.yml');
}

/** Undefined if there is no such lab. */
export async function readLab(root: string, name: string): Promise<Lab | undefined> {
  const path = join(labFolder(root, name), 'lab.json');
  const text = await readFile(path, 'utf8').catch(absent);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Lab;
  } catch (cause) {
    throw new ClusterError('LAB_FAILED', `cannot read ${path}`, {
      remedy: `Remove the lab with "ci-cluster lab down --name ${name}" and start it again.`,
      cause,
    });
  }
}

export async function writeLab(root: string, lab: Lab): Promise<void> {
  await writeState(root, lab.name, {
    file: 'lab.json',
    content: `${JSON.stringify(lab, null, 2)}\n`,
  });
}

export interface StateFile {
  readonly file: string;
  readonly content: string;
  readonly mode?: number;
}

/** Writes beside the old file and renames, so that a reader never sees half of it. */
export async function writeState(
  root: string,
  name: string,
  { file, content, mode = 0o644 }: StateFile,
): Promise<void> {
  const folder = labFolder(root, name);
  await mkdir(folder, { recursive: true });
  const path = join(folder, file);
  await writeFile(`${path}.new`, content, { mode });
  await rename(`${path}.new`, path);
}

export async function hasState(root: string, name: string, file: string): Promise<boolean> {
  return (await readFile(join(labFolder(root, name), file)).catch(absent)) !== undefined;
}

export async function removeLabFolder(root: string, name: string): Promise<void> {
  await rm(labFolder(root, name), { recursive: true, force: true });
}

export async function labNames(root: string): Promise<readonly string[]> {
  return (await readdir(join(root, 'labs')).catch(absent)) ?? [];
}

/** For `catch`: a file that is not there is no fault, everything else is. */
function absent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
}
