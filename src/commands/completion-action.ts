import type { Command } from 'commander';
import { localPath } from '../config/local-path.ts';
import { namesInFile } from '../config/names-in-file.ts';
import { completeWords, type Completion } from './completion/complete-words.ts';
import { candidatesOf, type Candidate, type LiveNames } from './completion/live-names.ts';
import type { Shell } from './completion.ts';
import type { CommandContext } from './context.ts';

export function completionScript(shell: Shell, { ports, out }: CommandContext): void {
  out((ports.templates[`completion/ci-cluster.${shell}`] ?? '').trimEnd());
}

/**
 * Prints a line for each candidate: the word, a tab, what it is. `:files` stands for the names of
 * files. Whatever goes wrong shows as nothing to choose from: this runs at a press of a key.
 */
export async function complete(
  root: Command,
  context: CommandContext,
  words: readonly string[],
): Promise<void> {
  try {
    const current = (words.at(-1) ?? '').replace(/^=$/, '');
    const lines = await linesFor(root, context, [...words.slice(0, -1), current]);
    if (lines.length > 0) context.out(lines.join('\n'));
  } catch {
    // Nothing to choose from.
  }
}

async function linesFor(
  root: Command,
  context: CommandContext,
  words: readonly string[],
): Promise<readonly string[]> {
  const { head, tail } = splitAssignment(words);
  const completion = completeWords(root, head);
  if (completion.kind === 'value' && completion.of.kind === 'files') return [':files'];
  const current = head.at(-1) ?? '';
  return (await candidates(completion, context, words))
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, description }) => `${tail}${value}\t${description.split('\n')[0] ?? ''}`);
}

/** zsh and fish leave `--config=x` in one word, and want it back in one. */
function splitAssignment(words: readonly string[]): {
  readonly head: readonly string[];
  readonly tail: string;
} {
  const [, option, value] = /^(--[\w-]+)=(.*)$/.exec(words.at(-1) ?? '') ?? [];
  if (option === undefined || value === undefined) return { head: words, tail: '' };
  return { head: [...words.slice(0, -1), option, value], tail: `${option}=` };
}

async function candidates(
  completion: Completion,
  context: CommandContext,
  words: readonly string[],
): Promise<readonly Candidate[]> {
  if (completion.kind === 'nothing') return [];
  if (completion.kind === 'candidates') return completion.candidates;
  const { of, taken } = completion;
  if (of.kind === 'files') return [];
  if (of.kind === 'choices') return of.choices.map((value) => ({ value, description: '' }));
  const names = await liveNames(context, words);
  return candidatesOf(of.names, names).filter(({ value }) => !taken.includes(value));
}

/** From the cluster file that the command line names, and from the records of earlier runs. */
async function liveNames(
  { ports, home }: CommandContext,
  words: readonly string[],
): Promise<LiveNames> {
  const path = localPath(configOf(words), { path: '', home });
  // Roles and services have names without any file.
  const names = namesInFile(await ports.files.read(path).catch(() => ''));
  return { ...names, runs: await runsOf(ports, names.cluster) };
}

async function runsOf(
  { journal }: CommandContext['ports'],
  cluster: string | undefined,
): Promise<readonly string[]> {
  if (cluster === undefined) return [];
  const records = await journal.list();
  return records
    .filter(({ folder }) => folder.startsWith(`${cluster}-`))
    .map(({ name }) => name)
    .toSorted();
}

function configOf(words: readonly string[]): string {
  for (const [index, word] of words.entries()) {
    const [, value] = /^(?:--config=|-c(?=.))(.+)$/.exec(word) ?? [];
    if (value !== undefined) return value;
    const next = words[index + 1] === '=' ? words[index + 2] : words[index + 1];
    if ((word === '-c' || word === '--config') && next !== undefined) return next;
  }
  return 'cluster.yml';
}
