import type { Host } from '../config/cluster-spec.ts';
import { ClusterError, exitCodeOf, exitCodes } from '../errors.ts';
import type { Argv, Input } from '../ports.ts';
import { execDocuments, execText, exitTable, isGood, type ExecForm } from '../report/exec-text.ts';
import { palette } from '../report/palette.ts';
import { execOnHosts, type HostResult } from '../run/exec-on-hosts.ts';
import { chosenHosts } from './choose-hosts.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';
import { secretsOf } from './secrets-of.ts';

export interface ExecOptions extends GlobalOptions {
  readonly role: readonly string[];
  readonly all: boolean;
  readonly root: boolean;
  readonly concurrency: number;
  readonly timeout: number;
  readonly stdin: boolean;
  readonly prefix: boolean;
}

interface Words {
  readonly hosts: readonly string[];
  readonly command: readonly string[];
}

export async function exec(
  options: ExecOptions,
  context: CommandContext,
  words: Words,
): Promise<void> {
  const results: HostResult[] = [];
  await runClusterCommand({
    name: 'exec',
    options,
    context,
    work: async ({ spec }) => {
      const command = commandOf(words);
      const hosts = demanded(
        chosenHosts(spec, { names: words.hosts, roles: options.role, all: options.all }),
      );
      const mask = context.ports.maskOf(secretsOf(spec));
      const input: Input = options.stdin ? [await context.readStdin()] : [];
      const { root: asRoot, concurrency, timeout: timeoutMs } = options;
      const tell = teller(options, context, formFor(hosts, words, options));
      results.push(
        ...(await execOnHosts(
          { command, hosts, asRoot, concurrency, timeoutMs, input },
          context.ports,
          (result) => {
            tell(masked(result, mask));
          },
        )),
      );
      conclude(results, options, context);
      return {
        exitCode: exitCodeFor(results),
        more: { argv: command, hosts: execDocuments(results, mask) },
        text: () => '',
        verbatim: true,
      };
    },
  });
}

function commandOf({ command, hosts }: Words): Argv {
  const [program, ...rest] = command;
  if (program !== undefined) return [program, ...rest];
  throw new ClusterError('USAGE', 'no command to run: it stands behind --', {
    remedy: `ci-cluster exec ${hosts[0] ?? '--all'} -- uptime`,
  });
}

function demanded(hosts: readonly Host[]): readonly Host[] {
  if (hosts.length > 0) return hosts;
  throw new ClusterError('USAGE', 'no host is chosen', {
    remedy: 'Name hosts, or take --all, or a role that hosts have: --role mesos-agent.',
  });
}

/** Of a single host that was named, the output as it is: it may be meant for a program. */
function formFor(hosts: readonly Host[], words: Words, { prefix }: ExecOptions): ExecForm {
  if (prefix) return 'prefixed';
  return hosts.length === 1 && words.hosts.length === 1 ? 'bare' : 'titled';
}

/** Each host is shown when it has ended; with --json all of them at once. */
function teller(
  { json, color }: ExecOptions,
  { out, err, terminal }: CommandContext,
  form: ExecForm,
): (result: HostResult) => void {
  const paint = palette(terminal.colour && color);
  return (result) => {
    if (json) return;
    const text = execText(result, form, paint);
    if (text.out.length > 0) out(text.out.join('\n'));
    if (text.err.length > 0) err(text.err.join('\n'));
  };
}

function masked(result: HostResult, mask: (text: string) => string): HostResult {
  if (result.kind === 'failed') return result;
  const { ran } = result;
  return { ...result, ran: { ...ran, stdout: mask(ran.stdout), stderr: mask(ran.stderr) } };
}

/** Where not all went well: every host on one line, and what to do about those that were not asked. */
function conclude(
  results: readonly HostResult[],
  { json, color }: ExecOptions,
  { err, terminal }: CommandContext,
): void {
  if (json || results.every(isGood)) return;
  const paint = palette(terminal.colour && color);
  const bad = results.filter((result) => !isGood(result)).length;
  err(`${paint.red('✘')} not done on ${bad} of ${results.length} hosts`);
  err(
    exitTable(results, paint)
      .map((line) => `  ${line}`)
      .join('\n'),
  );
  const remedies = results.flatMap((result) =>
    result.kind === 'failed' ? [result.error.remedy] : [],
  );
  for (const remedy of new Set(remedies)) err(`  ${paint.cyan('→')} ${remedy}`);
}

function exitCodeFor(results: readonly HostResult[]): number {
  const parts = results.flatMap((result) => {
    if (isGood(result)) return [];
    return result.kind === 'failed' ? [exitCodeOf(result.error)] : [exitCodes.STEP_FAILED];
  });
  const first = [exitCodes.INTERRUPTED, exitCodes.RESULT_UNKNOWN, exitCodes.STEP_FAILED].find(
    (code) => parts.includes(code),
  );
  return first ?? parts[0] ?? 0;
}
