import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createConnector } from '../../../../src/adapters/ssh.ts';
import type { ConnectorOptions } from '../../../../src/adapters/ssh.ts';
import type { SshTiming } from '../../../../src/adapters/ssh/timing.ts';
import type { RemoteHost } from '../../../../src/ports.ts';
import { createHome, createKeyPair } from '../../../support/ssh-keys.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { startSshServer } from '../../../support/ssh-server.ts';
import type { SshServerOptions } from '../../../support/ssh-server.ts';

/** Every way in which a network or a host fails ends in time and under the right name. */
const patient: ConnectorOptions = { timing: { retryPauseMs: 2, drainMs: 300, closeMs: 50 } };
const hasty: ConnectorOptions = { timing: { ...patient.timing, readyTimeoutMs: 250 } };
const home = createHome(tempFolder());

/** A TCP server with a will of its own. */
async function startTcp(onSocket: (socket: Socket) => void): Promise<Place> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    [Symbol.asyncDispose]: () => {
      sockets.forEach((socket) => socket.destroy());
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

function relay(socket: Socket, port: number): void {
  const onward = connect(port, '127.0.0.1').on('error', () => socket.destroy());
  socket.on('close', () => onward.destroy());
  socket.pipe(onward).pipe(socket);
}

interface Place extends AsyncDisposable {
  readonly port: number;
  readonly connections: () => number;
}

async function connectFault(port: number, options = patient): Promise<unknown> {
  await using connector = createConnector(options);
  return await connector.connect(home.target(port)).catch((error: unknown) => error);
}

type World = SshServerOptions & { readonly timing?: Partial<SshTiming> };

async function withHost<T>(
  { timing, ...server }: World,
  act: (host: RemoteHost, drop: () => void) => Promise<T>,
): Promise<T> {
  await using running = await startSshServer({ authorized: [home.userKey], ...server });
  home.trust(running.port, running.hostKey);
  await using connector = createConnector({ timing: { ...patient.timing, ...timing } });
  await using host = await connector.connect(home.target(running.port));
  return await act(host, () => {
    running.dropAll();
  });
}

test('nothing listens: refused, with the command to check it', async () => {
  const place = await startTcp(() => undefined);
  await place[Symbol.asyncDispose]();
  expect(await connectFault(place.port)).toMatchObject({
    code: 'HOST_UNREACHABLE',
    host: 'm2',
    message: `cannot reach m2 at 127.0.0.1:${place.port}: connection refused`,
    remedy: `Check that "ssh -i ${home.identityFile} -p ${place.port} ops@127.0.0.1 true" works from here.`,
  });
});

test('the connection is accepted and nothing is said: the wait ends', async () => {
  await using place = await startTcp(() => undefined);
  expect(await connectFault(place.port, hasty)).toMatchObject({
    code: 'HOST_UNREACHABLE',
    message: expect.stringContaining('no SSH handshake within 0.3 s') as string,
  });
});

test('a banner and then silence: the wait ends', async () => {
  await using place = await startTcp((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
  expect(await connectFault(place.port, hasty)).toMatchObject({
    code: 'HOST_UNREACHABLE',
    message: expect.stringContaining('no SSH handshake within 0.3 s') as string,
  });
});

test('something else than SSH answers: named at once', async () => {
  await using place = await startTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  expect(await connectFault(place.port)).toMatchObject({ code: 'HOST_UNREACHABLE' });
});

test('the connection breaks in the middle of the handshake: not tried again', async () => {
  await using place = await startTcp((socket) => {
    socket.write('SSH-2.0-OpenSSH_9.2\r\n');
    socket.once('data', () => socket.end());
  });
  expect(await connectFault(place.port)).toMatchObject({
    code: 'HOST_UNREACHABLE',
    message: expect.stringContaining('connection closed during the handshake') as string,
  });
  expect(place.connections()).toBe(1);
});

test('sshd sheds load: tried five times more, then named', async () => {
  await using place = await startTcp((socket) => socket.end());
  expect(await connectFault(place.port)).toMatchObject({
    code: 'HOST_UNREACHABLE',
    message: expect.stringContaining('MaxStartups') as string,
  });
  expect(place.connections()).toBe(6);
});

test('sshd sheds load for a moment: connected in the end', async () => {
  await using sshd = await startSshServer();
  home.trust(sshd.port, sshd.hostKey);
  let dropped = 0;
  await using place = await startTcp((socket) => {
    dropped += 1;
    if (dropped <= 2) socket.end();
    else relay(socket, sshd.port);
  });
  await using connector = createConnector(patient);
  await using host = await connector.connect(
    home.target(place.port, { hostKey: sshd.hostKey.fingerprint }),
  );
  expect(await host.run(['echo', 'here'], { deadlineMs: 5000 })).toMatchObject({ exitCode: 0 });
});

test('the key is refused: one attempt, and the answer names user, key and what sshd accepts', async () => {
  await using server = await startSshServer({ authorized: [createKeyPair()] });
  home.trust(server.port, server.hostKey);
  expect(await connectFault(server.port)).toMatchObject({
    code: 'AUTH_REFUSED',
    host: 'm2',
    message:
      `m2 refuses ops with the key ${home.identityFile} ` +
      `(ssh-ed25519 ${home.userKey.fingerprint}); it accepts publickey, password`,
  });
  expect(server.seen.authAttempts).toBe(1);
});

test('an interrupt ends the wait for a silent host', async () => {
  const abort = new AbortController();
  await using place = await startTcp(() => {
    abort.abort();
  });
  await using connector = createConnector(patient);
  await expect(connector.connect(home.target(place.port), abort.signal)).rejects.toMatchObject({
    code: 'INTERRUPTED',
  });
});

test('sshd opens no session: nothing was started', async () => {
  await withHost({ maxSessions: 0 }, async (host) => {
    await expect(host.run(['true'], { deadlineMs: 1000 })).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringContaining('sshd refuses to open a session') as string,
    });
  });
});

test('sshd never answers the request for a session: the result is unknown in time', async () => {
  await withHost({ onSession: () => undefined }, async (host) => {
    await expect(host.run(['true'], { deadlineMs: 100 })).rejects.toMatchObject({
      code: 'RESULT_UNKNOWN',
    });
  });
});

test('the command starts and says nothing: the result is unknown in time', async () => {
  await withHost({ onExec: () => undefined }, async (host) => {
    await expect(host.run(['docker', 'pull', 'x'], { deadlineMs: 100 })).rejects.toMatchObject({
      code: 'RESULT_UNKNOWN',
      host: 'm2',
      message: 'no result from m2 within 0.1 s: docker pull x',
      remedy: expect.stringContaining('Run the same command again') as string,
    });
  });
});

test('the connection breaks before the exit status: the result is unknown', async () => {
  const onExec: SshServerOptions['onExec'] = (channel, _command, connection) => {
    channel.write('half of it');
    connection.end();
  };
  await withHost({ onExec }, async (host) => {
    await expect(host.run(['true'], { deadlineMs: 2000 })).rejects.toMatchObject({
      code: 'RESULT_UNKNOWN',
      message: expect.stringContaining('lost m2 while this ran there: true') as string,
    });
  });
});

test('the channel closes without exit status: the result is unknown', async () => {
  const onExec: SshServerOptions['onExec'] = (channel) => {
    channel.close();
  };
  await withHost({ onExec }, async (host) => {
    await expect(host.run(['true'], { deadlineMs: 2000 })).rejects.toMatchObject({
      code: 'RESULT_UNKNOWN',
      message: expect.stringContaining('without an exit code') as string,
    });
  });
});

test('an exit status without the end of the channel is enough', async () => {
  const onExec: SshServerOptions['onExec'] = (channel) => {
    channel.write('all of it');
    channel.exit(7);
  };
  await withHost({ onExec }, async (host) => {
    expect(await host.run(['true'], { deadlineMs: 2000 })).toMatchObject({
      exitCode: 7,
      stdout: 'all of it',
    });
  });
});

test('the connection is reset in the middle of an upload: the result is unknown', async () => {
  let drop = (): void => undefined;
  const onExec: SshServerOptions['onExec'] = (channel) => {
    channel.once('data', () => {
      drop();
    });
  };
  await withHost({ onExec }, async (host, dropAll) => {
    drop = dropAll;
    const input = Array.from({ length: 16 }, () => Buffer.alloc(1024 ** 2));
    await expect(host.run(['cat'], { input, deadlineMs: 2000 })).rejects.toMatchObject({
      code: 'RESULT_UNKNOWN',
    });
  });
});

test('after a lost connection nothing more is started on it', async () => {
  await withHost({}, async (host, drop) => {
    const running = host.run(['sleep', '5'], { deadlineMs: 2000, onLine: () => undefined });
    drop();
    await expect(running).rejects.toMatchObject({ host: 'm2' });
    await expect(host.run(['true'], { deadlineMs: 2000 })).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
    });
    const request = { address: '127.0.0.1', port: 1, method: 'GET', path: '/' } as const;
    expect(await host.http({ ...request, deadlineMs: 1000 })).toMatchObject({
      failure: 'unreachable',
    });
  });
});

test('a host that freezes is given up after its keepalives', async () => {
  await using sshd = await startSshServer();
  const pipes: Socket[] = [];
  await using place = await startTcp((socket) => {
    pipes.push(socket);
    relay(socket, sshd.port);
  });
  await using connector = createConnector({
    timing: { keepaliveIntervalMs: 60, keepaliveCount: 2, closeMs: 50 },
  });
  await using host = await connector.connect(
    home.target(place.port, { hostKey: sshd.hostKey.fingerprint }),
  );
  const running = host.run(['sh', '-c', 'echo up; sleep 5'], {
    deadlineMs: 5000,
    onLine: () => {
      pipes.forEach((socket) => socket.unpipe().pause());
    },
  });
  await expect(running).rejects.toMatchObject({
    code: 'RESULT_UNKNOWN',
    message: expect.stringContaining('the host does not answer any more') as string,
  });
});

test('an interrupted script may finish its step: stdin closes first', async () => {
  await withHost({}, async (host) => {
    const abort = new AbortController();
    const lines: string[] = [];
    const script = 'echo started; cat >/dev/null; echo step done';
    const running = host.run(['sh', '-c', script], {
      deadlineMs: 5000,
      signal: abort.signal,
      onLine: (text) => {
        lines.push(text);
        abort.abort();
      },
    });
    await expect(running).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: expect.stringContaining('which ended') as string,
    });
    expect(lines).toEqual(['started', 'step done']);
  });
});

test('an interrupted script that does not obey is left after the time for manners', async () => {
  await withHost({ timing: { politeStopMs: 100 } }, async (host) => {
    const abort = new AbortController();
    const running = host.run(['sh', '-c', 'echo started; sleep 5'], {
      deadlineMs: 5000,
      signal: abort.signal,
      onLine: () => {
        abort.abort();
      },
    });
    await expect(running).rejects.toMatchObject({
      code: 'INTERRUPTED',
      message: expect.stringContaining('did not end within 0.1 s') as string,
    });
  });
});

test('what the line listener throws ends the run', async () => {
  await withHost({}, async (host) => {
    const onLine = (): void => {
      throw new Error('not a step line');
    };
    const running = host.run(['sh', '-c', 'echo noise; cat'], { deadlineMs: 5000, onLine });
    await expect(running).rejects.toThrow('not a step line');
  });
});

test('forwarding that sshd forbids is told apart from a service that is down', async () => {
  await withHost({ forwarding: false }, async (host) => {
    const at = { address: '127.0.0.1', port: 1 };
    const request = { ...at, method: 'GET', path: '/', deadlineMs: 1000 } as const;
    expect(await host.http(request)).toMatchObject({ failure: 'forwarding-refused' });
    expect(await host.exchange(at, 'srvr', 1000)).toMatchObject({ failure: 'forwarding-refused' });
    await expect(host.zookeeper(at, 1000)).rejects.toMatchObject({ code: 'FORWARDING_REFUSED' });
  });
});
