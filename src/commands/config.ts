import { Option, type Command } from 'commander';
import type { ShowOptions, ValidateOptions } from './config-action.ts';
import type { CommandContext } from './context.ts';

/** Nothing here touches a host. */
export function addConfig(program: Command, context: CommandContext): void {
  const config = program
    .command('config')
    .description('what the cluster file says, and what follows from it')
    .addHelpText('after', '\nExample:\n  $ ci-cluster config show --path hosts.m1');
  addShow(config, context);
  addValidate(config, context);
  addSchema(config, context);
}

function addShow(config: Command, context: CommandContext): void {
  config
    .command('show')
    .description('the cluster file with all defaults, computed values, and no secrets')
    .addOption(new Option('--format <form>', 'form').choices(['yaml', 'json']).default('yaml'))
    .option('--path <path>', 'only this part: hosts.m1, computed.mesos.zk')
    .addHelpText('after', '\nExample:\n  $ ci-cluster config show --path computed.zookeeper')
    .action(async (_options: unknown, command: Command) => {
      const { show } = await import('./config-action.ts');
      await show(command.optsWithGlobals<ShowOptions>(), context);
    });
}

function addValidate(config: Command, context: CommandContext): void {
  config
    .command('validate')
    .description('check the cluster file and what it refers to on this machine')
    .option('--no-secrets', 'do not look whether the secrets can be read')
    .addHelpText('after', '\nExample:\n  $ ci-cluster config validate --no-secrets')
    .action(async (_options: unknown, command: Command) => {
      const { validate } = await import('./config-action.ts');
      await validate(command.optsWithGlobals<ValidateOptions>(), context);
    });
}

function addSchema(config: Command, context: CommandContext): void {
  config
    .command('schema')
    .description('the JSON Schema of the cluster file, for editors')
    .addHelpText('after', '\nExample:\n  $ ci-cluster config schema > cluster.schema.json')
    .action(async () => {
      const { schema } = await import('./config-action.ts');
      schema(context);
    });
}
