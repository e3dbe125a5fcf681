import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { addEmptyingOptions } from './emptying-options.ts';
import type { AddOptions } from './new-hosts.ts';

export function addAddAgent(program: Command, context: CommandContext): void {
  const command = program
    .command('add-agent')
    .description('bring Mesos agents in, or give one that gets no work its work back')
    .argument('<host...>', 'HOST=ADDRESS, or HOST where the cluster file has it')
    .option('--address <address>', 'of one new host')
    .option('--attributes <list>', 'of new hosts, like "rack:b;disk:ssd"')
    .option('--resources <list>', 'of new hosts, like "cpus:4;memory:8GiB"')
    .option('--ssh-address <address>', 'where to connect to, if not to the address')
    .option('--ssh-user <name>', 'login, if not that of the cluster file')
    .option('--ssh-port <port>', 'port of sshd, if not that of the cluster file')
    .option('--ssh-identity-file <file>', 'private key, if not that of the cluster file')
    .option('--ssh-host-key <key>', 'the only host key that is accepted')
    .option('--skip-unreachable', 'go on without other hosts that do not answer', false)
    .option('--no-trial', 'do not end with a task on each new host');
  addEmptyingOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  $ ci-cluster add-agent a3=10.0.0.23 a4=10.0.0.24 --attributes rack:b\n  $ ci-cluster add-agent a3 --yes',
    )
    .action(async (hosts: string[], _options: unknown, self: Command) => {
      const { addAgent } = await import('./add-agent-action.ts');
      await addAgent(hosts, self.optsWithGlobals<AddOptions>(), context);
    });
}
