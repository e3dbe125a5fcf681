import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { spawnSync } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { createClock } from '../../../../src/adapters/clock.ts';
import { localHost } from '../../../../src/adapters/local-host.ts';
import type { ClusterSpec } from '../../../../src/config/cluster-spec.ts';
import { watchFromInside } from '../../../../src/drill/observe/inside.ts';
import type { Sample, Seen } from '../../../../src/drill/sample.ts';
import { clusterFile, specOf } from '../../../support/cluster-file.ts';
import { templates } from '../../../support/fake-ports.ts';

const hasPerl = spawnSync('perl', ['-e', 'use Socket; use Errno; use Fcntl;']).status === 0;
const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  sockets.forEach((socket) => socket.destroy());
  servers.splice(0).forEach((server) => server.close());
});

/** Answers each connection with the text, or never. */
async function server(answer: (() => string) | undefined): Promise<number> {
  const made = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (answer !== undefined) socket.end(answer());
    });
  });
  servers.push(made);
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return (made.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const port = await server(undefined);
  await new Promise((resolve) => servers.pop()!.close(resolve));
  return port;
}

const ports = { zookeeper: 0, mesos: 0, marathon: 0 };

/** One host with all roles, that is this machine. */
async function specAt(at: typeof ports): Promise<ClusterSpec> {
  const spec = await specOf(clusterFile({ masters: 1, agents: 0 }));
  const [host] = spec.hosts;
  return {
    ...spec,
    hosts: [{ ...host!, address: '127.0.0.1' }],
    zookeeper: { ...spec.zookeeper, clientPort: at.zookeeper },
    mesos: { ...spec.mesos, masterPort: at.mesos },
    marathon: { ...spec.marathon, port: at.marathon },
  };
}

interface Watched {
  readonly samples: readonly Sample[];
  readonly offsets: readonly { readonly offsetMs: number; readonly errorMs: number }[];
  readonly ended: string | undefined;
}

/** Watches until enough was seen, and stops it. */
async function watched(at: typeof ports, enough: (samples: readonly Sample[]) => boolean) {
  const spec = await specAt(at);
  const end = new AbortController();
  const samples: Sample[] = [];
  const clock = createClock();
  const inside = watchFromInside({
    ...{ spec, host: spec.hosts[0]!, remote: localHost('m1'), ports: { clock, templates } },
    ...{ begin: clock.now(), lifeMs: 20_000, signal: end.signal },
    write: (sample) => samples.push(sample),
  });
  await inside.ready;
  await expect.poll(() => enough(samples), { interval: 20, timeout: 20_000 }).toBe(true);
  end.abort();
  const ended = await inside.ended;
  return { samples, offsets: inside.offsets(), ended } satisfies Watched;
}

function of(samples: readonly Sample[], probe: Seen['probe']) {
  return samples.filter(({ seen }) => seen.probe === probe);
}

const srvr = 'Zookeeper version: 3.8.0\nZxid: 0x300000002\nMode: leader\nNode count: 5\n';
const info = (head: string) =>
  `HTTP/1.1 200 OK\r\n${head}Connection: close\r\n\r\n` +
  '{"name":"marathon","elected":true,"leader":"127.0.0.1:8080","frameworkId":"F-1","more":{}}';

test.skipIf(!hasPerl)(
  'the sampler on a host sees all servers and ends with its input',
  async () => {
    const at = {
      zookeeper: await server(() => srvr),
      mesos: await server(() => 'HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\n\r\n'),
      marathon: await server(() => info('X-Marathon-Via: 1.1 10.0.0.9:8080\r\n')),
    };
    const { samples, offsets, ended } = await watched(at, (all) => all.length >= 30);
    expect(ended).toBeUndefined();
    expect(of(samples, 'zookeeper')[0]!.seen).toMatchObject({
      host: 'm1',
      mode: 'leader',
      epoch: 3,
    });
    expect(of(samples, 'mesos')[0]!.seen).toMatchObject({ host: 'm1', status: 307 });
    expect(of(samples, 'marathon')[0]!.seen).toMatchObject({
      ...{ host: 'm1', leader: 'm1', elected: false, frameworkId: 'F-1' },
    });
    expect(new Set(samples.map(({ from }) => from))).toEqual(new Set(['m1']));
    expect(offsets).toHaveLength(2);
    // In the order of their questions, whatever came back first.
    for (const probe of ['zookeeper', 'mesos', 'marathon'] as const) {
      const times = of(samples, probe).map((sample) => sample.at);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
    }
  },
);

test.skipIf(!hasPerl)('a server that is frozen or gone holds up no other question', async () => {
  const at = {
    zookeeper: await server(undefined),
    mesos: await closedPort(),
    marathon: await server(() => info('')),
  };
  const isEnough = (all: readonly Sample[]) => of(all, 'zookeeper').length >= 5;
  const { samples } = await watched(at, isEnough);
  of(samples, 'zookeeper').forEach(({ seen, tookMs }) => {
    expect(seen).toMatchObject({ mode: undefined, error: 'timeout' });
    expect(tookMs).toBeGreaterThanOrEqual(1000);
  });
  expect(of(samples, 'mesos')[0]!.seen).toMatchObject({ status: undefined, error: 'refused' });
  expect(of(samples, 'marathon')[0]!.seen).toMatchObject({ elected: true, error: undefined });
  // While the first question to the frozen one was open, the others got their answers.
  const first = of(samples, 'zookeeper')[0]!.at;
  const meanwhile = of(samples, 'marathon').filter(({ at }) => at >= first && at < first + 1000);
  expect(meanwhile.length).toBeGreaterThan(0);
});

test.skipIf(!hasPerl)('a broken script is told with what perl says', async () => {
  const spec = await specAt(ports);
  const clock = createClock();
  const inside = watchFromInside({
    ...{ spec, host: spec.hosts[0]!, remote: localHost('m1') },
    ports: { clock, templates: { 'remote/drill-watch.pl': 'nonsense(' } },
    ...{ begin: 0, lifeMs: 20_000, signal: new AbortController().signal, write: () => undefined },
  });
  await inside.ready;
  expect(await inside.ended).toMatch(/^ended with \d+: syntax error/);
});
