import { expect, test } from 'vitest';
import type { Host } from '../../../../src/config/cluster-spec.ts';
import { ClusterError } from '../../../../src/errors.ts';
import type { Ports, Ran, RunOptions } from '../../../../src/ports.ts';
import { followLogs } from '../../../../src/run/logs/follow-logs.ts';
import type { LogSource } from '../../../../src/run/logs/source.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { fakeHost } from '../../../support/fake-host.ts';
import { templates } from '../../../support/fake-ports.ts';

const t = (second: number): string => `2026-03-02T22:00:0${second}.000000000Z`;

function source(host: string, name = 'zookeeper'): LogSource {
  const target = { name: host, ssh: { host } } as Host;
  return { host: target, service: name, kind: 'container', name: `ci-${name}` };
}

type Turn = (say: (line: string) => void, argv: readonly string[]) => Ran | ClusterError | 'stays';

/** Each host has its turns, one for every time that it is asked; after the last one all is stopped. */
async function follow(turns: Readonly<Record<string, readonly Turn[]>>) {
  const end = new AbortController();
  const clock = fakeClock();
  const left = new Map(Object.entries(turns).map(([host, all]) => [host, [...all]]));
  const shown: string[] = [];
  const notes: string[] = [];
  const sources = Object.keys(turns).map((host) => source(host));
  const connector = {
    connect: ({ host }: { host: string }) => {
      const remote = fakeHost({ name: host });
      const run = async (argv: readonly string[], { onLine }: RunOptions): Promise<Ran> => {
        const turn = left.get(host)?.shift();
        const result = turn?.((line) => onLine?.(line), argv) ?? 'stays';
        if (result instanceof ClusterError) throw result;
        if (result !== 'stays') return result;
        // One turn of the event loop for the others, then Ctrl-C.
        await new Promise(setImmediate);
        end.abort();
        throw new ClusterError('INTERRUPTED', 'interrupted', { remedy: 'again' });
      };
      return Promise.resolve({ ...remote, run });
    },
  } as unknown as Ports['connector'];
  const ports = { connector, clock, templates, signal: end.signal } as unknown as Ports;
  await followLogs({
    sources,
    range: { tail: 10, since: undefined, text: undefined },
    ports,
    viewer: {
      line: ({ source: { host }, text }) => shown.push(`${host.name} ${text}`),
      note: (text) => notes.push(text),
    },
  });
  return { shown, notes, waitedMs: clock.now() };
}

function lost(host: string): ClusterError {
  return new ClusterError('RESULT_UNKNOWN', `lost ${host}`, { host, remedy: 'again' });
}

test('lines of several hosts that come together are shown in the order of their times', async () => {
  const { shown } = await follow({
    m1: [
      (say) => {
        say(`0\t${t(1)} first`);
        say(`0\t${t(3)} third`);
        return 'stays';
      },
    ],
    m2: [
      (say) => {
        say(`0\t${t(2)} second`);
        return 'stays';
      },
    ],
  });
  expect(shown).toEqual(['m1 first', 'm2 second', 'm1 third']);
});

test('a lost host is asked again from where it was left, and no line is shown twice', async () => {
  const asked: string[] = [];
  const { shown, notes } = await follow({
    m1: [
      (say) => {
        say(`0\t${t(1)} one`);
        say(`0\t${t(1)} same moment`);
        return lost('m1');
      },
      (say, argv) => {
        asked.push(argv.slice(5).join(' '));
        for (const text of ['one', 'same moment', 'more of it']) say(`0\t${t(1)} ${text}`);
        say(`0\t${t(2)} two`);
        return 'stays';
      },
    ],
  });
  expect(shown).toEqual(['m1 one', 'm1 same moment', 'm1 more of it', 'm1 two']);
  expect(asked).toEqual([`follow all 0  0 container ci-zookeeper ${t(1)}`]);
  expect(notes).toEqual(['lost m1; again in 2 s']);
});

test('the pauses grow while a host stays away, and begin anew once it has answered', async () => {
  const { notes } = await follow({
    m1: [
      ...Array.from({ length: 6 }, () => () => lost('m1')),
      (say) => {
        say(`0\t${t(1)} one`);
        return lost('m1');
      },
    ],
  });
  expect(notes.map((note) => note.replace(/.* in /, ''))).toEqual([
    '2 s',
    '4 s',
    '8 s',
    '16 s',
    '30 s',
    '30 s',
    '2 s',
  ]);
});

test('a host that refuses us is given up; the others go on, and without any it ends with the fault', async () => {
  const refused = new ClusterError('AUTH_REFUSED', 'm1 refuses ops', { remedy: 'key' });
  const { shown, notes } = await follow({
    m1: [() => refused],
    m2: [
      (say) => {
        say(`0\t${t(1)} one`);
        return 'stays';
      },
    ],
  });
  expect(shown).toEqual(['m2 one']);
  expect(notes).toEqual(['m1 refuses ops; this host is not followed any more']);
  await expect(follow({ m1: [() => refused] })).rejects.toBe(refused);
});

test('what happens to a container is told', async () => {
  const { notes } = await follow({
    m1: [
      (say) => {
        for (const what of ['absent', 'started', 'restarted', 'replaced']) say(`!\t0\t${what}`);
        say('Error response from daemon: no such driver');
        return 'stays';
      },
    ],
  });
  expect(notes).toEqual([
    'm1 zookeeper is not there; waiting for it',
    'm1 zookeeper has started',
    'm1 zookeeper was restarted',
    'm1 zookeeper was replaced by another container',
    'm1: Error response from daemon: no such driver',
  ]);
});

test('more lines than may be held are shown at once', async () => {
  const { shown } = await follow({
    m1: [
      (say) => {
        for (let index = 0; index < 10_000; index += 1) say(`0\t${t(1)} ${index}`);
        return 'stays';
      },
    ],
  });
  expect(shown).toHaveLength(10_000);
  expect(shown.at(-1)).toBe('m1 9999');
});
