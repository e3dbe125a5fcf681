import { createReadStream } from 'node:fs';
import { ClusterError } from '../errors.ts';

/** Content with its digest, as a manifest names it. */
export interface Blob {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly source: { readonly path: string } | { readonly text: string };
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const requestDeadlineMs = 30_000;
const uploadDeadlineMs = 300_000;

/** The few calls of the registry API v2 that filling a registry takes. */
export function registryClient(endpoint: string, signal: AbortSignal) {
  const base = `http://${endpoint}/v2/`;
  const call = async (url: string, init: RequestInit, deadlineMs = requestDeadlineMs) => {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
    return await fetch(new URL(url, base), { ...init, signal: bounded });
  };

  return {
    async answers(): Promise<boolean> {
      return await call('', {}, 2000).then(
        ({ ok }) => ok,
        () => false,
      );
    },

    async hasManifest(repository: string, tag: string): Promise<boolean> {
      const headers = { accept: manifestType };
      return (await call(`${repository}/manifests/${tag}`, { method: 'HEAD', headers })).ok;
    },

    /** Takes the blob over from `sibling` where that repository has it already. */
    async putBlob(repository: string, blob: Blob, sibling: string): Promise<void> {
      const uploads = `${repository}/blobs/uploads/?mount=${blob.digest}&from=${sibling}`;
      const begun = await call(uploads, { method: 'POST' });
      if (begun.status === 201) return;
      const location = new URL(begun.headers.get('location') ?? uploads, base);
      location.searchParams.set('digest', blob.digest);
      const sent = await call(location.href, upload(blob), uploadDeadlineMs);
      if (sent.status !== 201) throw await refused(endpoint, `${repository} ${blob.digest}`, sent);
    },

    async putManifest(repository: string, tag: string, manifest: string): Promise<void> {
      const headers = { 'content-type': manifestType };
      const init = { method: 'PUT', headers, body: manifest };
      const sent = await call(`${repository}/manifests/${tag}`, init);
      if (sent.status !== 201) throw await refused(endpoint, `${repository}:${tag}`, sent);
    },
  };
}

export type RegistryClient = ReturnType<typeof registryClient>;

/** OCI manifest whose layers are plain tar: packing them costs more time than sending them. */
export function manifestOf(config: Blob, layers: readonly Blob[]): string {
  const describe = (mediaType: string, { digest, sizeBytes }: Blob) => ({
    mediaType,
    digest,
    size: sizeBytes,
  });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: describe('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map((layer) => describe('application/vnd.oci.image.layer.v1.tar', layer)),
  });
}

function upload({ source, sizeBytes }: Blob): RequestInit {
  return {
    method: 'PUT',
    duplex: 'half',
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(sizeBytes) },
    body:
      'text' in source
        ? source.text
        : createReadStream(source.path, { highWaterMark: 1024 * 1024 }),
  };
}

async function refused(endpoint: string, what: string, answer: Response): Promise<ClusterError> {
  return new ClusterError(
    'LAB_FAILED',
    `the lab's registry at ${endpoint} refused ${what} with HTTP ${answer.status}`,
    {
      remedy: 'Start afresh with "ci-cluster lab down" and "ci-cluster lab up".',
      evidence: [(await answer.text()).slice(0, 500)],
    },
  );
}
