import type { Facts } from './facts.ts';
import type { HostStep } from './step.ts';

/**
 * Docker Engine as the system itself packages it: docker.io of Debian and Ubuntu, moby-engine of
 * Fedora. The RHEL family has none of its own (podman is no Docker Engine: Mesos cannot use it);
 * docker-ce comes from Docker's repository, which the operator has to add.
 */
export function installDocker({ docker, packages, system }: Facts): readonly HostStep[] {
  if (docker.kind === 'running') return [];
  if (docker.kind === 'stopped')
    return [{ kind: 'install-docker', manager: packages, packages: [] }];
  const names = packages === 'apt' ? ['docker.io'] : rpmPackages(system.id);
  return [{ kind: 'install-docker', manager: packages, packages: names }];
}

function rpmPackages(id: string): readonly string[] {
  return id === 'fedora' ? ['moby-engine'] : ['docker-ce', 'docker-ce-cli', 'containerd.io'];
}
