import { mkdirSync, rmdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClusterError } from '../../src/errors.ts';
import { newClaim } from '../../src/run/lock/claim.ts';
import { takeLocks, type Locks } from '../../src/run/lock/locks.ts';
import type { Ports, RemoteHost } from '../../src/ports.ts';
import { idle, inTime, initOf } from './after.ts';
import { countOf, each, isFull, publish, seeded } from './figures.ts';
import { startFleet, targetOf, type Fleet } from './fleet.ts';
import { isAt } from './transport-case.ts';
import { operate, portsFor, usualMs } from './operator.ts';
import { buildProgram, recordsOf, type Program } from './program.ts';

const races = isFull ? 1000 : 10;
const doubles = isFull ? 20 : 1;
const freezes = isFull ? 40 : 1;
const budgetMs = isFull ? 3 * 3_600_000 : 200_000;

/** Two seconds of silence stand for the minute of the product. */
const silenceSeconds = 2;
let program: Program;

beforeAll(async () => {
  program = await buildProgram(silenceSeconds);
}, 60_000);

afterAll(() => {
  program[Symbol.dispose]();
});

/** Somebody with connections of their own, who wants the lock and nothing else. */
interface Contender extends AsyncDisposable {
  readonly take: () => Promise<Locks>;
}

async function contender(fleet: Fleet, hosts = ['m1', 'a1']): Promise<Contender> {
  const options = { pace: 'patient', commandMs: usualMs, records: recordsOf(fleet) } as const;
  const ports: Ports = portsFor(['race'], options);
  const remotes = new Map<string, RemoteHost>();
  for (const host of hosts) {
    remotes.set(host, await ports.connector.connect(targetOf(fleet, host)));
  }
  return {
    take: () => {
      const claim = newClaim(ports, { run: ports.randomId(), command: 'race', reason: undefined });
      return takeLocks({ hosts, remotes, ports, claim });
    },
    [Symbol.asyncDispose]: () => ports.connector[Symbol.asyncDispose](),
  };
}

test(
  'of many who want the same hosts at the same time, never two have them',
  async () => {
    await using fleet = await startFleet();
    await using one = await contender(fleet);
    await using two = await contender(fleet);
    await using three = await contender(fleet);
    const contenders = [one, two, three];
    const random = seeded(31);
    const outcomes: string[] = [];
    let doubleHolds = 0;
    /** A folder on each host that only one can make. */
    const inside = fleet.hosts.get('m1')!.machine.path('/fake/critical');
    const race = async ({ take }: Contender): Promise<'held' | 'refused'> => {
      await new Promise((resolve) => setTimeout(resolve, random() * 20));
      let locks: Locks;
      try {
        locks = await take();
      } catch (error) {
        if (error instanceof ClusterError && error.code === 'LOCK_HELD') return 'refused';
        throw error;
      }
      try {
        mkdirSync(inside);
        await new Promise((resolve) => setTimeout(resolve, random() * 20));
        rmdirSync(inside);
      } catch {
        doubleHolds += 1;
      }
      await locks.release(true);
      return 'held';
    };
    for (let number = 0; number < races; number += 1) {
      const ends = await Promise.all(contenders.map(race));
      expect(ends).toContain('held');
      outcomes.push(...ends);
    }
    publish('lock races', { races, ...countOf(outcomes), 'double holds': doubleHolds });
    expect(doubleHolds).toBe(0);
    expect(outcomes).toContain('refused');
  },
  budgetMs,
);

test(
  'two init at the same time: one does the work, the other is refused or finds it done',
  async () => {
    await using reference = await startFleet();
    const options = { pace: 'patient', commandMs: usualMs } as const;
    await operate(initOf(reference), { ...options, records: recordsOf(reference) });
    const state = reference.state();
    const ends = await each(Array.from({ length: doubles }), 1, async () => {
      await using fleet = await startFleet();
      const run = () => operate(initOf(fleet), { ...options, records: recordsOf(fleet) });
      const both = await Promise.all([run(), run()]);
      await idle(fleet);
      expect(both.map(({ exitCode }) => exitCode)).toContain(0);
      for (const { exitCode, stderr } of both) expect([0, 7, 8], stderr).toContain(exitCode);
      expect(fleet.state()).toEqual(state);
      return both.map(({ exitCode }) => `exit ${exitCode}`);
    });
    publish('two init at once', { pairs: doubles, ...countOf(ends.flat()) });
  },
  budgetMs,
);

/** The lock as somebody else gets it, who tries until it is free. */
async function takeWhenFree(one: Contender, withinMs: number): Promise<[Locks, number]> {
  const begin = performance.now();
  for (;;) {
    try {
      return [await one.take(), performance.now() - begin];
    } catch (error) {
      const isLate = performance.now() - begin > withinMs;
      if (isLate || !(error instanceof ClusterError) || error.code !== 'LOCK_HELD') throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

test(
  'a run that was frozen, lost its lock and goes on changes nothing any more',
  async () => {
    const random = seeded(32);
    const wanted = Array.from({ length: freezes }, () => 5 + Math.floor(random() * 70));
    const results = await each(wanted, 2, async (marker) => {
      await using fleet = await startFleet();
      await using other = await contender(fleet);
      const process = program.start(fleet, initOf(fleet));
      await markerReached(fleet, marker);
      process.kill('SIGSTOP');
      const [locks, waitedMs] = await takeWhenFree(other, 60_000);
      const before = fleet.state();
      process.kill('SIGCONT');
      const end = await inTime(process.ended);
      const written = fleet.state().filter((line) => !before.includes(line));
      await locks.release(true);
      return { marker, exitCode: end?.exitCode, waitedMs, written };
    });
    publish('frozen holders', {
      runs: results.length,
      'wrote after the loss': results.filter(({ written }) => written.length > 0).length,
      'longest wait for the lock, s': Math.ceil(
        Math.max(...results.map(({ waitedMs }) => waitedMs)) / 1000,
      ),
      ...countOf(results.map(({ exitCode }) => `exit ${exitCode ?? 'never'}`)),
    });
    expect(results.filter(({ written }) => written.length > 0)).toEqual([]);
    for (const { exitCode } of results) expect([5, 7, 10]).toContain(exitCode);
  },
  budgetMs,
);

test(
  'what was sent under a lock and arrives after its loss changes nothing',
  async () => {
    // On this host the facts are the first command, the lock is the second, then come the stages.
    const results = await each(isFull ? [2, 3, 4, 5] : [2], 1, async (exec) => {
      await using fleet = await startFleet();
      let letGo = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        fleet.onMoment = ({ point, line }) => {
          if (!isAt(point, { host: 'm1', exec, marker: 0 })) return;
          letGo = line.hold();
          resolve();
        };
      });
      const process = program.start(fleet, initOf(fleet));
      await held;
      // With connections that are opened now, past those that are held.
      await using other = await contender(fleet, ['m1']);
      const [locks] = await takeWhenFree(other, 60_000);
      const before = fleet.state().filter((line) => !isPrivate(line));
      process.kill('SIGKILL');
      letGo();
      // What is left then is the command that holds the lock for the other one.
      const { sshd } = fleet.hosts.get('m1')!;
      await expect.poll(() => sshd.running(), { timeout: 20_000 }).toBe(1);
      const written = fleet.state().filter((line) => !before.includes(line));
      await locks.release(true);
      return { exec, written };
    });
    publish('scripts that came after the loss of the lock', {
      runs: results.length,
      'wrote after the loss': results.filter(({ written }) => written.length > 0).length,
    });
    expect(results.filter(({ written }) => written.length > 0)).toEqual([]);
  },
  budgetMs,
);

/** The folder in which a script waits for the rest of itself. */
function isPrivate(line: string): boolean {
  return line.includes(' /run/ci-cluster.');
}

test(
  'after Ctrl-C and after SIGKILL the lock is free as soon as the step that ran has ended',
  async () => {
    for (const [signal, exitCode] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGKILL', -1],
    ] as const) {
      await using fleet = await startFleet();
      await using other = await contender(fleet);
      const process = program.start(fleet, initOf(fleet));
      await markerReached(fleet, 30);
      process.kill(signal);
      expect((await process.ended).exitCode, signal).toBe(exitCode);
      expect(await idle(fleet), signal).toBe(true);
      const locks = await other.take();
      await locks.release(true);
    }
  },
  budgetMs,
);

/** So many lines of all hosts' scripts. */
async function markerReached(fleet: Fleet, count: number): Promise<void> {
  let seen = 0;
  await new Promise<void>((resolve) => {
    fleet.onMoment = ({ point }) => {
      if (point.marker > 0) seen += 1;
      if (seen === count) resolve();
    };
  });
}
