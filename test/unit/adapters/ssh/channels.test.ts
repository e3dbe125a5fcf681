import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createConnector } from '../../../../src/adapters/ssh.ts';
import type { SshTiming } from '../../../../src/adapters/ssh/timing.ts';
import type { Endpoint, RemoteHost } from '../../../../src/ports.ts';
import { startServices } from '../../../support/services.ts';
import { createHome } from '../../../support/ssh-keys.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { startSshServer } from '../../../support/ssh-server.ts';
import type { SshServer, SshServerOptions } from '../../../support/ssh-server.ts';

const home = createHome(tempFolder());

interface World {
  readonly server: SshServer;
  readonly host: RemoteHost;
}

async function withHost(
  options: SshServerOptions,
  timing: Partial<SshTiming>,
  act: (world: World) => Promise<void>,
): Promise<void> {
  await using server = await startSshServer(options);
  home.trust(server.port, server.hostKey);
  await using connector = createConnector({ timing });
  await using host = await connector.connect(home.target(server.port));
  await act({ server, host });
}

async function runMany(host: RemoteHost, count: number): Promise<readonly string[]> {
  const numbers = Array.from({ length: count }, (_, i) => String(i));
  const rans = await Promise.all(
    numbers.map((number) => host.run(['echo', number], { deadlineMs: 10_000 })),
  );
  expect(rans.map((ran) => ran.stdout.trim())).toEqual(numbers);
  return numbers;
}

test('many commands at once share one connection and at most 8 sessions', async () => {
  await withHost({}, {}, async ({ server, host }) => {
    await runMany(host, 24);
    expect(server.seen).toMatchObject({ connections: 1, authAttempts: 2, sessionsAtOnce: 8 });
  });
});

test('a host that allows fewer sessions gets fewer, and every command runs once', async () => {
  await withHost({ maxSessions: 3 }, {}, async ({ server, host }) => {
    await runMany(host, 12);
    expect(server.seen.sessionsAtOnce).toBe(3);
    expect(server.seen.commands).toHaveLength(12);
  });
});

test('a command that finds no free session before its deadline was not started', async () => {
  await withHost({}, { sessionsPerHost: 1 }, async ({ server, host }) => {
    const first = host.run(['sh', '-c', 'read line'], {
      deadlineMs: 5000,
      input: [],
      onLine: () => undefined,
    });
    const second = host.run(['echo', 'two'], { deadlineMs: 100 });
    await expect(second).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    expect(server.seen.commands).toHaveLength(1);
    await host[Symbol.asyncDispose]();
    await expect(first).rejects.toMatchObject({ code: 'RESULT_UNKNOWN' });
  });
});

test('probes do not wait for commands, and have a limit of their own', async () => {
  await using services = await startServices();
  await withHost({}, { forwardsPerHost: 4 }, async ({ server, host }) => {
    const running = host.run(['sleep', '0.3'], { deadlineMs: 5000 });
    const request = { ...services.web, method: 'GET', path: '/', deadlineMs: 5000 } as const;
    const answers = await Promise.all(Array.from({ length: 20 }, () => host.http(request)));
    expect(answers.filter((answer) => 'status' in answer)).toHaveLength(20);
    expect(server.seen).toMatchObject({ connections: 1, forwardsAtOnce: 4 });
    await running;
  });
});

test('a probe that times out gives its channel back', async () => {
  await using services = await startServices();
  await withHost({}, { forwardsPerHost: 1 }, async ({ host }) => {
    const request = { method: 'GET', path: '/' } as const;
    await host.http({ ...request, ...services.silent, deadlineMs: 30 });
    const answer = await host.http({ ...request, ...services.web, deadlineMs: 5000 });
    expect(answer).toMatchObject({ status: 200 });
  });
});

test('a command text of sudo is made only where it is needed', async () => {
  const onExec: SshServerOptions['onExec'] = (channel) => {
    channel.exit(0);
    channel.close();
  };
  await using server = await startSshServer({ onExec });
  home.trust(server.port, server.hostKey);
  await using connector = createConnector();
  for (const user of ['ops', 'root']) {
    await using host = await connector.connect(home.target(server.port, { user }));
    await host.run(['id'], { deadlineMs: 5000, asRoot: true });
    await host.run(['id'], { deadlineMs: 5000 });
  }
  expect(server.seen.commands).toEqual([
    "'env' 'LC_ALL=C' 'sudo' '-n' '--' 'id'",
    "'id'",
    "'id'",
    "'id'",
  ]);
});

test('sudo that wants a password is named', async () => {
  const onExec: SshServerOptions['onExec'] = (channel) => {
    channel.stderr.write('sudo: a password is required\n');
    channel.exit(1);
    channel.close();
  };
  await withHost({ onExec }, {}, async ({ host }) => {
    const running = host.run(['id'], { deadlineMs: 5000, asRoot: true });
    await expect(running).rejects.toMatchObject({ code: 'SUDO_REFUSED', host: 'm2' });
  });
});

async function withService(
  onSocket: (socket: Socket) => void,
  act: (endpoint: Endpoint) => Promise<void>,
): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await act({ address: '127.0.0.1', port });
  server.close();
}

test('a service that answers in pieces is read to its end', async () => {
  const answer = (socket: Socket): void => {
    socket.once('data', () => {
      socket.write('Mode: ');
      setImmediate(() => socket.end('leader\n'));
    });
  };
  await withService(answer, async (endpoint) => {
    await withHost({}, {}, async ({ host }) => {
      expect(await host.exchange(endpoint, 'srvr', 5000)).toBe('Mode: leader\n');
    });
  });
});

test('a service that never stops talking is cut at 1 MiB', async () => {
  const talk = (socket: Socket): void => {
    socket.write('x'.repeat(1024 ** 2 + 1));
  };
  await withService(talk, async (endpoint) => {
    await withHost({}, {}, async ({ host }) => {
      expect(await host.exchange(endpoint, 'srvr', 5000)).toHaveLength(1024 ** 2);
    });
  });
});
