import type { Argv } from '../ports.ts';

/**
 * The one place where a list becomes text for a shell. Every word is quoted, harmless ones too:
 * a rule without exceptions cannot have a wrong one.
 */
export function quote(argv: Argv): string {
  return argv.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  if (word.includes('\0')) throw new Error('a command cannot contain a NUL character');
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
