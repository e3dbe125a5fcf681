import type { World } from './world.ts';

/** `revive_offers_repetitions`: DECLINE and REVIVE may overtake each other on their way. */
const repetitions = 3;

/**
 * Asks Mesos for offers while something waits to be launched, and to be left alone otherwise, so
 * that other frameworks get them.
 */
export class OfferDemand {
  readonly #world: World;
  #revivesLeft = 0;
  #revivedAt = -Infinity;
  #suppressed = false;

  constructor(world: World) {
    this.#world = world;
  }

  /** A new subscription starts without filters and not suppressed. */
  subscribed(): void {
    this.#suppressed = false;
    this.#revivedAt = this.#world.now();
  }

  /** There is a new reason to look at offers that were declined before. */
  renew(): void {
    this.#revivesLeft = repetitions;
  }

  settle(wanted: boolean): void {
    if (wanted) this.#revive();
    else this.#suppress();
  }

  #revive(): void {
    const { now, options, send } = this.#world;
    const early = now() - this.#revivedAt < options.minReviveOffersMs;
    if (this.#suppressed || (this.#revivesLeft > 0 && !early)) {
      this.#suppressed = false;
      this.#revivesLeft = Math.max(0, this.#revivesLeft - 1);
      this.#revivedAt = now();
      send({ type: 'REVIVE', revive: { roles: [options.mesosRole] } });
    }
  }

  #suppress(): void {
    const { options, send } = this.#world;
    if (this.#suppressed || !options.suppressOffers) return;
    this.#suppressed = true;
    send({ type: 'SUPPRESS', suppress: { roles: [options.mesosRole] } });
  }
}
