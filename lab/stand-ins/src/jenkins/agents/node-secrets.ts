import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../atomic-file.ts';

/** Core's own name for the key (`JnlpAgentReceiver.SLAVE_SECRET`); there it is encrypted besides. */
const keyFile = 'jenkins.slaves.JnlpSlaveAgentProtocol.secret';

/** Secrets of nodes are made from their names, so that agents may come back after a restart. */
export function nodeSecrets(home: string): (name: string) => string {
  const folder = join(home, 'secrets');
  const path = join(folder, keyFile);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    writeAtomically(path, randomBytes(32).toString('hex'), 0o600);
  }
  const key = readFileSync(path);
  return (name) => createHmac('sha256', key).update(name).digest('hex');
}
