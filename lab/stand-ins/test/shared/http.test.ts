import { afterEach, expect, test } from 'vitest';
import { call, openStream } from '../../src/shared/http-client.ts';
import { json, router, serve, text, type HttpServer, type Route } from '../../src/shared/http.ts';

let server: HttpServer | undefined;

afterEach(async () => {
  await server?.close();
});

async function start(routes: readonly Route[]): Promise<string> {
  server = await serve({ host: '127.0.0.1', port: 0 }, router(routes));
  return `http://127.0.0.1:${server.port}`;
}

test('routes choose by method and pattern; unknown paths get the 404 of libprocess', async () => {
  const url = await start([
    { method: 'GET', path: '/v2/apps/:id', handle: ({ params }) => json(params) },
    { method: '*', path: '/files/*path', handle: ({ params }) => json(params) },
  ]);
  expect((await call(`${url}/v2/apps/ci`)).body).toBe('{"id":"ci"}');
  expect((await call(`${url}/files/a/b%20c`, { method: 'PUT' })).body).toBe('{"path":"a/b c"}');
  expect(await call(`${url}/v2/apps/ci/x`)).toMatchObject({ status: 404, body: '404 Not Found.' });
  expect((await call(`${url}/v2/apps/ci`, { method: 'POST' })).status).toBe(404);
});

test('a handler that fails answers 500 instead of ending the process', async () => {
  const handle = () => Promise.reject(new Error('broken'));
  const url = await start([{ method: 'GET', path: '/', handle }]);
  expect(await call(url)).toMatchObject({ status: 500, body: 'broken' });
});

test('a body that is no text goes as JSON', async () => {
  const url = await start([
    {
      method: 'POST',
      path: '/',
      handle: ({ headers, body }) => text(`${headers['content-type'] ?? ''} ${body.toString()}`),
    },
  ]);
  expect((await call(url, { body: { a: 1 } })).body).toBe('application/json {"a":1}');
});

test('a stream is handed over as it comes and its end is told once', async () => {
  const url = await start([
    {
      method: 'GET',
      path: '/',
      handle: ({ response }) => {
        response.writeHead(200);
        response.write('one');
        response.end('two');
        return undefined;
      },
    },
  ]);
  const seen: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const onChunk = (chunk: Buffer) => seen.push(chunk.toString());
    const onEnd = () => {
      seen.push('end');
      resolve();
    };
    openStream(url, {}, { onChunk, onEnd }).catch(reject);
  });
  expect(seen.join('')).toBe('onetwoend');
});

test('a server that accepts and says nothing is given up in time', async () => {
  const url = await start([
    { method: 'GET', path: '/', handle: () => new Promise<undefined>(() => undefined) },
  ]);
  await expect(call(url, { timeoutMs: 50 })).rejects.toThrow('no answer from');
});
