import type { Argument, Command, Option } from 'commander';
import { kindOfArgument, kindOfOption, type ValueKind } from './value-kinds.ts';
import type { Candidate } from './live-names.ts';

/** What may stand at the end of a command line. */
export type Completion =
  | { readonly kind: 'candidates'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'value'; readonly of: ValueKind; readonly taken: readonly string[] }
  | { readonly kind: 'nothing' };

/** Where the words before the last one lead. */
interface Place {
  readonly command: Command;
  /** Words that are values of its arguments. */
  readonly taken: readonly string[];
  /** Its value comes next. */
  readonly option: Option | undefined;
  /** Everything after `--`, if that came. */
  readonly rest: readonly string[] | undefined;
}

const nothing: Completion = { kind: 'nothing' };

/** `words` are those after the program's name; the last one is being typed. */
export function completeWords(root: Command, words: readonly string[]): Completion {
  const current = words.at(-1) ?? '';
  const place = placeOf(root, words.slice(0, -1));
  if (place.rest !== undefined) return afterDashes(root, place, [...place.rest, current]);
  if (place.option !== undefined) return valueOf(kindOfOption(place.option), []);
  if (current.startsWith('-')) return optionCandidates(place.command);
  const subcommands = subcommandCandidates(place.command);
  if (subcommands.length > 0) return { kind: 'candidates', candidates: subcommands };
  const argument = argumentAt(place.command, place.taken.length);
  return argument === undefined ? nothing : valueOf(kindOfArgument(argument), place.taken);
}

/** `lab exec -- …` is a command line of its own; what `exec` runs is not ours to know. */
function afterDashes(root: Command, { command }: Place, rest: readonly string[]): Completion {
  return pathOf(command) === 'lab exec' ? completeWords(root, rest) : nothing;
}

function valueOf(kind: ValueKind | undefined, taken: readonly string[]): Completion {
  return kind === undefined ? nothing : { kind: 'value', of: kind, taken };
}

function placeOf(root: Command, words: readonly string[]): Place {
  let place: Place = { command: root, taken: [], option: undefined, rest: undefined };
  for (const [index, word] of words.entries()) {
    if (word === '--') return { ...place, option: undefined, rest: words.slice(index + 1) };
    place = after(place, word);
  }
  return place;
}

/** bash hands `--config=x` over in three words. */
function after(place: Place, word: string): Place {
  if (word === '=') return place;
  if (place.option !== undefined) return { ...place, option: undefined };
  if (word.startsWith('-')) return { ...place, option: optionThatWaits(place.command, word) };
  const sub = place.command.commands.find(
    (one) => one.name() === word || one.aliases().includes(word),
  );
  if (sub !== undefined) return { ...place, command: sub, taken: [] };
  return { ...place, taken: [...place.taken, word] };
}

function optionThatWaits(command: Command, word: string): Option | undefined {
  const option = optionsOf(command).find(({ long, short }) => word === long || word === short);
  return option?.required === true || option?.optional === true ? option : undefined;
}

/** Its own and those of all commands. */
function optionsOf(command: Command): readonly Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

function optionCandidates(command: Command): Completion {
  const candidates = optionsOf(command).flatMap(({ long, description }) =>
    long === undefined ? [] : [{ value: long, description }],
  );
  return { kind: 'candidates', candidates };
}

function subcommandCandidates(command: Command): readonly Candidate[] {
  if (command.commands.length === 0) return [];
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), description: one.description() }));
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const { registeredArguments: all } = command;
  const last = all.at(-1);
  return all[index] ?? (last?.variadic === true ? last : undefined);
}

function pathOf(command: Command): string {
  const above = command.parent === null ? '' : pathOf(command.parent);
  if (command.parent === null) return '';
  return above === '' ? command.name() : `${above} ${command.name()}`;
}
