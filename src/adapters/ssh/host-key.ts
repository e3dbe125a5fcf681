import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { ClusterError } from '../../errors.ts';
import type { BastionTarget } from '../../ports.ts';
import { hostKeyPreference } from './algorithms.ts';
import type { Known, KnownHosts, KnownKey } from './known-hosts.ts';

/** Decides about the key that a host presents, before anything is sent to it. */
export interface HostKeyPolicy {
  readonly algorithms: readonly ServerHostKeyAlgorithm[];
  /** Undefined if the key is the expected one. */
  readonly judge: (key: Buffer) => ClusterError | undefined;
}

export function hostKeyPolicy(target: BastionTarget, knownHosts: KnownHosts): HostKeyPolicy {
  if (target.hostKey !== undefined) return pinned(target, target.hostKey);
  const known = knownHosts.lookup(target.address, target.port);
  return {
    algorithms: hostKeyPreference(known.keys.map((key) => key.type)),
    judge: (key) => judge(target, known, key),
  };
}

function pinned(target: BastionTarget, pin: string): HostKeyPolicy {
  return {
    algorithms: hostKeyPreference([]),
    judge: (key) => {
      if (fingerprint(key) === pin.replace(/=+$/, '')) return undefined;
      return changed(target, key, `the cluster file pins ${pin}`);
    },
  };
}

function judge(target: BastionTarget, known: Known, key: Buffer): ClusterError | undefined {
  const base64 = key.toString('base64');
  const file = target.knownHostsFile;
  const revocation = known.revoked.find((entry) => entry.base64 === base64);
  if (revocation !== undefined) {
    return changed(target, key, `line ${revocation.line} of ${file} revokes this key`);
  }
  if (known.keys.some((entry) => entry.base64 === base64)) return undefined;
  if (known.keys.length === 0) return unknown(target, known, key);
  return changed(target, key, `${file} has ${known.keys.map(describeKnown).join(', ')}`);
}

function describeKnown(key: KnownKey): string {
  const print = fingerprint(Buffer.from(key.base64, 'base64'));
  return `${key.type} ${print} (line ${key.line})`;
}

function changed(target: BastionTarget, key: Buffer, expected: string): ClusterError {
  const text =
    `${placeOf(target)} presents ${typeOf(key)} ${fingerprint(key)}, but ${expected}: ` +
    'the host was reinstalled, or somebody else answers in its place';
  return new ClusterError('HOST_KEY_CHANGED', text, {
    host: target.host,
    remedy:
      `Compare on the host's console: "ssh-keygen -lf ${keyFileOf(key)}". If the new key is right, ` +
      (target.hostKey === undefined
        ? `remove the old one with "ssh-keygen -R '${lineName(target)}' -f ${target.knownHostsFile}" and add the line below.`
        : `pin it in the cluster file: hostKey: "${fingerprint(key)}".`),
    evidence: [knownHostsLine(target, key)],
  });
}

function unknown(target: BastionTarget, known: Known, key: Buffer): ClusterError {
  const authorities =
    known.authorityLines.length === 0
      ? ''
      : ` (line ${known.authorityLines.join(', ')} names a certificate authority; ci-cluster needs the plain host key)`;
  const text =
    `${placeOf(target)} presents ${typeOf(key)} ${fingerprint(key)}, ` +
    `which ${target.knownHostsFile} does not have${authorities}`;
  return new ClusterError('HOST_KEY_UNKNOWN', text, {
    host: target.host,
    remedy:
      `Compare on the host's console: "ssh-keygen -lf ${keyFileOf(key)}". If it is the same, add the line ` +
      `below to ${target.knownHostsFile} ("ssh-keyscan -p ${target.port} ${target.address}" prints it too), ` +
      `or pin it in the cluster file: hostKey: "${fingerprint(key)}".`,
    evidence: [knownHostsLine(target, key)],
  });
}

/** As `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function knownHostsLine(target: BastionTarget, key: Buffer): string {
  return `${lineName(target)} ${typeOf(key)} ${key.toString('base64')}`;
}

function lineName({ address, port }: BastionTarget): string {
  return port === 22 ? address : `[${address}]:${port}`;
}

function placeOf({ host, address, port }: BastionTarget): string {
  return `${host} at ${address}:${port}`;
}

/** The type stands in front of the key, as a string with its length. */
function typeOf(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
}

function keyFileOf(key: Buffer): string {
  const kind = typeOf(key).replace(/^ssh-/, '').replace(/-.*$/, '');
  return `/etc/ssh/ssh_host_${kind}_key.pub`;
}
