import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ClusterError } from '../errors.ts';
import type { Files } from '../ports.ts';

export function createFiles(): Files {
  return { read, mode, list, write };
}

async function mode(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch {
    return undefined;
  }
}

async function list(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    // A link counts as the file it leads to: reading it tells if it is none.
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  } catch (cause) {
    throw new ClusterError('CONFIG_UNREADABLE', `cannot list ${path}: ${whyUnreadable(cause)}`, {
      remedy: `Look at it with "ls -ld ${path}".`,
      cause,
    });
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ClusterError('CONFIG_UNREADABLE', `cannot read ${path}: ${whyUnreadable(cause)}`, {
      remedy: `Look at it with "ls -ld ${path}", or name another file with --config.`,
      cause,
    });
  }
}

/** A link stays one: what it leads to is replaced. */
async function write(path: string, text: string): Promise<void> {
  try {
    const { default: writeFileAtomic } = await import('write-file-atomic');
    const target = await realpath(path).catch(() => path);
    const known = await stat(target).catch(() => undefined);
    await writeFileAtomic(target, text, { mode: known?.mode ?? 0o600 });
  } catch (cause) {
    throw new ClusterError('FILE_NOT_WRITTEN', `cannot write ${path}: ${whyUnreadable(cause)}`, {
      remedy: `Look at its folder with "ls -ld" and "df -h", then run the same command again.`,
      cause,
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
};

export function whyUnreadable(cause: unknown): string {
  const code = codeOf(cause);
  if (code !== undefined && reasons[code] !== undefined) return reasons[code];
  return cause instanceof Error ? cause.message : String(cause);
}

/** `ENOENT` and the like, of errors that Node made. */
export function codeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

/** Every file below the folder, by its path there: `zookeeper/zoo.cfg`. */
export async function loadTemplates(folder: URL): Promise<Readonly<Record<string, string>>> {
  const root = fileURLToPath(folder).replace(/\/$/, '');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
  const texts = await Promise.all(
    paths.map(async (path) => [path.slice(root.length + 1), await readFile(path, 'utf8')] as const),
  );
  return Object.fromEntries(texts);
}
