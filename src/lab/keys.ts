import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { authorize, hostKeys } from './boot.ts';
import { labLabel, type Lab, type LabHost } from './lab.ts';
import { hasState, labFolder, writeState } from './state.ts';
import { docker, type Tools } from './tools.ts';

/** Makes what the operator needs to get in, and lets the hosts know it. */
export async function ensureKeys(tools: Tools, lab: Lab, image: string): Promise<void> {
  const { root } = tools;
  if (!(await hasState(root, lab.name, 'id_ed25519.pub'))) await makeKeyPair(tools, lab, image);
  const publicKey = await readFile(join(labFolder(root, lab.name), 'id_ed25519.pub'), 'utf8');
  const lines = await Promise.all(
    lab.hosts.map(async (host) => {
      await authorize(tools, host, publicKey.trim());
      return knownHostsLines(host, await hostKeys(tools, host));
    }),
  );
  await writeState(root, lab.name, { file: 'known_hosts', content: lines.join('') });
  if (!(await hasState(root, lab.name, 'admin-password'))) {
    const content = `${randomBytes(15).toString('base64url')}\n`;
    await writeState(root, lab.name, { file: 'admin-password', content, mode: 0o600 });
  }
}

/** By address, which is how the cluster file names the hosts, and by name for people. */
export function knownHostsLines(host: LabHost, keys: readonly string[]): string {
  return keys
    .map((key) => key.split(' ').slice(0, 2).join(' '))
    .map((key) => `${host.address},${host.name} ${key}\n`)
    .join('');
}

/** In a container, because a machine that can run the lab need not have an SSH client. */
async function makeKeyPair(tools: Tools, lab: Lab, image: string): Promise<void> {
  const script = 'ssh-keygen -q -t ed25519 -N "" -C "$1" -f /tmp/key && cat /tmp/key.pub /tmp/key';
  const text = await docker(tools, [
    ...['run', '--rm', '--network', 'none', '--label', `${labLabel}=${lab.name}`],
    ...['--entrypoint', 'sh', image, '-c', script, 'sh', `ci-cluster-lab-${lab.name}`],
  ]);
  const firstEnd = text.indexOf('\n') + 1;
  const privateKey = { file: 'id_ed25519', content: text.slice(firstEnd), mode: 0o600 };
  await writeState(tools.root, lab.name, privateKey);
  const publicKey = { file: 'id_ed25519.pub', content: text.slice(0, firstEnd) };
  await writeState(tools.root, lab.name, publicKey);
}
