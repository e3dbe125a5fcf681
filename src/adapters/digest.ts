import { createHash } from 'node:crypto';
import type { Secret } from '../secret.ts';

/** SHA-256 in hex, to compare with the file of a host. */
export function digestOf(secret: Secret): string {
  return createHash('sha256').update(secret.reveal()).digest('hex');
}
