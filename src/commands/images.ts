import { Option, type Command } from 'commander';
import type { CommandContext } from './context.ts';
import type { ContractOptions } from './images-action.ts';

const kinds = ['controller', 'build-agent', 'mesos-agent'];

export function addImages(program: Command, context: CommandContext): void {
  const images = program
    .command('images')
    .description('what container images must be')
    .addHelpText('after', '\nExample:\n  $ ci-cluster images contract');
  images
    .command('contract')
    .description('run an image on a host and check that it fits its part')
    .argument('[image...]', 'images; those of the cluster file if none is given')
    .addOption(
      new Option('--as <part>', 'part of an image that the cluster file does not name').choices(
        kinds,
      ),
    )
    .option('--host <name>', 'host to run it on; the first Mesos agent if not given')
    .option('--core <version>', 'Jenkins core that build agents must suit')
    .addHelpText(
      'after',
      '\nExample:\n  $ ci-cluster images contract registry.example.com/build-agent:1 --as build-agent',
    )
    .action(async (names: readonly string[], _options: unknown, command: Command) => {
      const { contract } = await import('./images-action.ts');
      await contract(names, command.optsWithGlobals<ContractOptions>(), context);
    });
}
