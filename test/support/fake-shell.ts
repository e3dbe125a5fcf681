/**
 * Commands of a script of quoted words, as `sh` would take them apart: blanks separate words, newlines
 * commands, and nothing inside single quotes means anything. Anything else is refused.
 */
export function shellCommands(script: string): string[][] {
  const commands: string[][] = [[]];
  let rest = script;
  while (rest !== '') {
    const [match = '', blank, newline] =
      /^( +)|^(\n)|^(?:'[^']*'|\\['\\!]|[\w./-]+)+/.exec(rest) ?? [];
    if (match === '') throw new Error(`sh would not take this as a word: ${rest.slice(0, 60)}`);
    if (newline !== undefined) commands.push([]);
    else if (blank === undefined) commands.at(-1)?.push(unquoted(match));
    rest = rest.slice(match.length);
  }
  return commands.filter((words) => words.length > 0);
}

function unquoted(word: string): string {
  return word.replaceAll(
    /'([^']*)'|\\(['\\!])|([\w./-]+)/g,
    (_match, quoted?: string, escaped?: string, plain?: string) => quoted ?? escaped ?? plain ?? '',
  );
}
