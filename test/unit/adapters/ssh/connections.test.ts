import { afterEach, expect, test } from 'vitest';
import { createConnector } from '../../../../src/adapters/ssh.ts';
import type { ConnectorOptions } from '../../../../src/adapters/ssh.ts';
import type { BastionTarget, RemoteHost, SshTarget } from '../../../../src/ports.ts';
import { createHome, createKeyPair } from '../../../support/ssh-keys.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { startSshServer } from '../../../support/ssh-server.ts';
import type { SshServer, SshServerOptions } from '../../../support/ssh-server.ts';

const home = createHome(tempFolder());
const options: ConnectorOptions = { timing: { startJitterMs: 2, readyTimeoutMs: 5000 } };
const servers: SshServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server[Symbol.asyncDispose]()));
});

async function start(more: SshServerOptions = {}): Promise<SshServer> {
  const server = await startSshServer(more);
  home.trust(server.port, server.hostKey);
  servers.push(server);
  return server;
}

async function closeAll(hosts: readonly RemoteHost[]): Promise<void> {
  await Promise.all(hosts.map((host) => host[Symbol.asyncDispose]()));
}

test('everybody who uses a host at the same time shares its connection', async () => {
  const server = await start();
  await using connector = createConnector(options);
  const target = home.target(server.port);
  const hosts = await Promise.all([connector.connect(target), connector.connect(target)]);
  const [first, second] = hosts;
  await first[Symbol.asyncDispose]();
  expect(await second.run(['true'], { deadlineMs: 5000 })).toMatchObject({ exitCode: 0 });
  await second[Symbol.asyncDispose]();
  expect(server.seen.connections).toBe(1);
});

test('a host that was lost is connected to anew', async () => {
  const server = await start();
  await using connector = createConnector(options);
  const target = home.target(server.port);
  const first = await connector.connect(target);
  const running = first.run(['sleep', '5'], { deadlineMs: 5000 });
  server.dropAll();
  await expect(running).rejects.toThrow();
  await using second = await connector.connect(target);
  expect(await second.run(['true'], { deadlineMs: 5000 })).toMatchObject({ exitCode: 0 });
  await first[Symbol.asyncDispose]();
  expect(await second.run(['true'], { deadlineMs: 5000 })).toMatchObject({ exitCode: 0 });
});

test('closing the connector closes every connection', async () => {
  const server = await start();
  const connector = createConnector(options);
  const host = await connector.connect(home.target(server.port));
  await connector[Symbol.asyncDispose]();
  await expect(host.run(['true'], { deadlineMs: 1000 })).rejects.toMatchObject({
    code: 'HOST_UNREACHABLE',
  });
});

test('no more connections are started at once than allowed', async () => {
  const server = await start();
  await using connector = createConnector({ timing: { startsAtOnce: 3 }, random: () => 0 });
  const names = Array.from({ length: 9 }, (_, i) => `h${i}`);
  const hosts = await Promise.all(
    names.map((host) => connector.connect(home.target(server.port, { host }))),
  );
  expect(server.seen).toMatchObject({ connections: 9, startsAtOnce: 3 });
  await closeAll(hosts);
});

function bastionOf(server: SshServer): BastionTarget {
  return { ...home.target(server.port, { host: 'bastion' }) };
}

test('all hosts behind a bastion share one connection to it', async () => {
  const bastion = await start();
  const behind = await Promise.all([start(), start(), start()]);
  await using connector = createConnector(options);
  const targets: SshTarget[] = behind.map((server, i) =>
    home.target(server.port, { host: `m${i}`, bastion: bastionOf(bastion) }),
  );
  const hosts = await Promise.all(targets.map((target) => connector.connect(target)));
  const rans = await Promise.all(hosts.map((host) => host.run(['true'], { deadlineMs: 5000 })));
  expect(rans.map((ran) => ran.exitCode)).toEqual([0, 0, 0]);
  expect(bastion.seen).toMatchObject({ connections: 1, forwardsAtOnce: 3, commands: [] });
  await closeAll(hosts);
});

test('more hosts than starts at once do not wait for their own bastion for ever', async () => {
  const bastion = await start();
  const server = await start();
  await using connector = createConnector({ timing: { startsAtOnce: 1 } });
  const hosts = await Promise.all(
    ['a', 'b', 'c'].map((host) =>
      connector.connect(home.target(server.port, { host, bastion: bastionOf(bastion) })),
    ),
  );
  expect(hosts).toHaveLength(3);
  await closeAll(hosts);
});

test('the key of a host behind a bastion is verified, too', async () => {
  const bastion = await start();
  const server = await start();
  await using connector = createConnector(options);
  const target = home.target(server.port, {
    bastion: bastionOf(bastion),
    hostKey: createKeyPair().fingerprint,
  });
  await expect(connector.connect(target)).rejects.toMatchObject({ code: 'HOST_KEY_CHANGED' });
  expect(server.seen.authAttempts).toBe(0);
});

test('a fault of the bastion names the bastion', async () => {
  const bastion = await start({ authorized: [createKeyPair()] });
  await using connector = createConnector(options);
  const target = home.target(1, { bastion: bastionOf(bastion) });
  await expect(connector.connect(target)).rejects.toMatchObject({
    code: 'AUTH_REFUSED',
    host: 'bastion',
  });
});

test('a bastion that forbids forwarding is told apart from a host that is down', async () => {
  const strict = await start({ forwarding: false });
  const bastion = await start();
  await using connector = createConnector(options);
  await expect(
    connector.connect(home.target(1, { bastion: bastionOf(strict) })),
  ).rejects.toMatchObject({ code: 'FORWARDING_REFUSED', host: 'bastion' });
  await expect(
    connector.connect(home.target(1, { bastion: bastionOf(bastion) })),
  ).rejects.toMatchObject({
    code: 'HOST_UNREACHABLE',
    host: 'm2',
    message: expect.stringContaining('cannot reach m2 at 127.0.0.1:1 through 127.0.0.1') as string,
    remedy: expect.stringContaining(`ssh -J ops@127.0.0.1:${bastion.port}`) as string,
  });
});

test('a missing key file is found before any host is touched', async () => {
  const server = await start();
  await using connector = createConnector(options);
  const target = home.target(server.port, { identityFile: '/nonexistent' });
  await expect(connector.connect(target)).rejects.toMatchObject({ code: 'KEY_UNREADABLE' });
  expect(server.seen.connections).toBe(0);
});

test('outdated algorithms are not spoken', async () => {
  const outdated = [
    { cipher: ['aes128-cbc'] },
    { cipher: ['aes128-ctr'], hmac: ['hmac-sha1'] },
    { kex: ['diffie-hellman-group14-sha1'] },
  ] as const;
  for (const algorithms of outdated) {
    const server = await start({ algorithms });
    await using connector = createConnector(options);
    await expect(connector.connect(home.target(server.port))).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      message: expect.stringContaining('no matching') as string,
    });
    expect(server.seen.authAttempts).toBe(0);
  }
});

test('a connector apart has connections of its own, and ends only those', async () => {
  const server = await start();
  await using connector = createConnector(options);
  const target = home.target(server.port);
  await using shared = await connector.connect(target);
  const apart = connector.apart();
  await apart.connect(target);
  expect(server.seen.connections).toBe(2);
  await apart[Symbol.asyncDispose]();
  expect(await shared.run(['true'], { deadlineMs: 5000 })).toMatchObject({ exitCode: 0 });
});
