import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { reaches } from '../../../src/adapters/reach.ts';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test('a port that listens is reached, also where the other side resets at once; a closed one is not', async () => {
  const server = createServer((socket) => socket.resetAndDestroy());
  const port = await listening(server);
  const tries = Array.from({ length: 50 }, () => reaches({ address: '127.0.0.1', port }, 5000));
  expect(new Set(await Promise.all(tries))).toEqual(new Set([true]));
  await new Promise((resolve) => server.close(resolve));
  expect(await reaches({ address: '127.0.0.1', port }, 5000)).toBe(false);
});

test('an address that nobody can have is no fault of the program', async () => {
  expect(await reaches({ address: '255.255.255.255', port: 1 }, 200)).toBe(false);
});
