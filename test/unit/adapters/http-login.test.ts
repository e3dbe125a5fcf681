import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { localHost } from '../../../src/adapters/local-host.ts';
import { Secret } from '../../../src/secret.ts';

test('a login travels as HTTP Basic, in UTF-8', async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer(({ headers }, response) => {
    seen.push(headers.authorization);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await using host = localHost('m1', { politeStopMs: 1000, drainMs: 1000 });
  const login = { user: 'admin', password: new Secret('grün: ja', 'a test') };
  const request = {
    address: '127.0.0.1',
    port,
    method: 'GET',
    path: '/',
    deadlineMs: 5000,
  } as const;
  await host.http({ ...request, login });
  await host.http(request);
  server.close();
  const [first = '', second] = seen;
  expect(Buffer.from(first.replace(/^Basic /, ''), 'base64').toString()).toBe('admin:grün: ja');
  expect(second).toBeUndefined();
});
