import type { Host } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { isIsolated } from '../services/isolation.ts';
import type { Container } from '../services/service.ts';
import type { Facts, Listener } from './facts.ts';
import type { PlanInput } from './observed.ts';
import { installing, toolsMissing } from './missing-tools.ts';
import { foldersOf, prepareHost, servicesOf } from './prepare-host.ts';
import { factsOf, renderInput, serviceWork } from './service-work.ts';

/** Below this a Docker image or a ZooKeeper log (64 MiB blocks) would soon find no room. */
const minimumFreeMib = 1024;

/** What would make the planned work on this host fail, found before it begins. */
export function hostFaults(input: PlanInput, host: Host): readonly ClusterError[] {
  const starting = servicesOf(input.spec, host).filter(
    (service) => serviceWork(input, service, host).steps.length > 0,
  );
  const ports = starting.flatMap((service) =>
    takenPorts(input, host, service.container(renderInput(input, host))),
  );
  const idle = starting.length === 0 && prepareHost(input, host).length === 0;
  const faults = [
    ...unsupported(input, host),
    ...lackingTools(input, host),
    ...missingTools(input, host),
    ...missingInterface(input, host),
  ];
  return idle ? [] : [...faults, ...fullDisks(input, host), ...ports];
}

/** Without `ss` nobody knows which ports are taken, nor when a new container listens; the lock is `flock`'s. */
function lackingTools(input: PlanInput, host: Host): ClusterError[] {
  const { docker, tools, packages } = factsOf(input, host);
  const wanted = ['ss', 'flock', ...(docker.kind === 'absent' ? ['systemctl'] : [])];
  const lacking = wanted.filter((tool) => !tools.has(tool));
  return lacking.length === 0 ? [] : [toolsMissing(host, { tools: lacking, packages })];
}

/** What the rules between builds and control ports need. Docker's package brings iptables. */
function missingTools(input: PlanInput, host: Host): ClusterError[] {
  const { tools, docker, packages } = factsOf(input, host);
  if (!isIsolated(host) || docker.kind === 'absent') return [];
  const login = `ssh ${host.ssh.user}@${host.ssh.address}`;
  const wants = [
    { tool: 'iptables', remedy: `Install it: ${login} ${installing(['iptables'], packages)}.` },
    {
      tool: 'systemctl',
      remedy: `Take ${host.name} out of agents, or give it systemd: nothing else would apply the rules before each start of Docker.`,
    },
  ];
  return wants
    .filter(({ tool }) => !tools.has(tool))
    .map(({ tool, remedy }) => {
      const message = `${host.name} has no ${tool}, without which builds there could reach the control ports of the cluster`;
      return new ClusterError('UNSUPPORTED_SYSTEM', message, { host: host.name, remedy });
    });
}

function unsupported(input: PlanInput, host: Host): ClusterError[] {
  const facts = factsOf(input, host);
  if (facts.tools.has('podman-docker')) return [podmanDocker(host)];
  if (facts.docker.kind !== 'absent' || facts.packages !== 'none') return [];
  const { id, version } = facts.system;
  return [
    new ClusterError(
      'UNSUPPORTED_SYSTEM',
      `${host.name} has no Docker Engine, and ci-cluster cannot install one on ${id} ${version}`,
      {
        host: host.name,
        remedy: `Install Docker Engine on ${host.name} by hand and start it (systemctl enable --now docker), then run the same command again.`,
      },
    ),
  ];
}

/** Its package takes the place of Docker's, and keeps it from being installed. */
function podmanDocker({ name, ssh }: Host): ClusterError {
  const message = `the docker command on ${name} is podman's, and Mesos needs Docker Engine`;
  const remedy = `Remove it: ssh ${ssh.user}@${ssh.address} sudo dnf remove podman-docker, then run the same command again.`;
  return new ClusterError('UNSUPPORTED_SYSTEM', message, { host: name, remedy });
}

/** keepalived has to be told where to put the address. */
function missingInterface(input: PlanInput, host: Host): ClusterError[] {
  const { entrance } = input.spec.gateway;
  const isKnown = renderInput(input, host).interface !== undefined;
  if (entrance.kind !== 'vip' || entrance.interface !== undefined || isKnown) return [];
  if (!host.roles.includes('gateway')) return [];
  const message = `no network interface of ${host.name} has its address ${host.address}, so nobody knows where ${entrance.address} belongs`;
  const remedy = `Look with ssh ${host.ssh.user}@${host.ssh.address} ip -4 address, then correct hosts.${host.name}.address or name gateway.vip.interface in the cluster file.`;
  return [new ClusterError('UNSUPPORTED_SYSTEM', message, { host: host.name, remedy })];
}

function fullDisks(input: PlanInput, host: Host): ClusterError[] {
  const facts = factsOf(input, host);
  const paths = [...foldersOf(input, host).map(({ path }) => path), dockerRoot(facts)];
  const full = paths
    .map((path) => ({
      path,
      freeMib: Math.floor((facts.folders.get(path)?.freeKib ?? Infinity) / 1024),
    }))
    .filter(({ freeMib }) => freeMib < minimumFreeMib);
  const [first] = full;
  if (first === undefined) return [];
  return [
    new ClusterError(
      'DISK_FULL',
      `${host.name} has only ${first.freeMib} MiB free for ${first.path}, ${minimumFreeMib} MiB are needed`,
      {
        host: host.name,
        remedy: `Free space on ${host.name} (ssh ${host.ssh.user}@${host.ssh.address} df -h ${first.path}), then run the same command again.`,
      },
    ),
  ];
}

/** Where Docker keeps images; its own answer, or its default where it is not installed yet. */
function dockerRoot(facts: Pick<Facts, 'docker'>): string {
  return facts.docker.kind === 'running' ? facts.docker.rootFolder : '/var/lib/docker';
}

function takenPorts(
  input: PlanInput,
  host: Host,
  container: Pick<Container, 'name' | 'listens' | 'opensLater'>,
): ClusterError[] {
  const facts = factsOf(input, host);
  return [...container.listens, ...container.opensLater].flatMap((port) => {
    const taken = facts.listeners.find(
      (listener) =>
        listener.port === port &&
        isInTheWay(listener, host) &&
        !isOwn(listener, facts, container.name),
    );
    return taken === undefined ? [] : [portInUse(host, container.name, taken)];
  });
}

function isInTheWay({ address }: Listener, host: Host): boolean {
  return ['0.0.0.0', '*', '::', '127.0.0.1', host.address].includes(address);
}

/** Containers outlive a stopped Docker Engine (live-restore), and then nobody can tell their names. */
function isOwn({ container }: Listener, { containers, docker }: Facts, name: string): boolean {
  if (container === '') return false;
  if (docker.kind !== 'running') return true;
  return containers.some((own) => own.name === name && own.id === container);
}

function portInUse(host: Host, container: string, { port, process, pid }: Listener): ClusterError {
  const who = process === '' ? 'another process' : `${process} (process ${pid})`;
  return new ClusterError(
    'PORT_IN_USE',
    `port ${port} on ${host.name} is taken by ${who}, ${container} needs it`,
    {
      host: host.name,
      remedy: `Stop it (ssh ${host.ssh.user}@${host.ssh.address} sudo ss -ltnp 'sport = :${port}' shows it) or give the service another port in the cluster file, then run the same command again.`,
    },
  );
}
