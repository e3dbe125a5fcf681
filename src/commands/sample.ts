import type { Command } from 'commander';
import type { CommandContext } from './context.ts';

export function addSample(program: Command, context: CommandContext): void {
  program
    .command('sample')
    .description('print a commented cluster file')
    .option(
      '--json-schema',
      'print the JSON Schema of the cluster file instead, for editors',
      false,
    )
    .addHelpText('after', '\nExample:\n  ci-cluster sample > cluster.yml\n')
    .action(async ({ jsonSchema }: { readonly jsonSchema: boolean }) => {
      context.out(jsonSchema ? await schemaText() : await sampleText());
    });
}

/** Without the last newline: `out` writes one. */
async function sampleText(): Promise<string> {
  const { sampleFile } = await import('../config/sample.ts');
  return sampleFile().trimEnd();
}

async function schemaText(): Promise<string> {
  const { clusterJsonSchema } = await import('../config/cluster-json-schema.ts');
  return JSON.stringify(clusterJsonSchema(), null, 2);
}
