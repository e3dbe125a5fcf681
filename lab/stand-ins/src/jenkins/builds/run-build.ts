import { randomInt } from 'node:crypto';
import { ChannelClosed, type BuildAgent } from '../agents/build-agent.ts';
import type { Archive, JobConfig } from '../job-config.ts';
import type { BuildNode } from '../nodes.ts';
import { selectFiles } from './ant-pattern.ts';
import { worse, type Result } from './build.ts';
import { console } from './console.ts';

/** One build on its agent. Effects go through the functions; nothing here knows of files or nodes. */
export interface BuildRun {
  readonly config: JobConfig;
  readonly node: BuildNode;
  readonly agent: BuildAgent;
  readonly workspace: string;
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  readonly print: (text: string | Buffer) => void;
  readonly archive: (path: string) => (chunk: Buffer) => void;
  /** Its reason is the name of who stopped the build. */
  readonly signal: AbortSignal;
}

export async function runBuild(run: BuildRun): Promise<Result> {
  const { config, print, signal } = run;
  print(console.started(run.user));
  print(console.where(run.node, run.workspace));
  let result = await runSteps(run);
  if (signal.aborted) {
    print(console.aborted(String(signal.reason)));
    result = 'ABORTED';
  }
  for (const archive of config.archives) result = worse(result, await keep(run, archive, result));
  print(console.finished(result));
  return result;
}

async function runSteps(run: BuildRun): Promise<Result> {
  const { shells, unsupported } = run.config;
  if (unsupported.length > 0) {
    run.print(console.unsupported(unsupported));
    return 'FAILURE';
  }
  for (const text of shells) {
    if (run.signal.aborted || !(await runShell(run, text))) return 'FAILURE';
  }
  return 'SUCCESS';
}

async function runShell(run: BuildRun, text: string): Promise<boolean> {
  const { agent, workspace, env, print, signal } = run;
  const path = `/tmp/jenkins${randomInt(1e9, 1e10)}${randomInt(1e8, 1e9)}.sh`;
  print(console.shell(workspace, path, text));
  const failed = await agent.run({ text, path, workspace, env, onOutput: print, signal }).then(
    (status) => (status === 0 ? undefined : ''),
    (error: unknown) => whatFailed(error, path),
  );
  if (failed === undefined) return true;
  print(failed);
  if (!signal.aborted) print(console.shellFailed);
  return false;
}

function whatFailed(error: unknown, script: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  return error instanceof ChannelClosed
    ? console.channelClosed(reason, script)
    : console.commandFailed(reason);
}

async function keep(run: BuildRun, archive: Archive, result: Result): Promise<Result> {
  const { agent, workspace, print } = run;
  print(console.archiving);
  const good = result === 'SUCCESS' || result === 'UNSTABLE';
  if (archive.onlyIfSuccessful && !good) {
    print(console.archivingSkipped);
    return result;
  }
  try {
    const files = selectFiles(await agent.list(workspace), archive);
    for (const path of files) await agent.fetch({ workspace, path, onChunk: run.archive(path) });
    // A build that failed already is not told that it left nothing to archive.
    if (files.length > 0 || !good) return result;
    print(console.nothingToArchive(archive));
    return archive.allowEmpty ? result : 'FAILURE';
  } catch (error) {
    print(console.archivingFailed(error instanceof Error ? error.message : String(error)));
    return 'FAILURE';
  }
}
