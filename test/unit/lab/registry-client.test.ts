import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manifestOf, registryClient, type Blob } from '../../../src/lab/registry-client.ts';

const blob: Blob = { digest: 'sha256:aa', sizeBytes: 5, source: { text: 'layer' } };
const log: string[] = [];
let server: Server;
let refuse = false;

/** Just enough of the registry API v2: uploads, mounts and manifests. */
beforeEach(async () => {
  log.length = 0;
  refuse = false;
  const manifests = new Set<string>();
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://registry');
    const { method = '' } = request;
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      log.push(`${method} ${url.pathname}${url.search} ${body}`.trim());
      if (refuse && method === 'PUT') return response.writeHead(507).end('disk full');
      if (url.pathname === '/v2/') return response.end('{}');
      if (method === 'HEAD')
        return response.writeHead(manifests.has(url.pathname) ? 200 : 404).end();
      if (method === 'PUT') manifests.add(url.pathname);
      const isMounted = method === 'POST' && url.searchParams.get('from') === 'full';
      const location = `${url.pathname}upload-1?state=x`;
      return response.writeHead(isMounted || method === 'PUT' ? 201 : 202, { location }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.close();
});

function client() {
  const { port } = server.address() as AddressInfo;
  return registryClient(`127.0.0.1:${port}`, new AbortController().signal);
}

test('a blob is sent to the place that the registry names', async () => {
  await client().putBlob('zookeeper', blob, 'empty');
  expect(log).toEqual([
    'POST /v2/zookeeper/blobs/uploads/?mount=sha256:aa&from=empty',
    'PUT /v2/zookeeper/blobs/uploads/upload-1?state=x&digest=sha256%3Aaa layer',
  ]);
});

test('a blob that the sibling has is not sent again', async () => {
  await client().putBlob('zookeeper', blob, 'full');
  expect(log).toEqual(['POST /v2/zookeeper/blobs/uploads/?mount=sha256:aa&from=full']);
});

test('a manifest is found once it is there', async () => {
  const registry = client();
  expect(await registry.hasManifest('zookeeper', '1')).toBe(false);
  await registry.putManifest('zookeeper', '1', manifestOf(blob, [blob]));
  expect(await registry.hasManifest('zookeeper', '1')).toBe(true);
});

test('a manifest calls its layers plain tar archives', () => {
  expect(JSON.parse(manifestOf(blob, [blob]))).toMatchObject({
    schemaVersion: 2,
    config: { digest: 'sha256:aa', size: 5 },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: 'sha256:aa' }],
  });
});

test('what the registry refuses is told with its answer', async () => {
  refuse = true;
  await expect(client().putManifest('zookeeper', '1', '{}')).rejects.toMatchObject({
    message: expect.stringContaining('refused zookeeper:1 with HTTP 507') as string,
    evidence: ['disk full'],
  });
});

test('no registry is no answer', async () => {
  const registry = client();
  expect(await registry.answers()).toBe(true);
  await new Promise((resolve) => server.close(resolve));
  expect(await registry.answers()).toBe(false);
});
