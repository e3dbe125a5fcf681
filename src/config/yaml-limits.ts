import { Lexer, Parser } from 'yaml';

const maxBytes = 1024 * 1024;
/** The deepest entry of a cluster file has nine levels; the parser counts about two for each. */
const maxDepth = 60;
/** Some hundred thousand would be read in about a second; a file of 500 hosts has some ten thousand. */
const maxTokens = 100_000;

/**
 * Why the text will not be composed, if so. Depth must be known before: yaml 2.9.1 composes by
 * recursion, and near the end of the stack V8 may abort the process instead of throwing.
 */
export function exceedsLimits(text: string): string | undefined {
  if (text.length > maxBytes || new TextEncoder().encode(text).length > maxBytes) {
    return 'is larger than 1 MiB, which no cluster file is';
  }
  const parser = new Parser();
  let tokens = 0;
  for (const token of new Lexer().lex(text)) {
    // The finished parts are not looked at here.
    Array.from(parser.next(token));
    tokens += 1;
    if (parser.stack.length > maxDepth) return 'is nested too deeply for a cluster file';
    if (tokens > maxTokens) return 'has too many entries for a cluster file';
  }
  return undefined;
}
