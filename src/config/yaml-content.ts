import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type YAMLMap } from 'yaml';
import { type Fault, type Position, show, unprintable } from './fault.ts';

const maxAliases = 100;

/** What YAML allows and a cluster file does not. */
export function contentFaults(
  document: Document.Parsed,
  at: (offset: number) => Position,
): Fault[] {
  const nodes = document.contents === null ? [] : [...everyNode(document.contents)];
  const fault = (node: Node, message: string): Fault => ({
    ...{ path: [], whole: true, message },
    position: at(node.range?.[0] ?? 0),
  });
  const excess = nodes.filter(isAlias)[maxAliases];
  return [
    ...(excess ? [fault(excess, `more than ${String(maxAliases)} aliases (*name)`)] : []),
    ...nodes.flatMap((node) => strangeness(node).map((message) => fault(node, message))),
    ...nodes.filter(isMap).flatMap((map) => badKeys(map).map(([key, why]) => fault(key, why))),
  ];
}

function* everyNode(node: Node): Generator<Node> {
  yield node;
  if (isSeq(node)) for (const item of node.items) yield* everyNode(item as Node);
  if (!isMap(node)) return;
  for (const { key, value } of node.items) {
    yield* everyNode(key as Node);
    if (value !== null) yield* everyNode(value as Node);
  }
}

function strangeness(node: Node): string[] {
  const messages: string[] = [];
  if (!isAlias(node) && node.tag !== undefined) {
    messages.push(`tag ${show(node.tag)}: a cluster file has no tags`);
  }
  if (isScalar(node) && typeof node.value === 'string' && unprintable.test(node.value)) {
    messages.push(`control character in ${show(node.value)}: write plain text on one line`);
  }
  return messages;
}

/** Keys that occur twice, or that would not become ordinary properties of a JavaScript object. */
function badKeys(map: YAMLMap): [Node, string][] {
  const seen = new Set<unknown>();
  const bad: [Node, string][] = [];
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    if (seen.has(key.value)) bad.push([key, `duplicate key ${show(key.value)}`]);
    if (key.value === '__proto__') bad.push([key, 'unknown key "__proto__"']);
    seen.add(key.value);
  }
  return bad;
}
