import type { DrainMessage } from '../shared/agent-wire.ts';
import type { Clock } from '../shared/clock.ts';
import type { NewStatus } from './updates.ts';

/** The operator wants this agent empty. It is checkpointed. */
export interface DrainWish {
  readonly maxGraceMs: number | undefined;
  readonly markGone: boolean;
  readonly startMs: number;
}

/** What is kept of a drain while it lasts, and what it does to updates (src/slave/slave.cpp, 1.11). */
export class Drain {
  readonly #clock: Clock;
  readonly #save: (wish: DrainWish | undefined) => void;
  #wish: DrainWish | undefined;

  constructor(parts: {
    clock: Clock;
    save: (wish: DrainWish | undefined) => void;
    wish?: DrainWish | undefined;
  }) {
    this.#clock = parts.clock;
    this.#save = parts.save;
    this.#wish = parts.wish;
  }

  get wish(): DrainWish | undefined {
    return this.#wish;
  }

  /** A second one overwrites the first. */
  begin({ max_grace_period_ms: maxGraceMs, mark_gone: markGone }: DrainMessage): void {
    this.#wish = { maxGraceMs, markGone, startMs: this.#clock.now() };
    this.#save(this.#wish);
  }

  /** The last task is gone and its end acknowledged. */
  end(): void {
    if (this.#wish === undefined) return;
    this.#wish = undefined;
    this.#save(undefined);
  }

  /** The shorter of the operator's bound and the task's own grace. */
  graceMs(ownMs: number): number {
    return Math.min(ownMs, this.#wish?.maxGraceMs ?? ownMs);
  }

  mark(news: NewStatus): NewStatus {
    if (this.#wish === undefined) return news;
    const reason = 'REASON_AGENT_DRAINING';
    if (news.state === 'TASK_KILLING') return { ...news, reason };
    if (news.state !== 'TASK_KILLED') return news;
    const state = this.#wish.markGone ? 'TASK_GONE_BY_OPERATOR' : 'TASK_KILLED';
    return { ...news, state, reason };
  }
}
