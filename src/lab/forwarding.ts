import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt, type Tools } from './tools.ts';

interface Forwarding {
  readonly ipForward: string;
  readonly policyAccepts: boolean;
}

const setting = '/proc/sys/net/ipv4/ip_forward';

/**
 * dockerd switches routing on for the whole machine and then drops what it does not know; neither
 * ends with it. What was before is kept in `folder`, to be put back by `restoreForwarding`.
 */
export async function rememberForwarding(tools: Tools, folder: string): Promise<void> {
  const rules = await attempt(tools, ['iptables', '-S', 'FORWARD'], sbin(tools));
  const before: Forwarding = {
    ipForward: (await readFile(setting, 'utf8')).trim(),
    policyAccepts: rules.stdout.startsWith('-P FORWARD ACCEPT'),
  };
  await writeFile(fileIn(folder), JSON.stringify(before));
}

/** Left as it is while another engine runs, which now relies on it. */
export async function restoreForwarding(tools: Tools, folder: string): Promise<void> {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => undefined);
  await rm(fileIn(folder), { force: true });
  if (text === undefined || (await anyEngine())) return;
  const before = JSON.parse(text) as Forwarding;
  if (before.policyAccepts) {
    await attempt(tools, ['iptables', '-P', 'FORWARD', 'ACCEPT'], sbin(tools));
  }
  if (before.ipForward === '0') await writeFile(setting, '0');
}

async function anyEngine(): Promise<boolean> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const names = ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(names)).some((line) =>
    /(^|\/)dockerd$/.test(line.split('\0')[0] ?? ''),
  );
}

function sbin({ env }: Tools): { env: Record<string, string> } {
  return { env: { PATH: `${env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` } };
}

function fileIn(folder: string): string {
  return join(folder, 'forwarding.json');
}
