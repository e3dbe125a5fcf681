import type { Clock } from '../../shared/clock.ts';
import type { BuildStore } from '../builds/build-store.ts';
import type { Cloud } from '../cloud.ts';
import type { Jobs } from '../jobs.ts';
import type { BuildNode, Nodes } from '../nodes.ts';
import type { Queue, QueueItem } from '../queue.ts';
import { freeNode, queueState, type Situation } from './queue-state.ts';

/** Core looks at the queue, at idle nodes and at clouds in turns of seconds besides at every change. */
const turnMs = 1000;

export interface SchedulerParts {
  readonly queue: Queue;
  readonly jobs: Jobs;
  readonly nodes: Nodes;
  readonly builds: BuildStore;
  readonly clock: Clock;
  readonly clouds: () => readonly Cloud[];
  readonly quietingDown: () => boolean;
  /** Takes the item from the queue to that node. */
  readonly begin: (item: QueueItem, node: BuildNode) => void;
  /** Removes a node of a cloud. */
  readonly retire: (node: string) => void;
}

/** Brings items to nodes, asks clouds for nodes that are missing and gives back those that idle. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  #planned = false;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /** The result stops it. */
  start(): () => void {
    const stopListening = this.#parts.nodes.onChange(() => {
      this.soon();
    });
    const stopTurns = this.#parts.clock.every(turnMs, () => {
      this.turn();
    });
    return () => {
      stopListening();
      stopTurns();
    };
  }

  /** Not at once: a change may come in the middle of another turn. */
  soon(): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#parts.clock.after(0, () => {
      this.#planned = false;
      this.turn();
    });
  }

  turn(): void {
    for (const { item } of this.#buildable()) this.#place(item);
    this.#provision();
    this.#retire();
  }

  situation(item: QueueItem): Situation {
    const { jobs, nodes, quietingDown, clock } = this.#parts;
    const config = jobs.get(item.job)?.config;
    return {
      item,
      label: config?.label,
      nodes: nodes.list(),
      quietingDown: quietingDown(),
      blockedBy: config?.concurrent === true ? undefined : this.#blocker(item),
      now: clock.now(),
    };
  }

  #blocker(item: QueueItem): Situation['blockedBy'] {
    const { builds, queue, clock } = this.#parts;
    const running = builds.of(item.job).find(({ result }) => result === undefined);
    if (running !== undefined) return { build: running.number };
    const due = queue.items().filter(({ job, dueAt }) => job === item.job && dueAt <= clock.now());
    return due.length > 0 && due[0]?.id !== item.id ? 'item' : undefined;
  }

  #buildable(): Situation[] {
    if (this.#parts.quietingDown()) return [];
    return this.#parts.queue
      .items()
      .map((item) => this.situation(item))
      .filter((situation) => queueState(situation) === 'buildable');
  }

  /** Looked at anew: the item before it may have taken the node, or started the same job. */
  #place(item: QueueItem): void {
    const situation = this.situation(item);
    const node = queueState(situation) === 'buildable' ? freeNode(situation) : undefined;
    if (node !== undefined) this.#parts.begin(item, node);
  }

  /** One agent for each item that found no node, less those on their way. */
  #provision(): void {
    const waiting = new Map<string, number>();
    for (const { label } of this.#buildable())
      if (label !== undefined) waiting.set(label, (waiting.get(label) ?? 0) + 1);
    for (const [label, items] of waiting) {
      const cloud = this.#parts.clouds().find((one) => one.provides(label));
      if (cloud === undefined) continue;
      const missing = items - cloud.pending(label);
      for (let count = 0; count < missing; count++) cloud.provision(label);
    }
  }

  #retire(): void {
    const { nodes, clock, retire } = this.#parts;
    for (const node of nodes.list()) if (isIdleTooLong(node, clock.now())) retire(node.name);
  }
}

/** Of connected ones only: how long an agent may take to come online is its cloud's business. */
function isIdleTooLong(node: BuildNode, now: number): boolean {
  const { owner, idleMinutes, busy, agent, idleSince } = node;
  if (owner === undefined || idleMinutes === undefined || agent === undefined || busy > 0)
    return false;
  return now - idleSince >= idleMinutes * 60_000;
}
