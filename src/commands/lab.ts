import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { NamedOptions, UpOptions } from './lab-actions.ts';

/** Throw-away hosts on this machine; what they are made of is loaded only when one is asked for. */
export function addLab(program: Command, context: CommandContext): void {
  const lab = program
    .command('lab')
    .description('throw-away hosts on this machine, to try things')
    .addHelpText(
      'after',
      '\nFiles: in /var/lib/ci-cluster-lab, or where CI_CLUSTER_LAB_STATE says.\n' +
        example('lab up --name mine'),
    );
  addUp(lab, context);
  addDown(lab, context);
  addStatus(lab, context);
  addExec(lab, context);
}

function addUp(lab: Command, context: CommandContext): void {
  withName(lab.command('up'))
    .description('start hosts and a registry, then bring the cluster up on them')
    .option('--masters <number>', 'hosts for ZooKeeper, masters and Marathon (default: 3)', odd)
    .option('--agents <number>', 'hosts for builds (default: 2)', count)
    .option('--spare <number>', 'more hosts, to add with add-agent (default: 0)', count)
    .option('--bare', 'hosts without Docker: init installs it')
    .option('--no-init', 'stop when the hosts are up')
    .addHelpText('after', example('lab up --bare --agents 3'))
    .action(async (_options: unknown, command: Command) => {
      const { up } = await import('./lab-actions.ts');
      await up(context, command.optsWithGlobals<UpOptions>());
    });
}

function addDown(lab: Command, context: CommandContext): void {
  withName(lab.command('down'))
    .description('remove the hosts and everything that belongs to them')
    .addHelpText('after', example('lab down'))
    .action(async (_options: unknown, command: Command) => {
      const { down } = await import('./lab-actions.ts');
      await down(context, command.optsWithGlobals<NamedOptions>());
    });
}

function addStatus(lab: Command, context: CommandContext): void {
  withName(lab.command('status'))
    .description('show the hosts, their addresses and where the cluster file is')
    .addHelpText('after', example('lab status'))
    .action(async (_options: unknown, command: Command) => {
      const { status } = await import('./lab-actions.ts');
      await status(context, command.optsWithGlobals<NamedOptions>());
    });
}

function addExec(lab: Command, context: CommandContext): void {
  withName(lab.command('exec'))
    .description("run a ci-cluster command with the lab's cluster file")
    .addHelpText('after', example('lab exec -- status --json'))
    .argument('<command...>', 'command and its options, after --')
    .action(async (args: string[], _options: unknown, command: Command) => {
      const { exec } = await import('./lab-actions.ts');
      await exec(context, command.optsWithGlobals<NamedOptions>(), args);
    });
}

function example(line: string): string {
  return `\nExample:\n  $ ci-cluster ${line}`;
}

function withName(command: Command): Command {
  return command.option('--name <name>', 'which lab; several live side by side', labName, 'lab');
}

/** Part of container names and of the cluster's name. */
function labName(text: string): string {
  if (/^[a-z][a-z0-9-]{0,19}$/.test(text) && !text.endsWith('-')) return text;
  throw new InvalidArgumentError('lower-case letters, digits and hyphens, at most 20.');
}

function odd(text: string): number {
  if (/^[1357]$/.test(text)) return Number(text);
  throw new InvalidArgumentError('1, 3, 5 or 7: an even number tolerates no more losses.');
}

function count(text: string): number {
  const number = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 30) return number;
  throw new InvalidArgumentError('1 to 30.');
}
