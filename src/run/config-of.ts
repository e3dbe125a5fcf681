import type { Caller } from '../ports.ts';

/** Absolute path of the cluster file that the command line names. */
export function configOf({ args, folder }: Pick<Caller, 'args' | 'folder'>): string {
  const path = optionOf(args) ?? 'cluster.yml';
  return path.startsWith('/') ? path : `${folder}/${path.replace(/^(?:\.\/)+/, '')}`;
}

/** The same command line with another cluster file. */
export function withConfig(args: readonly string[], path: string): readonly string[] {
  const index = placeIn(args);
  const found = args[index] ?? '';
  const words = found === '-c' || found === '--config' ? 2 : 1;
  const rest = index === -1 ? args : args.toSpliced(index, words);
  return ['--config', path, ...rest];
}

function optionOf(args: readonly string[]): string | undefined {
  const index = placeIn(args);
  const word = args[index];
  if (word === undefined) return undefined;
  if (word === '-c' || word === '--config') return args[index + 1];
  return word.startsWith('--') ? word.slice('--config='.length) : word.slice(2);
}

/** Words after `--` are somebody else's. */
function placeIn(args: readonly string[]): number {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  return own.findIndex((word) => isShort(word) || isLong(word));
}

/** `-c FILE` and `-cFILE`. */
function isShort(word: string): boolean {
  return word.startsWith('-c');
}

function isLong(word: string): boolean {
  return word === '--config' || word.startsWith('--config=');
}
