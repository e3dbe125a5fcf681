import { ClusterError, exitCodes } from '../errors.ts';
import { createTools } from '../lab/create-tools.ts';
import { labDown, type Removed } from '../lab/down.ts';
import type { Lab } from '../lab/lab.ts';
import { createPhases, type Phases } from '../lab/phases.ts';
import { clusterFilePath, readLab, writeLab } from '../lab/state.ts';
import { labStatus, renderLabStatus } from '../lab/status.ts';
import type { Tools } from '../lab/tools.ts';
import { tryNext } from '../lab/try-next.ts';
import { labUp } from '../lab/up.ts';
import { schemaVersion } from '../run/events.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export interface NamedOptions extends GlobalOptions {
  readonly name: string;
}

export interface UpOptions extends NamedOptions {
  readonly masters?: number;
  readonly agents?: number;
  readonly spare?: number;
  readonly bare?: boolean;
  readonly init: boolean;
}

/** Hosts, then `init` and `status` on them as an operator would type them. */
export async function up(context: CommandContext, options: UpOptions): Promise<void> {
  const tools = toolsOf(context, options);
  const phases = createPhases(tools);
  const { name, masters, agents, spare: spares, bare } = options;
  const lab = await labUp(tools, { name, masters, agents, spares, bare }, phases);
  const runs = options.init ? await bringUpCluster(context, options, { tools, phases }) : [];
  const exitCode = runs.find((run) => run.exitCode !== 0)?.exitCode ?? 0;
  const timed = { ...lab, seconds: phases.seconds };
  await writeLab(tools.root, timed);
  const status = await labStatus(tools, timed);
  if (options.json) {
    const results = Object.fromEntries(runs.map(({ command, result }) => [command, result]));
    printJson(context, exitCode, { lab: status, ...results });
  } else {
    if (!options.init) context.out(renderLabStatus(status));
    if (exitCode === 0) context.out(`\n${tryNext(tools, lab)}`);
  }
  context.setExitCode(exitCode);
}

export async function down(context: CommandContext, options: NamedOptions): Promise<void> {
  const removed = await labDown(toolsOf(context, options), options.name);
  if (options.json) printJson(context, 0, { name: options.name, removed });
  else context.out(`lab ${options.name}: ${describeRemoved(removed)}`);
}

export async function status(context: CommandContext, options: NamedOptions): Promise<void> {
  const tools = toolsOf(context, options);
  const state = await labStatus(tools, await existing(tools, options.name));
  const exitCode = state.up ? 0 : exitCodes.UNHEALTHY;
  if (options.json) printJson(context, exitCode, { lab: state });
  else context.out(renderLabStatus(state));
  context.setExitCode(exitCode);
}

export async function exec(
  context: CommandContext,
  options: NamedOptions,
  args: readonly string[],
): Promise<void> {
  const { root } = await toolsOfExisting(context, options);
  const file = clusterFilePath(root, options.name);
  context.setExitCode(await context.rerun(['--config', file, ...args]));
}

interface Run {
  readonly command: 'init' | 'status';
  readonly exitCode: number;
  /** The JSON document, if JSON was asked for. */
  readonly result: unknown;
}

/** Stops at the first command that fails. */
async function bringUpCluster(
  context: CommandContext,
  options: UpOptions,
  { tools, phases }: { tools: Tools; phases: Phases },
): Promise<readonly Run[]> {
  const config = ['--config', clusterFilePath(tools.root, options.name)];
  const shared = [...config, ...(options.quiet ? ['--quiet'] : [])];
  const run = async (command: Run['command'], args: readonly string[]): Promise<Run> => {
    const work = () => rerun(context, options.json, [...shared, command, ...args]);
    const describe = ({ exitCode }: { exitCode: number }) =>
      exitCode === 0 ? 'done' : `failed with exit code ${exitCode}`;
    return { command, ...(await phases.run(command, work, describe)) };
  };
  const init = await run('init', ['--yes']);
  return init.exitCode === 0 ? [init, await run('status', [])] : [init];
}

async function rerun(
  context: CommandContext,
  json: boolean,
  args: readonly string[],
): Promise<Omit<Run, 'command'>> {
  if (!json) return { exitCode: await context.rerun(args), result: undefined };
  const texts: string[] = [];
  const exitCode = await context.rerun(['--json', ...args], (text) => texts.push(text));
  return { exitCode, result: JSON.parse(texts.join('\n')) as unknown };
}

function toolsOf(context: CommandContext, { quiet }: GlobalOptions): Tools {
  const { ports, env, err } = context;
  return createTools({ ports, env, note: quiet ? () => undefined : err });
}

async function toolsOfExisting(context: CommandContext, options: NamedOptions): Promise<Tools> {
  const tools = toolsOf(context, options);
  await existing(tools, options.name);
  return tools;
}

async function existing(tools: Tools, name: string): Promise<Lab> {
  const lab = await readLab(tools.root, name);
  if (lab !== undefined) return lab;
  const sudo = tools.isRoot ? '' : ', or put "sudo" before this command if the lab belongs to root';
  throw new ClusterError('CONFIG_UNREADABLE', `there is no lab ${name} in ${tools.root}`, {
    remedy: `Start it with "ci-cluster lab up --name ${name}"${sudo}.`,
  });
}

function describeRemoved({ containers, networks, volumes, engineStopped }: Removed): string {
  const engine = engineStopped ? ', stopped the Docker Engine' : '';
  if (containers + networks + volumes === 0) return `nothing to remove${engine}`;
  return `removed ${containers} containers, ${networks} network, ${volumes} volumes${engine}`;
}

function printJson(
  { out }: CommandContext,
  exitCode: number,
  content: Readonly<Record<string, unknown>>,
): void {
  const document = { schemaVersion, ok: exitCode === 0, exitCode, ...content };
  out(JSON.stringify(document, undefined, 2));
}
