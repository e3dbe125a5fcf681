import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConnector } from '../../../../src/adapters/ssh.ts';
import type { ClusterError } from '../../../../src/errors.ts';
import type { SshTarget } from '../../../../src/ports.ts';
import { createEcdsaKeyPair, createHome, createKeyPair } from '../../../support/ssh-keys.ts';
import type { KeyPair } from '../../../support/ssh-keys.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { startSshServer } from '../../../support/ssh-server.ts';
import type { SshServer } from '../../../support/ssh-server.ts';

const home = createHome(tempFolder());
const other = createKeyPair();
const ecdsa = createEcdsaKeyPair();
let server: SshServer;
let name: string;
beforeAll(async () => {
  server = await startSshServer({ hostKeys: [createKeyPair(), ecdsa] });
  name = `[127.0.0.1]:${server.port}`;
});
afterAll(() => server[Symbol.asyncDispose]());

/** Connects with these lines as known_hosts. */
async function connect(lines: readonly string[], more: Partial<SshTarget> = {}): Promise<void> {
  const knownHostsFile = join(home.folder, 'known');
  writeFileSync(knownHostsFile, lines.join('\n'));
  await using connector = createConnector();
  await using host = await connector.connect(home.target(server.port, { knownHostsFile, ...more }));
  expect(host.name).toBe('m2');
}

/** The refusal, after making sure that the host saw nothing of us. */
async function refusal(...args: Parameters<typeof connect>): Promise<ClusterError> {
  const before = { ...server.seen };
  const fault: unknown = await connect(...args).catch((error: unknown) => error);
  expect(server.seen.handshakes, 'completed key exchanges').toBe(before.handshakes);
  expect(server.seen.authAttempts, 'attempts to log in').toBe(before.authAttempts);
  expect(server.seen.connections - before.connections, 'connections').toBe(1);
  return fault as ClusterError;
}

const line = (pair: KeyPair): string => `${name} ${pair.publicText}`;

test('a host whose key is on file is connected to', async () => {
  await connect([line(server.hostKey)]);
});

test('a host is asked for the type of key that is on file', async () => {
  await connect([line(ecdsa)]);
});

test('a host whose key is pinned needs no known_hosts', async () => {
  await connect([], { hostKey: server.hostKey.fingerprint, knownHostsFile: '/nonexistent' });
});

test('an unknown key is shown with all that is needed to trust it, and nothing is sent', async () => {
  const fault = await refusal([]);
  expect(fault.code).toBe('HOST_KEY_UNKNOWN');
  expect(fault.message).toContain(`m2 at 127.0.0.1:${server.port} presents ssh-ed25519`);
  expect(fault.message).toContain(server.hostKey.fingerprint);
  expect(fault.remedy).toContain('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub');
  expect(fault.remedy).toContain(`hostKey: "${server.hostKey.fingerprint}"`);
  expect(fault.evidence).toEqual([line(server.hostKey)]);
});

test('the line that is shown for an unknown key works as line of known_hosts', async () => {
  const { evidence } = await refusal([]);
  await connect(evidence);
});

test('a missing known_hosts knows no host', async () => {
  const fault = await refusal([], { knownHostsFile: '/nonexistent/known_hosts' });
  expect(fault).toMatchObject({ code: 'HOST_KEY_UNKNOWN' });
});

test('a changed key is shown with both fingerprints, and nothing is sent', async () => {
  const fault = await refusal([line(other)]);
  expect(fault.code).toBe('HOST_KEY_CHANGED');
  expect(fault.message).toContain(`presents ssh-ed25519 ${server.hostKey.fingerprint}`);
  expect(fault.message).toContain(`${other.fingerprint} (line 1)`);
  expect(fault.remedy).toContain(`ssh-keygen -R '${name}'`);
});

test('a key of another type than the one on file is a changed key', async () => {
  await using onlyEcdsa = await startSshServer({ hostKeys: [ecdsa] });
  const knownHostsFile = join(home.folder, 'known-type');
  writeFileSync(knownHostsFile, `[127.0.0.1]:${onlyEcdsa.port} ${server.hostKey.publicText}\n`);
  await using connector = createConnector();
  const target = home.target(onlyEcdsa.port, { knownHostsFile });
  await expect(connector.connect(target)).rejects.toMatchObject({
    code: 'HOST_KEY_CHANGED',
    message: expect.stringContaining(`presents ecdsa-sha2-nistp256 ${ecdsa.fingerprint}`) as string,
  });
  expect(onlyEcdsa.seen.authAttempts).toBe(0);
});

test('a key that is not the pinned one is refused', async () => {
  const fault = await refusal([line(server.hostKey)], { hostKey: other.fingerprint });
  expect(fault.code).toBe('HOST_KEY_CHANGED');
  expect(fault.message).toContain(`the cluster file pins ${other.fingerprint}`);
});

test('a revoked key is refused even if another line trusts it', async () => {
  const fault = await refusal([line(server.hostKey), `@revoked * ${server.hostKey.publicText}`]);
  expect(fault.code).toBe('HOST_KEY_CHANGED');
  expect(fault.message).toContain('line 2 of');
});

test('a certificate authority is not taken for a host key, and the message says so', async () => {
  const fault = await refusal([`@cert-authority * ${server.hostKey.publicText}`]);
  expect(fault.code).toBe('HOST_KEY_UNKNOWN');
  expect(fault.message).toContain('certificate authority');
});

test('a changed known_hosts is read again', async () => {
  const knownHostsFile = join(home.folder, 'known-again');
  writeFileSync(knownHostsFile, '');
  await using connector = createConnector();
  const target = home.target(server.port, { knownHostsFile });
  await expect(connector.connect(target)).rejects.toMatchObject({ code: 'HOST_KEY_UNKNOWN' });
  writeFileSync(knownHostsFile, line(server.hostKey));
  await using host = await connector.connect(target);
  expect(host.name).toBe('m2');
});
