import { mkdir, open, readFile, readdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ClusterError } from '../errors.ts';
import type { Journal, RecordName } from '../ports.ts';
import { codeOf, whyUnreadable } from './files.ts';

/** Records as `FOLDER/runs/NAME.ndjson` below the root; nobody but their owner can read them. */
export function createJournal(root: string): Journal {
  const pathOf = ({ folder, name }: RecordName) => join(root, folder, 'runs', `${name}.ndjson`);
  return {
    pathOf,
    append: async (record, lines) => {
      try {
        await append(pathOf(record), lines);
      } catch (cause) {
        throw notWritten(pathOf(record), cause);
      }
    },
    list: async () => {
      const folders = await namesIn(root);
      const found = await Promise.all(folders.map((folder) => recordsIn(root, folder)));
      return found.flat();
    },
    read: async (record) => {
      const path = pathOf(record);
      const text = await readFile(path, 'utf8').catch((cause: unknown) => {
        throw unreadable(path, cause);
      });
      return text.split('\n').slice(0, -1);
    },
  };
}

/** `$XDG_STATE_HOME/ci-cluster`, as the XDG base directory specification 0.8 places what is kept. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>, home: string) {
  const given = env['XDG_STATE_HOME'] ?? '';
  // A relative path is to be ignored, says the same page.
  return join(given.startsWith('/') ? given : join(home, '.local', 'state'), 'ci-cluster');
}

async function append(path: string, lines: readonly string[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await using file = await open(path, 'a+', 0o600);
  const { size } = await file.stat();
  const start = (await endsInLine(file, size)) ? '' : '\n';
  await file.appendFile(`${start}${lines.join('\n')}\n`);
  await file.sync();
  if (size === 0) await syncFolder(dirname(path));
}

/** A power cut leaves half a line: what is added must not become part of it. */
async function endsInLine(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

/** The name of a new file is on the disk only after this. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

async function recordsIn(root: string, folder: string): Promise<readonly RecordName[]> {
  const names = await namesIn(join(root, folder, 'runs'));
  return names
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => ({ folder, name: name.slice(0, -'.ndjson'.length) }));
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return [];
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): ClusterError {
  return new ClusterError('CONFIG_UNREADABLE', `cannot read ${path}: ${whyUnreadable(cause)}`, {
    remedy: `Look at it with "ls -ld ${path}"; XDG_STATE_HOME names another place for records.`,
    cause,
  });
}

function notWritten(path: string, cause: unknown): ClusterError {
  return new ClusterError(
    'FILE_NOT_WRITTEN',
    `cannot keep the record ${path}: ${whyUnreadable(cause)}`,
    {
      remedy:
        'Nothing is changed without a record. Look with "df -h" and "ls -ld", or set XDG_STATE_HOME to a folder that can be written.',
      cause,
    },
  );
}
