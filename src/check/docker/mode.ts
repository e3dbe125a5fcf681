import type { Check } from '../check.ts';
import { failing, passed } from '../check-result.ts';
import { eachEngine, type Engine } from './engine.ts';

export const dockerMode: Check = {
  name: 'DOCKER_MODE',
  title: 'a Docker Engine of root, without Swarm and user namespaces',
  why: 'Services use the network and the process ids of the host, which rootless engines, user namespaces and snap packages do not give them; Swarm and live-restore exclude each other, so that the engine would not start.',
  severity: 'fail',
  remedy:
    'Docker Engine from the packages of the system, without `userns-remap`; `docker swarm leave`.',
  judge: eachEngine((engine) => {
    const found = modes.find(({ is }) => is(engine));
    if (found === undefined) return passed('an ordinary engine');
    return failing(found.told, found.remedy);
  }),
};

interface Mode {
  readonly is: (engine: Engine) => boolean;
  readonly told: string;
  readonly remedy: string;
}

const modes: readonly Mode[] = [
  {
    is: ({ extra }) => extra.docker.kind === 'podman',
    told: '"docker" is Podman there',
    remedy: 'Remove podman-docker, then install Docker Engine: sudo apt-get install docker.io',
  },
  {
    is: ({ extra }) => extra.docker.security.includes('name=rootless'),
    told: 'the engine is rootless',
    remedy: 'Run Docker Engine as root: sudo systemctl enable --now docker',
  },
  {
    is: ({ extra }) => extra.docker.security.includes('name=userns'),
    told: 'the engine maps users (userns-remap)',
    remedy: 'Remove "userns-remap" from /etc/docker/daemon.json and restart Docker.',
  },
  {
    is: ({ docker }) => docker.rootFolder.startsWith('/var/snap/'),
    told: 'the engine is a snap, which sees only some folders of the host',
    remedy: 'sudo snap remove docker, then: sudo apt-get install docker.io',
  },
  {
    is: ({ extra }) => extra.docker.swarm === 'active',
    told: 'the engine is part of a Swarm, and would not start with live-restore',
    remedy: 'docker swarm leave --force, if nothing runs in the Swarm any more',
  },
];
