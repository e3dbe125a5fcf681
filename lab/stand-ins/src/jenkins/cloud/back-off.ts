export interface BackOff {
  readonly minMs: number;
  readonly maxMs: number;
}

/** `BackoffSupervisor.calculateDelay` of Akka 2.6 with the plugin's random factor; `random` is of [0, 1). */
function delayMs({ minMs, maxMs }: BackOff, restarts: number, random: number): number {
  return Math.min(maxMs, minMs * 2 ** restarts) * (1 + random * 0.2);
}

/**
 * Akka's limit of restarts. It counts only those that come within the smallest delay of the start before:
 * whatever took longer to fail than that begins to count anew (`RestartWithBackoffLogic.maxRestartsReached`).
 */
export class RestartLimit {
  readonly #backOff: BackOff;
  readonly #most: number;
  #restarts = 0;

  constructor(backOff: BackOff, most: number) {
    this.#backOff = backOff;
    this.#most = most;
  }

  /** Undefined: no more restarts. */
  next(ranForMs: number, random: number): number | undefined {
    if (ranForMs > this.#backOff.minMs) this.#restarts = 0;
    if (this.#restarts === this.#most) return undefined;
    this.#restarts += 1;
    return delayMs(this.#backOff, this.#restarts - 1, random);
  }
}
