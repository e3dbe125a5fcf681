import { hostsWith, zookeeperUrl } from '../cluster/members.ts';
import type { AgentSettings, ClusterSpec } from '../config/cluster-spec.ts';
import { mesosDuration } from './duration.ts';
import { root, type RenderInput, type Service } from './service.ts';

export const mesosAgent: Service = {
  name: 'mesos-agent',
  title: 'Mesos agents',
  phase: 'agents',
  votes: false,
  hosts: (spec) => hostsWith(spec, 'mesos-agent'),
  folders: (spec) => [{ path: workFolder(spec), mode: '0755', owner: root }],
  files: () => [],
  container: (input: RenderInput) => ({
    name: 'ci-mesos-agent',
    image: input.spec.images.mesosAgent,
    command: [],
    env: environment(input),
    mounts: [
      { from: '/var/run/docker.sock', to: '/var/run/docker.sock', readOnly: false },
      { from: '/sys/fs/cgroup', to: '/sys/fs/cgroup', readOnly: false },
      // The same path inside and outside: the host's Docker mounts the tasks' sandboxes by it.
      { from: workFolder(input.spec), to: workFolder(input.spec), readOnly: false },
    ],
    // With the host's process ids, tasks and executors outlive this container.
    hostPids: true,
    capabilities: ['SYS_ADMIN', 'SYS_PTRACE', 'NET_ADMIN'],
    stopSeconds: 10,
    listens: [input.spec.mesos.agentPort],
    opensLater: [],
  }),
};

function workFolder(spec: ClusterSpec): string {
  return `${spec.folders.data}/mesos-agent`;
}

/** By it an agent finds out who it was; without it, it registers as a new one (Mesos 1.12). */
export function recoveryLink(spec: ClusterSpec): string {
  return `${workFolder(spec)}/meta/slaves/latest`;
}

function environment({ spec, host, cgroupV2 }: RenderInput): Record<string, string> {
  const attributes = attributeText(host.agent);
  return {
    ...(attributes === '' ? {} : { MESOS_ATTRIBUTES: attributes }),
    // A quota at `docker create`, under cgroup v1 and v2; without it `cpus` are only shares, and an
    // idle host lets a build take all cores.
    MESOS_CGROUPS_ENABLE_CFS: 'true',
    // MESOS_CGROUPS_LIMIT_SWAP stays off: it concerns cgroups/mem, not Docker tasks, and an agent
    // with that isolator does not start where the kernel has no swap accounting (1.11).
    MESOS_CONTAINERIZERS: 'docker,mesos',
    MESOS_DOCKER_MESOS_IMAGE: spec.images.mesosAgent,
    // Exited containers keep their whole workspace: an hour to look at one, not six.
    MESOS_DOCKER_REMOVE_DELAY: '1hrs',
    MESOS_EXECUTOR_REGISTRATION_TIMEOUT: mesosDuration(spec.mesos.executorRegistrationTimeoutMs),
    // Sandboxes of builds pass a weekend, not a week, and go sooner when less than a fifth of the
    // disk is free, which they share with images and Jenkins' homes.
    MESOS_GC_DELAY: '3days',
    MESOS_GC_DISK_HEADROOM: '0.2',
    MESOS_HOSTNAME: host.address,
    MESOS_HOSTNAME_LOOKUP: 'false',
    MESOS_IP: host.address,
    // The Linux launcher of Mesos 1.11 does not start where only cgroup v2 is mounted.
    ...(cgroupV2 ? { MESOS_ISOLATION: 'posix/cpu,posix/mem', MESOS_LAUNCHER: 'posix' } : {}),
    MESOS_MASTER: zookeeperUrl(spec, spec.mesos.zookeeperPath),
    MESOS_PORT: String(spec.mesos.agentPort),
    // More resources or attributes are then taken up; without it the agent refuses to start.
    MESOS_RECONFIGURATION_POLICY: 'additive',
    MESOS_RESOURCES: resourceText(host.agent),
    MESOS_SYSTEMD_ENABLE_SUPPORT: 'false',
    MESOS_WORK_DIR: workFolder(spec),
  };
}

function attributeText({ attributes }: AgentSettings): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}:${value}`)
    .join(';');
}

function resourceText({ resources }: AgentSettings): string {
  const { cpus, memoryMb, diskMb, ports } = resources;
  return [
    ...(cpus === undefined ? [] : [`cpus:${cpus}`]),
    ...(memoryMb === undefined ? [] : [`mem:${memoryMb}`]),
    ...(diskMb === undefined ? [] : [`disk:${diskMb}`]),
    `ports:[${ports.first}-${ports.last}]`,
  ].join(';');
}
