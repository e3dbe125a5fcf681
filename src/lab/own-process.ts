import { readFile } from 'node:fs/promises';

/** The id in a pid file, if a process with it runs and mentions that file or folder as ours does. */
export async function ownProcess(pidFile: string, mark: string): Promise<number | undefined> {
  const pid = Number((await textOf(pidFile))?.trim());
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return (await mentions(pid, mark)) ? pid : undefined;
}

/** Process ids are used again, so an id alone proves nothing: the command line must name our files. */
export async function mentions(pid: number, mark: string): Promise<boolean> {
  const commandLine = await textOf(`/proc/${pid}/cmdline`);
  return commandLine?.split('\0').some((argument) => argument.includes(mark)) ?? false;
}

async function textOf(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(() => undefined);
}
