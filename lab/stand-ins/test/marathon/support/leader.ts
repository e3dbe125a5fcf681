import { leaderFilter } from '../../../src/marathon/api/leader-filter.ts';
import { startLeading } from '../../../src/marathon/leadership.ts';
import { parseOptions } from '../../../src/marathon/options.ts';
import { serve, type Handler } from '../../../src/shared/http.ts';
import { fakeClock, type FakeClock } from '../../shared/support/fake-clock.ts';
import { MemoryStore } from './world.ts';

export interface Leader {
  /** `host:port`. */
  readonly address: string;
  readonly clock: FakeClock;
  readonly crashes: readonly string[];
  readonly store: MemoryStore;
  readonly close: () => Promise<void>;
}

interface LeaderOptions {
  readonly master: string;
  readonly argv?: readonly string[];
  readonly store?: MemoryStore;
}

/** A leading Marathon on loopback, whose clock stands still unless the test moves it. */
export async function startLeader(options: LeaderOptions): Promise<Leader> {
  const { master, argv = [], store = new MemoryStore() } = options;
  const crashes: string[] = [];
  const ends: (() => void)[] = [];
  const clock = fakeClock();
  const own: { handler?: Handler } = {};
  const timeouts = { connectTimeoutMs: 1000, readTimeoutMs: 1000, pauseMs: 1 };
  const ownHandler = () => own.handler;
  const filter = leaderFilter({ self: 'self', ownHandler, leader: () => undefined, ...timeouts });
  const server = await serve({ host: '127.0.0.1', port: 0 }, filter);
  const address = `127.0.0.1:${server.port}`;
  own.handler = await startLeading({
    options: parseOptions({
      argv: ['--master', master, '--hostname', '127.0.0.1', ...argv],
      env: {},
      hostname: 'h',
      user: 'root',
    }),
    store,
    self: address,
    log: { info: ignore, warning: ignore, error: ignore },
    crash: (reason) => {
      crashes.push(reason);
      for (const end of ends.splice(0)) end();
    },
    atOnce: (end) => ends.push(end),
    abdicate: () => crashes.push('abdicated'),
    clock,
  });
  return { address, clock, crashes, store, close: () => server.close() };
}

function ignore(): void {
  // Looked at through calls and answers only.
}
