import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { SshTarget } from '../../src/ports.ts';
import { fingerprint } from '../../src/adapters/ssh/host-key.ts';

export interface KeyPair {
  /** In OpenSSH's format. */
  readonly privateText: string;
  /** `ssh-ed25519 AAAA…` */
  readonly publicText: string;
  readonly fingerprint: string;
}

/** ssh2 1.17 drops a leading zero byte: one key of about 270 is unusable, for OpenSSH too. */
export function createKeyPair(): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return keyPairOf(pair);
  }
}

export function createEcdsaKeyPair(): KeyPair {
  return keyPairOf(ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }));
}

function keyPairOf(pair: { private: string; public: string }): KeyPair {
  const [, base64 = ''] = pair.public.split(' ');
  return {
    privateText: pair.private,
    publicText: pair.public.trim(),
    fingerprint: fingerprint(Buffer.from(base64, 'base64')),
  };
}

/** What an operator has at home: a key of their own and a known_hosts. */
export interface Home {
  readonly folder: string;
  readonly userKey: KeyPair;
  readonly identityFile: string;
  readonly knownHostsFile: string;
  trust(port: number, hostKey: KeyPair): void;
  target(port: number, more?: Partial<SshTarget>): SshTarget;
}

export function createHome(folder: string): Home {
  const userKey = createKeyPair();
  const identityFile = join(folder, 'id_ed25519');
  const knownHostsFile = join(folder, 'known_hosts');
  writeFileSync(identityFile, userKey.privateText, { mode: 0o600 });
  return {
    folder,
    userKey,
    identityFile,
    knownHostsFile,
    trust: (port, hostKey) => {
      writeFileSync(knownHostsFile, `[127.0.0.1]:${port} ${hostKey.publicText}\n`, { flag: 'a' });
    },
    target: (port, more = {}) => ({
      host: 'm2',
      address: '127.0.0.1',
      port,
      user: 'ops',
      identityFile,
      knownHostsFile,
      hostKey: undefined,
      bastion: undefined,
      ...more,
    }),
  };
}
