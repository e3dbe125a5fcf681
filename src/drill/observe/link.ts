import type { Clock, Connector, NoAnswer, RemoteHost, SshTarget } from '../../ports.ts';
import { ClusterError } from '../../errors.ts';
import { failed } from '../../health/sight.ts';

/** A connection to one host that is opened again whenever it was lost. */
export interface Link extends AsyncDisposable {
  /** Undefined while there is none. */
  readonly remote: () => RemoteHost | undefined;
  /** Asks over it; undefined while there is none. What shows that it is lost is noticed. */
  readonly ask: <T>(
    question: (remote: RemoteHost) => Promise<T | NoAnswer>,
  ) => Promise<T | NoAnswer | undefined>;
  /** Settles when the first attempt is over. */
  readonly ready: Promise<void>;
}

/** To a host that none of the probes asks for. */
export const noLink: Link = {
  remote: () => undefined,
  ask: () => Promise.resolve(undefined),
  ready: Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

export interface LinkOptions {
  readonly connector: Connector;
  readonly target: SshTarget;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Between two attempts. */
const againMs = 500;

export function createLink(options: LinkOptions): Link {
  const state: { remote: RemoteHost | undefined; trying: Promise<void> } = {
    remote: undefined,
    trying: Promise.resolve(),
  };
  const open = (): void => {
    state.trying = connectAgain(options).then((remote) => {
      state.remote = remote;
    });
  };
  open();
  const { trying: ready } = state;
  const lost = async (remote: RemoteHost): Promise<void> => {
    if (state.remote !== remote || options.signal.aborted) return;
    state.remote = undefined;
    await remote[Symbol.asyncDispose]();
    open();
  };
  return {
    ready,
    remote: () => state.remote,
    ask: async (question) => {
      const { remote } = state;
      if (remote === undefined) return undefined;
      const answer = await question(remote);
      // The service is on the host itself: only the way to the host can be away.
      if (failed(answer) && answer.failure === 'unreachable') await lost(remote);
      return answer;
    },
    [Symbol.asyncDispose]: async () => {
      await state.trying;
      await state.remote?.[Symbol.asyncDispose]();
      state.remote = undefined;
    },
  };
}

/** Undefined when nobody wants it any more. Faults of the host are told by the samples that are missing. */
async function connectAgain(options: LinkOptions): Promise<RemoteHost | undefined> {
  const { connector, target, clock, signal } = options;
  while (!signal.aborted) {
    try {
      return await connector.connect(target, signal);
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
    }
    await clock.sleep(againMs, signal).catch(() => undefined);
  }
  return undefined;
}
