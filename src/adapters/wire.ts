import type { Duplex } from 'node:stream';
import type { Endpoint, NoAnswer } from '../ports.ts';

/** An open TCP connection to a service, as some host sees it. Disposing closes it at once. */
export interface Wire extends Disposable {
  readonly stream: Duplex;
}

/** Opens a wire, or says why not, at the latest when the signal aborts. Never throws. */
export type Dial = (endpoint: Endpoint, signal: AbortSignal) => Promise<Wire | NoAnswer>;

export function noAnswer(failure: NoAnswer['failure'], detail: string): NoAnswer {
  return { failure, detail };
}

export function nameOfEndpoint({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
