import type { BuildNode } from '../nodes.ts';
import type { QueueItem } from '../queue.ts';

/** What decides about one item, at one moment. */
export interface Situation {
  readonly item: QueueItem;
  readonly label: string | undefined;
  readonly nodes: readonly BuildNode[];
  readonly quietingDown: boolean;
  /** A build of the same job that has to end first, or an item of it that is before this one. */
  readonly blockedBy: { readonly build: number } | 'item' | undefined;
  readonly now: number;
}

export type QueueState = 'waiting' | 'blocked' | 'buildable';

export function queueState({ item, blockedBy, now }: Situation): QueueState {
  if (item.dueAt > now) return 'waiting';
  return blockedBy === undefined ? 'buildable' : 'blocked';
}

/** Nodes that have this label, which is a label or a node's own name. */
function nodesOf(label: string, nodes: readonly BuildNode[]): readonly BuildNode[] {
  return nodes.filter((node) => node.name === label || node.labels.includes(label));
}

/** Where the item may start now. */
export function freeNode({ label, nodes }: Situation): BuildNode | undefined {
  const able =
    label === undefined ? nodes.filter(({ mode }) => mode === 'NORMAL') : nodesOf(label, nodes);
  return able.find(isFree);
}

function isFree({ online, accepting, busy, executors }: BuildNode): boolean {
  return online && accepting && busy < executors;
}

/** No executor that is online could ever take it (`BuildableItem.isStuck`). */
export function isStuck({ label, nodes }: Situation): boolean {
  return label !== undefined && !nodesOf(label, nodes).some(({ online }) => online);
}

/**
 * Why an item waits, in the words of core (`hudson/model/Messages.properties`,
 * `Queue.BuildableItem.getCauseOfBlockage`, core 2.5xx).
 */
export function why(situation: Situation): string {
  const state = queueState(situation);
  const { item, now, blockedBy, quietingDown } = situation;
  if (state === 'waiting') {
    return `In the quiet period. Expires in ${((item.dueAt - now) / 1000).toFixed(1)} sec`;
  }
  if (state === 'blocked') return whyBlocked(blockedBy);
  return quietingDown ? 'Jenkins is about to shut down' : whyBuildable(situation);
}

function whyBlocked(by: Situation['blockedBy']): string {
  return typeof by === 'object'
    ? `Build #${by.build} is already in progress`
    : 'A build is already in progress';
}

function whyBuildable({ label, nodes }: Situation): string {
  const waiting = 'Waiting for next available executor';
  // Core: with no nodes at all it is "pointless to talk about" them, whatever label the job has.
  if (label === undefined || nodes.length === 0) return waiting;
  const able = nodesOf(label, nodes);
  const [first] = able;
  const name = able.length === 1 && first !== undefined ? first.name : label;
  if (able.some(({ online }) => online)) return `${waiting} on ‘${name}’`;
  if (able.length === 0) return `There are no nodes with the label ‘${label}’`;
  return able.length === 1 ? `‘${name}’ is offline` : `All nodes of label ‘${label}’ are offline`;
}
