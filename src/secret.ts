/**
 * A value that must never be printed. It travels as this object from the cluster file's reference
 * to the adapter that writes it to a host; only adapters call `reveal` (lint sees to it).
 */
export class Secret {
  readonly #value: string;
  /** Where the value came from, for messages: `file /srv/admin-password`. */
  readonly origin: string;

  constructor(value: string, origin: string) {
    this.#value = value;
    this.origin = origin;
  }

  /** Bytes of the value in UTF-8; the script that receives it must know where it ends. */
  get byteLength(): number {
    return new TextEncoder().encode(this.#value).length;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}
