import type { Lab, LabHost } from './lab.ts';
import { attempt, docker, waitUntil, type Tools } from './tools.ts';

const bootDeadlineMs = 120_000;

const probe = `
systemctl is-system-running
systemctl is-active ssh
systemctl is-active docker
systemctl --failed --plain --no-legend | cut -d' ' -f1
`;

/** Waits until systemd is up on every host and sshd answers from here. */
export async function awaitHosts(tools: Tools, lab: Lab): Promise<void> {
  await Promise.all(
    lab.hosts.map((host) =>
      waitUntil(tools, () => notUp(tools, lab, host), {
        deadlineMs: bootDeadlineMs,
        intervalMs: 300,
        remedy: `Look around with "docker exec -it ${host.container} journalctl -b".`,
      }),
    ),
  );
}

/** What `docker exec` gives is trusted: host keys taken over the network would prove nothing. */
export async function hostKeys(tools: Tools, host: LabHost): Promise<readonly string[]> {
  const show = 'cat /etc/ssh/ssh_host_*_key.pub';
  const text = await docker(tools, ['exec', host.container, 'sh', '-c', show]);
  return text.split('\n').filter((line) => line !== '');
}

export async function authorize(tools: Tools, host: LabHost, publicKey: string): Promise<void> {
  const write = 'umask 077; cat > ~/.ssh/authorized_keys';
  const args = ['exec', '--interactive', '--user', 'ops', '--env', 'HOME=/home/ops'];
  await docker(tools, [...args, host.container, 'sh', '-c', write], { input: [`${publicKey}\n`] });
}

async function notUp(tools: Tools, lab: Lab, host: LabHost): Promise<string | undefined> {
  const ran = await attempt(tools, ['docker', 'exec', host.container, 'sh', '-c', probe]);
  const reason = bootReason(host.name, ran.stdout, lab.bare);
  if (reason !== undefined) return reason;
  return (await tools.network.sshAnswers(host.address))
    ? undefined
    : `${host.name}: no SSH server at ${host.address}:22`;
}

/** Why the host is not up, from the lines of the probe. */
export function bootReason(name: string, answer: string, bare: boolean): string | undefined {
  const [state = '', ssh, engine, ...failed] = answer.trim().split('\n');
  // A unit that failed makes systemd "degraded"; what the lab needs is asked for by name.
  if (!['running', 'degraded'].includes(state)) return `${name}: systemd says "${state}"`;
  const wanted = [
    ...(ssh === 'active' ? [] : ['ssh']),
    ...(bare || engine === 'active' ? [] : ['docker']),
  ];
  if (wanted.length === 0) return undefined;
  const units = failed.length === 0 ? '' : ` (failed: ${failed.join(', ')})`;
  return `${name}: ${wanted.join(' and ')} not active${units}`;
}
