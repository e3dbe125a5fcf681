import { readFileSync, readdirSync, realpathSync, statSync, type Stats } from 'node:fs';
import { closeSync, openSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { empty, json, text, type Answer, type Request } from '../shared/http.ts';
import { frameworkIdOf, taskIdOf, type TaskRun } from './task-run.ts';
import type { Tasks } from './tasks.ts';

/** What operators may look at, by the name they ask for (src/files/files.cpp, 1.11). */
export type Attached = ReadonlyMap<string, string>;

/** Each sandbox under its own path, and the newest of a task under a shorter one. */
export function attachedFiles(tasks: Tasks): Attached {
  const runs = [...tasks.completed, ...tasks.runs.values()];
  return new Map(
    runs.flatMap((run): [string, string][] => [
      [run.sandbox, run.sandbox],
      [latestName(run), run.sandbox],
    ]),
  );
}

function latestName(run: TaskRun): string {
  return `/frameworks/${frameworkIdOf(run)}/executors/${taskIdOf(run)}/runs/latest`;
}

/** `undefined`: not attached or not there. Throws for a link that leads out of what is attached. */
export function resolveFile(attached: Attached, path: string): string | undefined {
  for (
    let prefix = path.replace(/\/$/, '');
    prefix !== '/' && prefix !== '.';
    prefix = dirname(prefix)
  ) {
    const root = attached.get(prefix);
    if (root === undefined) continue;
    const wanted = join(root, path.slice(prefix.length));
    const real = realPath(wanted);
    const inside = real === undefined || `${real}/`.startsWith(`${realPath(root) ?? root}/`);
    if (!inside) throw new Error(`'${wanted}' is inaccessible`);
    return real;
  }
  return undefined;
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

export interface FileEntry {
  readonly path: string;
  readonly stats: Stats;
}

/** The content of a folder under the names it was asked by. */
export function listFolder(real: string, asked: string): FileEntry[] {
  return readdirSync(real)
    .sort()
    .map((name) => ({ path: join(asked, name), stats: statSync(join(real, name)) }));
}

export interface Piece {
  readonly offset: number;
  readonly data: Buffer;
  readonly size: number;
}

/** 16 pages at most; offset −1 is the end of the file. */
export function readPiece(path: string, offset: number, length: number): Piece {
  const { size } = statSync(path);
  const from = offset === -1 ? size : Math.min(offset, size);
  const wanted = Math.min(length === -1 ? size - from : length, size - from, 16 * 4096);
  const data = Buffer.alloc(wanted);
  const file = openSync(path, 'r');
  try {
    return { offset: from, size, data: data.subarray(0, readSync(file, data, 0, wanted, from)) };
  } finally {
    closeSync(file);
  }
}

type FileEndpoint = (real: string, request: Request) => Answer;

const endpoints: Readonly<Record<string, FileEndpoint>> = {
  '/files/browse': (real, { query }) => {
    if (!statSync(real).isDirectory()) return text('Cannot browse a file.\n', 400);
    return json(listFolder(real, query.get('path') ?? '').map(browsed));
  },
  '/files/read': (real, { query }) => {
    if (statSync(real).isDirectory()) return text('Cannot read a directory.\n', 400);
    const { offset, data } = readPiece(real, numberOf(query, 'offset'), numberOf(query, 'length'));
    return json({ data: data.toString('latin1'), offset });
  },
  '/files/download': (real) => {
    if (statSync(real).isDirectory()) return text('Cannot download a directory.\n', 400);
    return {
      status: 200,
      headers: {
        'Content-Type': 'application/octet-stream',
        'Content-Disposition': `attachment; filename=${basename(real)}`,
      },
      body: readFileSync(real),
    };
  },
};

function numberOf(query: URLSearchParams, name: string): number {
  const value = Number(query.get(name) ?? -1);
  return Number.isInteger(value) && value >= 0 ? value : -1;
}

/** `undefined`: no path of `/files`. */
export function fileAnswer(attached: Attached, path: string, request: Request): Answer | undefined {
  if (path === '/files/debug') return json(Object.fromEntries(attached));
  const endpoint = endpoints[path];
  if (endpoint === undefined) return undefined;
  const asked = request.query.get('path') ?? '';
  if (asked === '') return text("Expecting 'path=value' in query.\n", 400);
  try {
    const real = resolveFile(attached, asked);
    return real === undefined ? empty(404) : endpoint(real, request);
  } catch (fault) {
    return text(`${fault instanceof Error ? fault.message : String(fault)}.\n`, 400);
  }
}

function browsed({ path, stats }: FileEntry): object {
  return {
    gid: ownerName(stats.gid, '/etc/group'),
    mode: modeText(stats),
    mtime: Math.floor(stats.mtimeMs / 1000),
    nlink: stats.nlink,
    path,
    size: stats.size,
    uid: ownerName(stats.uid, '/etc/passwd'),
  };
}

export function ownerName(id: number, file: string): string {
  const lines = readFileSync(file, 'utf8').split('\n');
  const found = lines.map((line) => line.split(':')).find((fields) => fields[2] === String(id));
  return found?.[0] ?? String(id);
}

/** `drwxr-x---`. */
function modeText(stats: Stats): string {
  const bits = ['x', 'w', 'r'];
  const text = Array.from({ length: 9 }, (_, at) =>
    (stats.mode & (1 << (8 - at))) === 0 ? '-' : (bits[(8 - at) % 3] ?? '-'),
  );
  return `${stats.isDirectory() ? 'd' : '-'}${text.join('')}`;
}
