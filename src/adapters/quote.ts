import type { Argv } from '../ports.ts';

/**
 * The one place where a list becomes text for a shell. Every word is quoted, harmless ones too:
 * a rule without exceptions cannot have a wrong one.
 */
export function quote(argv: Argv): string {
  return argv.map(quoteWord).join(' ');
}

/**
 * The text that sshd hands to the login shell of a user, whichever that is. csh and tcsh cannot read
 * a newline inside quotes, so a command that has one travels in a form without and is unpacked by `sh`.
 */
export function commandLine(argv: Argv): string {
  const text = quote(argv);
  if (!text.includes('\n')) return text;
  const packed = text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
  return quote(['sh', '-c', 'eval "exec $(printf %b "$1")"', 'sh', packed]);
}

/**
 * sh, bash, zsh, fish and csh agree on what stands in single quotes, but for three characters: fish
 * (3.6) reads `\\` and `\'` there, csh (tcsh 6.24) expands `!`. Behind a backslash outside of quotes
 * each of the three is itself for all of them.
 */
function quoteWord(word: string): string {
  if (word.includes('\0')) throw new Error('a command cannot contain a NUL character');
  if (word === '') return "''";
  return word.replaceAll(/[^'\\!]+|['\\!]/g, (part) =>
    /^['\\!]$/.test(part) ? `\\${part}` : `'${part}'`,
  );
}
