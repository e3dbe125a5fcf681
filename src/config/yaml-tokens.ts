import { type CST, Lexer, type LineCounter, Parser } from 'yaml';

const maxBytes = 1024 * 1024;
/** The deepest entry of a cluster file has six levels; the parser counts about three for each. */
const maxDepth = 60;
/** Some hundred thousand are read in about a second; a file of 500 hosts has twenty thousand. */
const maxTokens = 100_000;

/**
 * The documents of the text as concrete syntax, or why they will not be composed. Depth must be
 * known before: yaml 2.9.1 composes by recursion, and near the end of the stack V8 may abort the
 * process instead of throwing.
 */
export function boundedTokens(
  text: string,
  lineCounter: LineCounter,
  what = 'cluster file',
): CST.Token[] | string {
  if (text.length > maxBytes || new TextEncoder().encode(text).length > maxBytes) {
    return `is larger than 1 MiB, which no ${what} is`;
  }
  const parser = new Parser(lineCounter.addNewLine);
  // What Parser.parse does before its loop: the first line is never announced by the lexer.
  lineCounter.addNewLine(0);
  const documents: CST.Token[] = [];
  let tokens = 0;
  for (const token of new Lexer().lex(text)) {
    for (const document of parser.next(token)) documents.push(document);
    tokens += 1;
    if (parser.stack.length > maxDepth) return `is nested too deeply for a ${what}`;
    if (tokens > maxTokens) return `has too many entries for a ${what}`;
  }
  return [...documents, ...parser.end()];
}
