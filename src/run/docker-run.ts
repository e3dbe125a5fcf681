import type { Argv } from '../ports.ts';
import type { StartContainer } from '../plan/step.ts';

/** Marks what ci-cluster made; facts find containers by it, whatever their name. */
const labels = {
  cluster: 'io.ci-cluster.cluster',
  service: 'io.ci-cluster.service',
  fingerprint: 'io.ci-cluster.fingerprint',
} as const;

/** The `docker run` of a step, as an argument list. */
export function dockerRun({ container, cluster, service, fingerprint }: StartContainer): Argv {
  return [
    'docker',
    'run',
    ...['--detach', '--restart', 'unless-stopped', '--network', 'host', '--pull', 'never'],
    ...['--name', container.name],
    ...['--label', `${labels.cluster}=${cluster}`],
    ...['--label', `${labels.service}=${service}`],
    ...['--label', `${labels.fingerprint}=${fingerprint}`],
    ...(container.hostPids ? ['--pid', 'host'] : []),
    ...(container.hostPids ? unconfined : []),
    ...container.capabilities.flatMap((capability) => ['--cap-add', capability]),
    ...Object.entries(container.env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...container.mounts.flatMap(({ from, to, readOnly }) => [
      '--volume',
      `${from}:${to}${readOnly ? ':ro' : ''}`,
    ]),
    container.image,
    ...container.command,
  ];
}

/** A container that manages others' processes is stopped by the default profiles (Docker 20.10). */
const unconfined = [
  '--security-opt',
  'apparmor=unconfined',
  '--security-opt',
  'seccomp=unconfined',
];
