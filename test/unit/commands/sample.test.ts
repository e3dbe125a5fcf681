import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { CommandContext } from '../../../src/commands/context.ts';
import { addSample } from '../../../src/commands/sample.ts';
import { parseCluster } from '../../../src/config/parse-cluster.ts';

/** Only what the command may use of the world: stdout. */
async function run(...args: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const context = { out: (text: string) => printed.push(text) } as unknown as CommandContext;
  const program = new Command().exitOverride().configureOutput({
    writeOut: (text) => printed.push(text),
  });
  addSample(program, context);
  await program.parseAsync(args, { from: 'user' }).catch(() => undefined);
  return printed.join('\n');
}

test('sample prints a cluster file that ci-cluster accepts', async () => {
  const text = await run('sample');
  expect(text).toMatch(/^# Cluster file of ci-cluster/);
  expect(parseCluster(text, { path: 'cluster.yml', home: '/home/ops' }).name).toBe('ci');
});

test('sample --json-schema prints a JSON Schema', async () => {
  const schema: unknown = JSON.parse(await run('sample', '--json-schema'));
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
});

test('the help of sample shows what to type', async () => {
  expect(await run('sample', '--help')).toContain('ci-cluster sample > cluster.yml');
});
