import { chmodSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Log } from '../../shared/log.ts';
import type { Uri } from '../../shared/mesos.ts';
import { give } from '../sandbox.ts';
import type { TaskUser } from '../task-user.ts';
import { runAsUser } from './as-user.ts';
import { download } from './download.ts';
import { checkUris, isWebUri, localPathOf, targetOf } from './uri.ts';

export interface FetchJob {
  readonly containerId: string;
  readonly uris: readonly Uri[];
  readonly sandbox: string;
  readonly user: TaskUser | undefined;
  /** `--fetcher_stall_timeout`. */
  readonly stallMs: number;
  /** Ends the work: the task was killed meanwhile. */
  readonly signal: AbortSignal;
  /** Of the real fetcher this is the sandbox' `stderr`. */
  readonly log: Log;
}

/**
 * What `mesos-fetcher` does (src/launcher/fetcher.cpp, 1.11), without its cache. Rejects with the words that end up in
 * the task's status; what exactly went wrong is in the log only, as with the real one.
 */
export async function fetchAll(job: FetchJob): Promise<void> {
  try {
    checkUris(job.uris);
  } catch (fault) {
    throw new Error(`Could not fetch: ${textOf(fault)}`);
  }
  for (const uri of job.uris) {
    try {
      await fetchOne(job, uri);
    } catch (fault) {
      const why = `Failed to fetch '${uri.value}': ${textOf(fault)}`;
      job.log.error('fetcher.cpp:613', `EXIT with status 1: ${why}`);
      throw new Error(
        `Failed to fetch all URIs for container '${job.containerId}': exited with status 1`,
      );
    }
  }
  if (job.uris.length === 0) return;
  job.log.info('fetcher.cpp:618', `Successfully fetched all URIs into '${job.sandbox}'`);
}

async function fetchOne(job: FetchJob, uri: Uri): Promise<void> {
  const target = targetOf(uri);
  const file = join(job.sandbox, target);
  job.log.info('fetcher.cpp:222', `Fetching URI '${uri.value}'`);
  makeFolders(job, dirname(target));
  await bring(job, uri.value.trimStart(), file);
  if (uri.executable === true) chmodSync(file, 0o755);
  else if (uri.extract ?? true) await extract(job, file);
  job.log.info('fetcher.cpp:614', `Fetched '${uri.value}' to '${file}'`);
}

function makeFolders({ sandbox, user }: FetchJob, folder: string): void {
  if (folder === '.') return;
  mkdirSync(join(sandbox, folder), { recursive: true });
  folder.split('/').forEach((_, index, names) => {
    give(join(sandbox, ...names.slice(0, index + 1)), user);
  });
}

async function bring(job: FetchJob, uri: string, file: string): Promise<void> {
  const { user, signal, stallMs } = job;
  const path = localPathOf(uri);
  if (path !== undefined) {
    await runAsUser({ argv: ['cp', '--', path, file], user, signal });
  } else if (isWebUri(uri)) {
    await download({ url: uri, file, stallMs, signal });
    give(file, user);
  } else {
    throw new Error("Failed to create HDFS client: Hadoop client is not available: 'hadoop'");
  }
}

/** `.zip` needs `unzip` on the agent; the real one brings a library. */
async function extract({ sandbox, user, signal, log }: FetchJob, file: string): Promise<void> {
  const argv = extractor(file, sandbox);
  if (argv === undefined) {
    const because = 'because it does not seem to be an archive';
    log.warning('fetcher.cpp:341', `Copying instead of extracting resource, ${because}: ${file}`);
    return;
  }
  await runAsUser({ argv, user, signal }).catch((fault: unknown) => {
    const where = `Failed to extract archive '${file}' to '${sandbox}'`;
    throw new Error(`${where}: ${textOf(fault)}`);
  });
}

function extractor(file: string, sandbox: string): readonly [string, ...string[]] | undefined {
  if (/\.(tar|tgz|tar\.gz|tbz2|tar\.bz2|txz|tar\.xz)$/.test(file)) {
    // The archive's owners and modes are not taken over.
    const plain = ['--no-same-owner', '--no-same-permissions'];
    return ['tar', '--extract', ...plain, '--directory', sandbox, '--file', file];
  }
  if (file.endsWith('.zip')) return ['unzip', '-q', '-o', file, '-d', sandbox];
  if (file.endsWith('.gz')) return ['gunzip', '--keep', '--force', file];
  return undefined;
}

function textOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
