import type { ClusterSpec, Role } from '../../src/config/cluster-spec.ts';
import type { Abilities } from '../../src/drill/scene/abilities.ts';
import type { HostScene, Scene } from '../../src/drill/scene/scene.ts';
import type { Group, Health, Member } from '../../src/health/model.ts';
import { appId } from '../../src/services/jenkins.ts';
import { clusterFile, specOf, type ClusterFileParts } from './cluster-file.ts';

export interface SceneParts {
  readonly file?: ClusterFileParts;
  /** `m1` leads everything that is not given. */
  readonly leaders?: Partial<Scene['leaders']>;
}

/** A healthy cluster at rest, with the stock settings of ZooKeeper, Mesos and Marathon. */
export async function sceneOf({ file = {}, leaders = {} }: SceneParts = {}): Promise<Scene> {
  const spec = await specOf(clusterFile(file));
  const led = { zookeeper: 'm1', mesos: 'm1', marathon: 'm1', ...leaders };
  const agents = hostsOf(spec, 'mesos-agent');
  return {
    ...{ spec, leaders: led, health: healthOf(spec, led) },
    leadingMs: { zookeeper: 600_000, mesos: 600_000, marathon: 600_000 },
    hosts: new Map(spec.hosts.map(({ name, roles }) => [name, hostScene(roles)])),
    controllers: spec.jenkins.map((controller) => ({
      ...{ name: controller.name, app: appId(controller), task: `task-of-${controller.name}` },
      host: controller.home.kind === 'pinned' ? controller.home.host : agents[0],
      container: `mesos-${controller.name}`,
      ...{ backoffMs: 5000, graceMs: 300_000, intervalMs: 10_000 },
    })),
    buildAgents: [],
    pool: agents.map((host) => ({
      ...{ host, id: `S-${host}`, cpus: 4, memoryMb: 8192, usedCpus: 1, usedMemoryMb: 1024 },
    })),
    flags: stockFlags(spec),
    ...{ deployments: '', maintenance: '' },
    builds: new Map(spec.jenkins.map(({ name }) => [name, []])),
  };
}

function hostsOf(spec: ClusterSpec, role: Role): readonly string[] {
  return spec.hosts.filter(({ roles }) => roles.includes(role)).map(({ name }) => name);
}

function stockFlags(spec: ClusterSpec): Scene['flags'] {
  const members = spec.hosts.filter(({ roles }) => roles.includes('zookeeper'));
  return {
    zookeeper: new Map(
      members.map(({ name, address }) => [
        name,
        {
          ...{ tickTimeMs: 2000, initLimit: 10, syncLimit: 5 },
          ...{ minSessionMs: 4000, maxSessionMs: 40_000 },
          ownLine: `${address}:2888:3888:participant;${address}:2181`,
        },
      ]),
    ),
    masters: new Map(
      hostsOf(spec, 'mesos-master').map((host, _index, all) => [
        host,
        {
          ...{ sessionMs: 10_000, pingMs: 15_000, maxPings: 5 },
          ...{ registryFetchMs: 60_000, agentReregisterMs: 600_000 },
          quorum: Math.floor(all.length / 2) + 1,
        },
      ]),
    ),
    agents: new Map(
      hostsOf(spec, 'mesos-agent').map((host) => [
        host,
        {
          ...{ executorReregistrationMs: 2000, registrationBackoffMs: 1000 },
          ...{ executorRegistrationMs: 600_000, dockerMesosImage: 'mesos-agent:1' },
        },
      ]),
    ),
    marathon: { host: 'm1', sessionMs: 10_000, failoverSeconds: 604_800, checkpoint: true },
  };
}

const serviceOf: Readonly<Record<Role, string>> = {
  ...{ zookeeper: 'zookeeper', 'mesos-master': 'mesos-master', marathon: 'marathon' },
  ...{ 'mesos-agent': 'mesos-agent', gateway: 'gateway' },
};

function hostScene(roles: readonly Role[]): HostScene {
  const names = roles.map((role) => serviceOf[role]);
  return {
    abilities: able(names.map((name) => `ci-${name}`)),
    containers: new Map(names.map((name) => [name, `ci-${name}`])),
    liveRestore: true,
  };
}

const can = { can: true, why: '' } as const;

/** A machine that takes every fault. */
function able(containers: readonly string[]): Abilities {
  return {
    ...{ iptables: can, ip6tables: can, statistic: can, netem: can, freezer: can },
    ...{ filter: 'iptables v1.8.9 (nf_tables)', timers: ['systemd-run', 'setsid'] },
    ...{ container: undefined, clock: { wall: 1_800_000_000, monotonic: 5000 }, drills: [] },
    containers: containers.map((name) => {
      return { name, restart: 'unless-stopped', hostPids: name === 'ci-mesos-agent' };
    }),
  };
}

/** What one host says otherwise. */
export function withAbilities(scene: Scene, host: string, other: Partial<Abilities>): Scene {
  const found = scene.hosts.get(host);
  if (found === undefined || typeof found.abilities === 'string') throw new Error(`no ${host}`);
  const abilities = { ...found.abilities, ...other };
  return { ...scene, hosts: new Map([...scene.hosts, [host, { ...found, abilities }]]) };
}

function healthOf(spec: ClusterSpec, leaders: Scene['leaders']): Health {
  const group = (role: Role, leader: string | undefined, other: string): Group => {
    const hosts = hostsOf(spec, role);
    const members = hosts.map((host) => {
      return member(
        host,
        host === leader
          ? hosts.length === 1 && role === 'zookeeper'
            ? 'standalone'
            : 'leader'
          : other,
      );
    });
    const canLose = Math.ceil(hosts.length / 2) - 1;
    return { state: 'healthy', leader, members, canLose, voting: hosts.length, reason: '' };
  };
  const gateways = hostsOf(spec, 'gateway').map((host) => member(host, 'gateway'));
  const agents = hostsOf(spec, 'mesos-agent').map((host) => {
    return { ...member(host, 'agent'), resources: undefined };
  });
  return {
    verdict: 'healthy',
    hosts: spec.hosts.map(({ name }) => {
      return { host: name, state: 'healthy', detail: '', openness: '', containers: [] };
    }),
    zookeeper: group('zookeeper', leaders.zookeeper, 'follower'),
    mesosMasters: group('mesos-master', leaders.mesos, 'standby'),
    mesosAgents: { state: 'healthy', members: agents, reason: '' },
    marathon: { ...group('marathon', leaders.marathon, 'standby'), voting: undefined },
    gateways: {
      ...{ state: 'healthy', members: gateways, canLose: gateways.length - 1, reason: '' },
      movingAddress: undefined,
    },
    jenkins: [],
    ...{ orphanFrameworks: [], diskHogs: [], residue: [], pool: undefined },
  };
}

function member(host: string, role: string): Member {
  return { host, state: 'healthy', role, detail: '' };
}
