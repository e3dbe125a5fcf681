import { getCiphers } from 'node:crypto';
import type { Algorithms, CipherAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';

/** No finite-field key exchange: it stalls the event loop, and every sshd since 2014 has curve25519. */
export function algorithms(hostKeys: readonly ServerHostKeyAlgorithm[]): Algorithms {
  return {
    kex: [
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
    ],
    cipher: ciphers,
    hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
    serverHostKey: [...hostKeys],
    compress: ['none'],
  };
}

/** Authenticated ones first. ssh2 1.17 throws for a cipher that this build of Node lacks. */
const ciphers: CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  ...(getCiphers().includes('chacha20') ? (['chacha20-poly1305@openssh.com'] as const) : []),
  'aes256-ctr',
  'aes192-ctr',
  'aes128-ctr',
];

/** In order of preference; SHA-1 signatures (`ssh-rsa`) are left out. */
const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/**
 * Those of the key types on file first, as OpenSSH does: a host that has a key of that type then
 * presents it. The others stay, so that a host that lost it can be told apart and named by its key;
 * a key that is not on file is refused in any case.
 */
export function hostKeyPreference(typesOnFile: readonly string[]): ServerHostKeyAlgorithm[] {
  const isOnFile = (algorithm: ServerHostKeyAlgorithm): boolean =>
    typesOnFile.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [
    ...hostKeyAlgorithms.filter(isOnFile),
    ...hostKeyAlgorithms.filter((algorithm) => !isOnFile(algorithm)),
  ];
}
