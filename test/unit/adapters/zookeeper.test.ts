import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localHost } from '../../../src/adapters/local-host.ts';
import { createConnector } from '../../../src/adapters/ssh.ts';
import { createHome } from '../../support/ssh-keys.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startSshServer } from '../../support/ssh-server.ts';
import { startZookeeperServer } from '../../support/zookeeper-server.ts';
import type { ZookeeperServer } from '../../support/zookeeper-server.ts';

const folder = tempFolder();

const host = localHost('z1', { politeStopMs: 1000, drainMs: 1000 });
let server: ZookeeperServer;
beforeEach(async () => {
  server = await startZookeeperServer();
});
afterEach(() => server[Symbol.asyncDispose]());

async function socketsClosed(): Promise<void> {
  await expect.poll(() => server.openSockets(), { interval: 5 }).toBe(0);
}

test('creates a znode with its parents once, and reads and lists it', async () => {
  await using session = await host.zookeeper(server.endpoint, 5000);
  expect(await session.create('/ci-cluster/ci/id', 'grün')).toBe(true);
  expect(await session.create('/ci-cluster/ci/id', 'other')).toBe(false);
  expect(await session.read('/ci-cluster/ci/id')).toBe('grün');
  expect(await session.children('/ci-cluster')).toEqual(['ci']);
  expect(await session.children('/')).toEqual(['zookeeper', 'ci-cluster']);
});

test('a znode that does not exist has no content and no children', async () => {
  await using session = await host.zookeeper(server.endpoint, 5000);
  expect(await session.read('/mesos')).toBeUndefined();
  expect(await session.children('/mesos')).toEqual([]);
});

test('the end of a session leaves no connection behind', async () => {
  const session = await host.zookeeper(server.endpoint, 5000);
  await session[Symbol.asyncDispose]();
  await session[Symbol.asyncDispose]();
  await socketsClosed();
});

test('works through the SSH connection of the host', async () => {
  const home = createHome(folder);
  await using sshd = await startSshServer();
  home.trust(sshd.port, sshd.hostKey);
  await using connector = createConnector();
  await using remote = await connector.connect(home.target(sshd.port));
  await using session = await remote.zookeeper(server.endpoint, 5000);
  expect(await session.create('/a', 'b')).toBe(true);
  expect(await session.read('/a')).toBe('b');
});

test('a member that freezes makes calls late, and the session is not used again', async () => {
  await using session = await host.zookeeper(server.endpoint, 150);
  server.freeze();
  const at = `ZooKeeper on z1 at 127.0.0.1:${server.endpoint.port}`;
  await expect(session.read('/a')).rejects.toMatchObject({
    code: 'GATE_NOT_REACHED',
    host: 'z1',
    message: `${at}: cannot read /a: no answer within 0.1 s`,
  });
  await expect(session.children('/')).rejects.toThrow(
    `${at}: cannot list /: it did not answer before`,
  );
});

test('a frozen member opens no session, and no connection stays behind', async () => {
  server.freeze();
  await expect(host.zookeeper(server.endpoint, 100)).rejects.toMatchObject({
    code: 'GATE_NOT_REACHED',
    message: expect.stringContaining('no session within 0.1 s') as string,
  });
  await socketsClosed();
});

test('a member that dies ends the session: no silent connection to another one', async () => {
  await using session = await host.zookeeper(server.endpoint, 5000);
  server.dropAll();
  await expect(session.read('/a')).rejects.toThrow('it closed the connection');
  expect(server.openSockets()).toBe(0);
});

test('an answer that makes no sense ends the session, not the program', async () => {
  await using session = await host.zookeeper(server.endpoint, 5000);
  server.garble();
  await expect(session.read('/a')).rejects.toThrow('its answer makes no sense');
});

test('an error code that the library does not know is no crash either', async () => {
  await using session = await host.zookeeper(server.endpoint, 5000);
  await expect(session.read('/forbidden')).rejects.toMatchObject({ code: 'GATE_NOT_REACHED' });
});

test.each(['HTTP/1.1 400 Bad Request\r\n\r\n', '\u0000\u0000\u0000\u0001x', 'xx'])(
  'what is not ZooKeeper is told apart: %j',
  async (greeting) => {
    const impostor = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(greeting));
    });
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
    const { port } = impostor.address() as AddressInfo;
    await expect(host.zookeeper({ address: '127.0.0.1', port }, 5000)).rejects.toMatchObject({
      code: 'GATE_NOT_REACHED',
      message: expect.stringContaining('what answers there is not ZooKeeper') as string,
    });
    impostor.close();
  },
);

test('appends below a znode that is there, removes, and says whether there was something', async () => {
  await using session = await host.zookeeper(server.endpoint, 5000);
  await session.create('/drill', '');
  expect(await session.append('/drill/1', 'a')).toBe(true);
  expect(await session.append('/drill/1', 'b')).toBe(false);
  expect(await session.read('/drill/1')).toBe('a');
  expect(await session.remove('/drill/1')).toBe(true);
  expect(await session.remove('/drill/1')).toBe(false);
  expect(await session.children('/drill')).toEqual([]);
});
