import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from './context.ts';
import { durationOption } from './durations.ts';
import type { ExecOptions } from './exec-action.ts';

export function addExec(program: Command, context: CommandContext): void {
  program
    .command('exec')
    .description('run one command on many hosts at once')
    .usage('[options] [host...] -- <command...>')
    .argument('[host...]', 'hosts by name; the command stands after --')
    .option('--role <role>', 'all hosts with this role; may be given several times', collect, [])
    .option('--all', 'all hosts', false)
    .option('--root', 'run it as root, by sudo where the login is another user', false)
    .option('--concurrency <number>', 'hosts at once', hostsAtOnce, 32)
    .option(
      '--timeout <time>',
      'ends the command on a host that takes longer',
      durationOption,
      300_000,
    )
    .option('--stdin', 'hand the standard input of this command to every host', false)
    .option('--prefix', 'put the host before each line, instead of a title above them', false)
    .addHelpText(
      'after',
      '\nWords after -- reach the host unchanged; for pipes and variables there:\n' +
        "  $ ci-cluster exec --all -- sh -c 'docker ps | wc -l'\n" +
        '\nExample:\n  $ ci-cluster exec --role mesos-agent --root -- systemctl is-active docker',
    )
    .action(async (words: string[], _options: unknown, command: Command) => {
      const { exec } = await import('./exec-action.ts');
      await exec(command.optsWithGlobals<ExecOptions>(), context, splitWords(words, program));
    });
}

function collect(role: string, roles: readonly string[]): string[] {
  return [...roles, role];
}

function hostsAtOnce(text: string): number {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 500) return number;
  throw new InvalidArgumentError('1 to 500.');
}

/** Commander takes the -- out, so where it stood is asked of the raw words. */
function splitWords(
  words: readonly string[],
  { rawArgs }: Command & { readonly rawArgs?: readonly string[] },
): { readonly hosts: readonly string[]; readonly command: readonly string[] } {
  const at = rawArgs?.indexOf('--') ?? -1;
  const count = at === -1 ? 0 : (rawArgs?.length ?? 0) - at - 1;
  const border = words.length - count;
  return { hosts: words.slice(0, border), command: words.slice(border) };
}
