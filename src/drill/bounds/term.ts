import type { Bound, BoundInput, MomentName } from '../bound.ts';

/** A part of a bound: a time with how it comes about. */
export interface Term {
  /** As it stands in a sum: `X + 2 s`. */
  readonly text: string;
  /** What the letters in it mean. */
  readonly where: readonly string[];
  readonly inputs: readonly BoundInput[];
  readonly softMs: number;
  readonly hardMs: number;
}

/** A time that nothing measured in the cluster changes. */
export function fixed(seconds: number): Term {
  const ms = seconds * 1000;
  return { text: `${seconds} s`, where: [], inputs: [], softMs: ms, hardMs: ms };
}

interface Named {
  readonly inputs: readonly BoundInput[];
  readonly softMs: number;
  readonly hardMs: number;
}

/** A letter: `X = T + tick`. */
export function letter(name: string, meaning: string, { inputs, softMs, hardMs }: Named): Term {
  return { text: name, where: [`${name} = ${meaning}`], inputs, softMs, hardMs };
}

/** The same under a letter of its own, for what builds on it. */
export function called(name: string, term: Term): Term {
  return { ...term, text: name, where: [`${name} = ${term.text}`, ...term.where] };
}

/** Parts that are undefined do not concern this fault. */
export function sum(...parts: readonly (Term | undefined)[]): Term {
  const some = parts.filter((part) => part !== undefined);
  return {
    text: some.map(({ text }) => text).join(' + '),
    ...together(some),
    softMs: some.reduce((all, { softMs }) => all + softMs, 0),
    hardMs: some.reduce((all, { hardMs }) => all + hardMs, 0),
  };
}

/** All of them have to be over. */
export function latest(...parts: readonly (Term | undefined)[]): Term | undefined {
  const some = parts.filter((part) => part !== undefined);
  const texts = [...new Set(some.map(({ text }) => text))];
  if (some.length === 0) return undefined;
  return {
    text: texts.length === 1 ? (texts[0] ?? '') : `max(${texts.join(', ')})`,
    ...together(some),
    softMs: Math.max(...some.map(({ softMs }) => softMs)),
    hardMs: Math.max(...some.map(({ hardMs }) => hardMs)),
  };
}

function together(some: readonly Term[]): Pick<Term, 'where' | 'inputs'> {
  const inputs = new Map(some.flatMap((part) => part.inputs.map((one) => [one.name, one])));
  return { where: [...new Set(some.flatMap(({ where }) => where))], inputs: [...inputs.values()] };
}

export function boundOf(moment: MomentName, from: Bound['from'], term: Term): Bound {
  const formula = [term.text, ...term.where].join('; ');
  const [softMs, hardMs] = [Math.round(term.softMs), Math.round(term.hardMs)];
  return { moment, from, formula, inputs: term.inputs, softMs, hardMs };
}
