export interface Shared {
  /** Nothing more can be done with it: whoever asks next gets a new one. */
  readonly isLost: () => boolean;
  readonly close: () => Promise<void>;
}

export interface Lease<T> {
  readonly item: T;
  /** Closes the item with its last lease. */
  readonly end: () => Promise<void>;
}

interface Place<T> {
  readonly opening: Promise<T>;
  /** Undefined while it is being opened. */
  item: T | undefined;
  leases: number;
}

/** Opens an item when its key is first asked for; whoever asks meanwhile waits for the same one. */
export class Pool<T extends Shared> {
  readonly #places = new Map<string, Place<T>>();

  async lease(key: string, open: () => Promise<T>): Promise<Lease<T>> {
    const place = this.#usable(key) ?? this.#make(key, open);
    place.leases += 1;
    try {
      place.item = await place.opening;
    } catch (error) {
      this.#forget(key, place);
      throw error;
    }
    return { item: place.item, end: this.#ending(key, place) };
  }

  #usable(key: string): Place<T> | undefined {
    const place = this.#places.get(key);
    return place?.item?.isLost() === true ? undefined : place;
  }

  #make(key: string, open: () => Promise<T>): Place<T> {
    const place: Place<T> = { opening: open(), item: undefined, leases: 0 };
    this.#places.set(key, place);
    return place;
  }

  #ending(key: string, place: Place<T>): () => Promise<void> {
    let isEnded = false;
    return async () => {
      if (isEnded) return;
      isEnded = true;
      place.leases -= 1;
      if (place.leases > 0) return;
      this.#forget(key, place);
      await place.item?.close();
    };
  }

  #forget(key: string, place: Place<T>): void {
    if (this.#places.get(key) === place) this.#places.delete(key);
  }

  async closeAll(): Promise<void> {
    const places = [...this.#places.values()];
    this.#places.clear();
    await Promise.allSettled(places.map(async ({ opening }) => (await opening).close()));
  }
}
