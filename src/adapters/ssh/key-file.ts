import { readFile, stat } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { ClusterError } from '../../errors.ts';
import { whyUnreadable } from '../files.ts';
import { fingerprint } from './host-key.ts';

export interface PrivateKey {
  readonly path: string;
  readonly key: ParsedKey;
  /** `ssh-ed25519 SHA256:…`, to find it in a host's authorized_keys or log. */
  readonly print: string;
}

/** Reads and parses the file; a fault of it concerns every host, so it is named once, without one. */
export async function readPrivateKey(path: string): Promise<PrivateKey> {
  const text = await readKeyText(path);
  const { default: ssh2 } = await import('ssh2');
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw unusable(path, text, key);
  if (!key.isPrivateKey()) throw unreadable(path, 'it holds a public key', ownKey(path));
  return { path, key, print: `${key.type} ${fingerprint(key.getPublicSSH())}` };
}

async function readKeyText(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    const { mode, uid } = await stat(path);
    // OpenSSH's rule: others must not be able to read a key that belongs to us.
    if (uid !== process.getuid?.() || (mode & 0o077) === 0) return text;
    const octal = (mode & 0o777).toString(8).padStart(4, '0');
    throw unreadable(path, `its mode ${octal} lets others read it`, `Run "chmod 600 ${path}".`);
  } catch (cause) {
    if (cause instanceof ClusterError) throw cause;
    throw unreadable(path, whyUnreadable(cause), ownKey(path));
  }
}

function unusable(path: string, text: string, cause: Error): ClusterError {
  // ssh2 1.17 says "Encrypted private … key detected, but no passphrase given".
  if (!cause.message.startsWith('Encrypted')) {
    const kind = text.trim() === '' ? 'it is empty' : `it is no key in a known format`;
    return unreadable(path, kind, ownKey(path));
  }
  return unreadable(path, 'it is encrypted with a passphrase', ownKey(`${path}-ci-cluster`));
}

function ownKey(path: string): string {
  return (
    `Make a key without passphrase for this cluster: "ssh-keygen -t ed25519 -N '' -f ${path}", add ` +
    `its .pub to authorized_keys on the hosts, and name it as identityFile in the cluster file.`
  );
}

function unreadable(path: string, why: string, remedy: string): ClusterError {
  return new ClusterError('KEY_UNREADABLE', `cannot use the SSH key ${path}: ${why}`, { remedy });
}
