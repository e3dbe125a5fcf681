import { labLabel } from './lab.ts';
import { docker, type Tools } from './tools.ts';

/** Containers of a lab, by name: `running`, `exited`, `created` … as Docker says it. */
export async function containerStates(
  tools: Tools,
  labName: string,
): Promise<ReadonlyMap<string, string>> {
  const list = await docker(tools, [
    ...['ps', '--all', '--filter', `label=${labLabel}=${labName}`],
    ...['--format', '{{.Names}} {{.State}}'],
  ]);
  return new Map(
    list
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' ') as [string, string]),
  );
}

export interface Wanted {
  readonly name: string;
  /** `docker run` without the program itself. */
  readonly runArgs: readonly string[];
}

/** Creates what is missing and starts what is stopped; the names of those that did not run. */
export async function ensureContainers(
  tools: Tools,
  labName: string,
  wanted: readonly Wanted[],
): Promise<readonly string[]> {
  const states = await containerStates(tools, labName);
  const idle = wanted.filter(({ name }) => states.get(name) !== 'running');
  for (const { name, runArgs } of idle) {
    await docker(tools, startArgs(name, states.get(name), runArgs));
  }
  return idle.map(({ name }) => name);
}

function startArgs(name: string, state: string | undefined, runArgs: readonly string[]): string[] {
  if (state === undefined) return ['run', '--detach', ...runArgs];
  return [state === 'paused' ? 'unpause' : 'start', name];
}
