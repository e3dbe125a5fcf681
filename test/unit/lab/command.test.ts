import { expect, test } from 'vitest';
import { Command } from 'commander';
import { addLab } from '../../../src/commands/lab.ts';
import type { CommandContext } from '../../../src/commands/context.ts';

/** Only what commander itself refuses: nothing of the lab is loaded for that. */
async function refusal(line: string): Promise<string> {
  const program = new Command().exitOverride();
  const said: string[] = [];
  program.configureOutput({ writeErr: (text) => said.push(text) });
  addLab(program, {} as CommandContext);
  await expect(program.parseAsync(line.split(' '), { from: 'user' })).rejects.toThrow();
  return said.join('');
}

test.each([
  ['lab up --masters 4', '1, 3, 5 or 7: an even number tolerates no more losses.'],
  ['lab up --agents 0', '1 to 30.'],
  ['lab down --name Lab_1', 'lower-case letters, digits and hyphens, at most 20.'],
  ['lab exec', "missing required argument 'command'"],
])('"%s" is refused: %s', async (line, reason) => {
  expect(await refusal(line)).toContain(reason);
});
