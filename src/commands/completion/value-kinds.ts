import type { Argument, Option } from 'commander';
import type { NameKind } from './live-names.ts';

/** What the value of an option or argument may be. */
export type ValueKind =
  | { readonly kind: 'names'; readonly names: NameKind }
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  | { readonly kind: 'files' };

/** By the word that stands for the value in the help. */
const kinds: Readonly<Record<string, NameKind | 'files'>> = {
  cluster: 'cluster',
  controller: 'controller',
  file: 'files',
  host: 'host',
  label: 'label',
  role: 'role',
  run: 'run',
  service: 'service',
  target: 'target',
};

/** Where that word says less than the option itself. */
const kindsOfOptions: Readonly<Record<string, NameKind>> = {
  '--controller': 'controller',
  '--host': 'host',
  '--label': 'label',
};

export function kindOfOption({ long, flags, argChoices }: Option): ValueKind | undefined {
  if (argChoices !== undefined) return { kind: 'choices', choices: argChoices };
  const placeholder = /[<[]([\w-]+)/.exec(flags)?.[1] ?? '';
  return named(kindsOfOptions[long ?? ''] ?? kinds[placeholder.toLowerCase()]);
}

/** `jenkins failover <name>`: the description says of what. */
export function kindOfArgument(argument: Argument): ValueKind | undefined {
  if (argument.argChoices !== undefined) return { kind: 'choices', choices: argument.argChoices };
  const word = argument.name() === 'name' ? argument.description : argument.name();
  return named(kinds[word.toLowerCase()]);
}

function named(kind: NameKind | 'files' | undefined): ValueKind | undefined {
  if (kind === undefined) return undefined;
  return kind === 'files' ? { kind } : { kind: 'names', names: kind };
}
