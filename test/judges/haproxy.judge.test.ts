import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  clusterFile,
  controller,
  specOf,
  variousClusterFiles,
  type ClusterFileParts,
} from '../support/cluster-file.ts';
import { contentOf, ofService, rendered } from '../support/rendered.ts';

/** Debian's HAProxy reads what the gateways get; a warning is a failure, too (`-dW`). */
const haproxy = '/usr/sbin/haproxy';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'judge-haproxy-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function verdict(config: string): Promise<string> {
  const file = join(folder, 'haproxy.cfg');
  await writeFile(file, config);
  return promisify(execFile)(haproxy, ['-dW', '-c', '-f', file]).then(
    () => 'valid',
    (fault: unknown) => (fault as { stderr?: string }).stderr ?? String(fault),
  );
}

async function configs(text: string): Promise<readonly string[]> {
  const gateways = ofService(rendered(await specOf(text)), 'gateway');
  return gateways.map((gateway) => contentOf(gateway, 'haproxy.cfg'));
}

const two = {
  red: controller({ home: { kind: 'pinned', host: 'a1' } }),
  blue: controller({ home: { kind: 'pinned', host: 'a2' } }),
};

const clusters: readonly (readonly [string, ClusterFileParts])[] = [
  ['of the size in the README', {}],
  ['of one master', { masters: 1, agents: 1 }],
  ['of seven masters and thirty agents', { masters: 7, agents: 30 }],
  ['with two controllers', { jenkins: two }],
  ['without Jenkins', { jenkins: {} }],
  [
    'with a moving address',
    {
      hosts: { a2: { roles: ['gateway'] } },
      sections: {
        gateway: { address: 'vip', vip: { address: '10.0.0.100' } },
        images: { keepalived: 'registry.example.com/keepalived:1' },
      },
    },
  ],
];

test.each(clusters)('HAProxy accepts the gateways of a cluster %s', async (_name, parts) => {
  const all = await configs(clusterFile(parts));
  expect(all.length).toBeGreaterThan(0);
  for (const config of all) expect(await verdict(config)).toBe('valid');
});

test('HAProxy accepts the gateways of every cluster file that the tests know', async () => {
  for (const text of variousClusterFiles()) {
    for (const config of await configs(text)) expect(await verdict(config)).toBe('valid');
  }
});

test('HAProxy would not accept just anything', async () => {
  const [config = ''] = await configs(clusterFile());
  expect(
    await verdict(config.replace('default_backend marathon', 'default_backend nobody')),
  ).toContain("unable to find required default_backend: 'nobody'");
});
