import { ClusterError } from '../../errors.ts';
import type { Endpoint, ZookeeperSession } from '../../ports.ts';
import type { Link } from './link.ts';
import { lookMs } from './probe.ts';

/** A session with one member, opened again when it was lost. */
export interface MemberSession extends AsyncDisposable {
  /** The session, or nothing while there is none; asking for it opens one. */
  readonly current: () => ZookeeperSession | undefined;
  /** It failed once: it is not used again. */
  readonly drop: (session: ZookeeperSession) => void;
}

/** A member without a quorum hangs up at once; asked for ten times a second, that is soon noticed to be over. */
export function createMemberSession(link: Link, endpoint: Endpoint): MemberSession {
  const state: { session: ZookeeperSession | undefined; opening: Promise<void> | undefined } = {
    session: undefined,
    opening: undefined,
  };
  const open = async (): Promise<void> => {
    try {
      state.session = await link.remote()?.zookeeper(endpoint, lookMs);
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
    } finally {
      state.opening = undefined;
    }
  };
  return {
    current: () => {
      if (state.session === undefined) state.opening ??= open();
      return state.session;
    },
    drop: (session) => {
      if (state.session === session) state.session = undefined;
      void session[Symbol.asyncDispose]();
    },
    [Symbol.asyncDispose]: async () => {
      await state.opening;
      await state.session?.[Symbol.asyncDispose]();
    },
  };
}
