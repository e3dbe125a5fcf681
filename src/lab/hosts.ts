import { readFile } from 'node:fs/promises';
import { missingCapabilities } from './capabilities.ts';
import { ensureContainers } from './containers.ts';
import { homesFolder, homesVolume, labLabel, networkName, type Lab, type LabHost } from './lab.ts';
import type { Tools } from './tools.ts';

/** Starts the hosts that do not run; their names. */
export async function startHosts(
  tools: Tools,
  lab: Lab,
  image: string,
): Promise<readonly string[]> {
  const missing = missingCapabilities(await readFile('/proc/self/status', 'utf8'));
  const wanted = lab.hosts.map((host) => ({
    name: host.container,
    runArgs: hostArgs(lab, host, { image, missing }),
  }));
  const started = await ensureContainers(tools, lab.name, wanted);
  return lab.hosts.filter((host) => started.includes(host.container)).map(({ name }) => name);
}

interface Machine {
  readonly image: string;
  readonly missing: readonly string[];
}

/**
 * systemd and an engine of its own need nearly all that `--privileged` gives. Each part is named
 * instead, because `--privileged` fails on machines that lack a single capability themselves.
 */
export function hostArgs(lab: Lab, host: LabHost, { image, missing }: Machine): string[] {
  return [
    ...['--name', host.container, '--hostname', host.name],
    ...['--label', `${labLabel}=${lab.name}`],
    ...['--network', networkName(lab), '--network-alias', host.name, '--ip', host.address],
    '--cap-add=ALL',
    ...missing.map((name) => `--cap-drop=${name}`),
    ...['seccomp', 'apparmor', 'systempaths'].map((part) => `--security-opt=${part}=unconfined`),
    '--device-cgroup-rule=a *:* rwm',
    // Its containers' cgroups lie below its own and go with it, under cgroup v1 and v2 alike.
    '--cgroupns=private',
    ...['/run', '/run/lock', '/tmp:exec,mode=1777'].map((path) => `--tmpfs=${path}`),
    // overlay2 does not work on top of overlay2: the host's Docker needs a real file system.
    volume(lab, host.container, '/var/lib/docker'),
    // One folder that all agents see: homes of controllers that may move.
    ...(host.kind !== 'master' ? [volume(lab, homesVolume(lab), homesFolder)] : []),
    image,
  ];
}

function volume(lab: Lab, source: string, target: string): string {
  return `--mount=type=volume,src=${source},dst=${target},volume-label=${labLabel}=${lab.name}`;
}
