import { describe, expect, test } from 'vitest';
import type { MesosClient } from '../../../src/jenkins/cloud/mesos-client.ts';
import { runFlow } from '../../../src/jenkins/cloud/restart-flow.ts';
import { fakeClock, settle } from '../../shared/support/fake-clock.ts';

const client = {} as MesosClient;

interface Scene {
  /** When a connection was tried, in seconds since the start. */
  readonly tries: number[];
  readonly advance: (seconds: number) => Promise<void>;
  readonly over: () => string | undefined;
}

interface Plan {
  /** How long a try takes, and whether it ends well. */
  readonly connect: (attempt: number) => { readonly takesMs: number; readonly fails: boolean };
  readonly livesMs?: number;
}

function scene({ connect, livesMs = 3_600_000 }: Plan): Scene {
  const clock = fakeClock(0);
  const tries: number[] = [];
  const wait = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  let over: string | undefined;
  void runFlow({
    connect: async () => {
      const { takesMs, fails } = connect(tries.length);
      tries.push(clock.now() / 1000);
      if (takesMs > 0) await wait(takesMs);
      if (fails) throw new Error('refused');
      return client;
    },
    run: async () => {
      await wait(livesMs);
      return 'lost';
    },
    retries: { minMs: 1000, maxMs: 30_000, most: 5 },
    clock,
    random: () => 0,
    log: () => undefined,
    signal: new AbortController().signal,
  }).then((reason) => {
    over = reason;
  });
  return { tries, advance: (seconds) => clock.advance(seconds * 1000), over: () => over };
}

describe('the connection to Mesos', () => {
  test('is given up after five retries that fail at once, 31 s in all', async () => {
    const { tries, advance, over } = scene({ connect: () => ({ takesMs: 0, fails: true }) });
    await advance(30.9);
    expect(over()).toBeUndefined();
    await advance(0.2);
    expect(tries).toEqual([0, 1, 3, 7, 15, 31]);
    expect(over()).toBe('refused');
  });

  test('is tried for ever where each try lasts longer than the smallest delay', async () => {
    const { tries, advance, over } = scene({ connect: () => ({ takesMs: 10_000, fails: true }) });
    await advance(3600);
    expect(over()).toBeUndefined();
    expect(tries.slice(0, 4)).toEqual([0, 11, 22, 33]);
    expect(tries.length).toBeGreaterThan(300);
  });

  test('is made anew 3 s after it was lost, however often', async () => {
    const { tries, advance } = scene({
      connect: () => ({ takesMs: 0, fails: false }),
      livesMs: 20_000,
    });
    await advance(23 * 40);
    expect(tries.length).toBe(41);
    expect(tries.slice(0, 3)).toEqual([0, 23, 46]);
  });

  test('is given up when it breaks within 3 s of its making, twenty times', async () => {
    const { tries, advance, over } = scene({
      connect: () => ({ takesMs: 0, fails: false }),
      livesMs: 10,
    });
    await advance(60 * 15);
    await settle();
    expect(tries.length).toBe(21);
    expect(tries[1]).toBeCloseTo(3, 1);
    expect(over()).toBe('lost');
  });

  test('lost once the master is gone, ends with the retries that follow', async () => {
    const { tries, advance, over } = scene({
      connect: (attempt) => ({ takesMs: 0, fails: attempt > 0 }),
      livesMs: 100_000,
    });
    await advance(100 + 3 + 31 + 1);
    expect(tries).toEqual([0, 103, 104, 106, 110, 118, 134]);
    expect(over()).toBe('refused');
  });
});
