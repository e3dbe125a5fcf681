import type { z } from 'zod';
import { switches } from './check-names.ts';
import { roles } from './cluster-spec.ts';
import { defaultImages } from './images.ts';
import * as grammar from './grammar.ts';
import * as files from './grammar-files.ts';
import * as network from './grammar-network.ts';
import { jenkinsSchema } from './jenkins-schema.ts';
import { duration, size } from './quantities.ts';
import { rolloutSchema } from './rollout-schema.ts';
import { listOf, mapOf, oneOf, section } from './sections.ts';

/**
 * The form of the cluster file. The descriptions stand in the JSON Schema that editors read and in
 * docs/cluster-file.md; the sample is checked against the defaults.
 */

const login = {
  user: grammar.userName.describe(
    'Login on the hosts: root, or a user with sudo without password.',
  ),
  port: grammar.port().describe('Port of sshd.'),
  identityFile: files.localFile.describe('Private key for the login.'),
  knownHostsFile: files.localFile.describe('Host keys that are trusted, in OpenSSH format.'),
};

const hostKey = network.hostKey
  .optional()
  .describe('The only host key that is accepted; known_hosts is then not asked.');

const bastion = section({
  address: network.connectAddress.describe('Host that all connections pass through.'),
  user: login.user.optional().describe('Login on the bastion; like on the hosts if not given.'),
  port: login.port.default(22).describe('Port of sshd on the bastion.'),
  identityFile: login.identityFile
    .optional()
    .describe('Private key for the bastion; the one of the hosts if not given.'),
  knownHostsFile: login.knownHostsFile
    .optional()
    .describe('Trusted keys for the bastion; those of the hosts if not given.'),
  hostKey,
});

const sshDefaults = section({
  user: login.user.default('root'),
  port: login.port.default(22),
  identityFile: login.identityFile.default('~/.ssh/id_ed25519'),
  knownHostsFile: login.knownHostsFile.default('~/.ssh/known_hosts'),
  bastion: bastion.optional().describe('Jump host, where the hosts cannot be reached directly.'),
});

const hostSsh = section({
  address: network.connectAddress
    .optional()
    .describe('Where to connect to, if not to the service address.'),
  user: login.user.optional(),
  port: login.port.optional(),
  identityFile: login.identityFile.optional(),
  knownHostsFile: login.knownHostsFile.optional(),
  hostKey,
  bastion: bastion.optional(),
}).describe('Wins over the common `ssh`, field by field.');

const resources = section({
  cpus: grammar.cpus().optional().describe('Cores to offer; all that Mesos finds if not given.'),
  memory: size({ min: '128MiB', max: '64TiB' })
    .optional()
    .describe('Memory to offer; what Mesos finds less a reserve if not given.'),
  disk: size({ min: '128MiB', max: '4096TiB' })
    .optional()
    .describe('Disk to offer; what Mesos finds less a reserve if not given.'),
  ports: files.portRange
    .prefault('31000-32000')
    .describe('Host ports to offer, both ends included.'),
});

const host = section({
  address: network.serviceAddress.describe('Address that the services bind and advertise.'),
  roles: listOf(oneOf('a role', roles), 0, 5)
    .default([])
    .describe('Roles besides those of the groups `masters` and `agents`.'),
  ssh: hostSsh.prefault({}),
  attributes: mapOf(grammar.attributeName, grammar.attributeValue)
    .default({})
    .describe('Mesos attributes of the host, by which tasks can choose it.'),
  resources: resources.prefault({}).describe('What the host offers to Mesos.'),
});

const images = section({
  zookeeper: image('zookeeper', 'ZooKeeper.'),
  mesosMaster: image('mesosMaster', 'Mesos master; 1.9 or newer.'),
  mesosAgent: image('mesosAgent', 'Mesos agent; the version of the masters.'),
  marathon: image('marathon', 'Marathon.'),
  haproxy: image('haproxy', 'HAProxy of the gateways.'),
  keepalived: files.imageReference
    .optional()
    .describe('keepalived, only for `gateway.address: vip`; build it from `images/keepalived`.'),
});

function image(name: keyof typeof defaultImages, description: string) {
  return files.imageReference.default(defaultImages[name].reference).describe(description);
}

const docker = section({
  insecureRegistries: listOf(network.registry, 0, 50)
    .default([])
    .describe('Registries without TLS; added to what daemon.json has.'),
  registryMirrors: listOf(network.mirrorUrl, 0, 50)
    .default([])
    .describe('Mirrors of Docker Hub; added to what daemon.json has.'),
  logs: section({
    maxSize: size({ min: '1MiB', max: '100GiB' })
      .prefault('50MiB')
      .describe('A container log is rotated at this size.'),
    maxFiles: grammar.integer('a number of files', 1, 100).default(5).describe('Log files kept.'),
  })
    .prefault({})
    .describe('Logs of all containers.'),
});

const folders = section({
  config: files.remoteFolder
    .default('/etc/ci-cluster')
    .describe('Rendered files and the identity of the cluster.'),
  data: files.remoteFolder
    .default('/var/lib/ci-cluster')
    .describe('What the services keep; never deleted by ci-cluster.'),
});

const zookeeper = section({
  clientPort: grammar.port().default(2181).describe('For Mesos and Marathon.'),
  quorumPort: grammar.port().default(2888).describe('From the followers to the leader.'),
  electionPort: grammar.port().default(3888).describe('For elections.'),
  tickTime: duration({ min: '100ms', max: '1m' })
    .prefault('2s')
    .describe('Unit of the limits; sessions last 2 to 20 ticks.'),
  initLimit: grammar
    .integer('a number of ticks', 1, 1000)
    .default(10)
    .describe('Ticks that a follower may take to connect and synchronise.'),
  syncLimit: grammar
    .integer('a number of ticks', 1, 1000)
    .default(5)
    .describe('Ticks after which a silent member is given up; decides how long a failover takes.'),
  maxClientConnections: grammar
    .integer('a number of connections', 1, 100_000)
    .default(200)
    .describe('Connections from one address.'),
  autopurgeHours: grammar
    .integer('a number of hours', 1, 8760)
    .default(1)
    .describe('Hours between removals of old snapshots; without them the disk fills.'),
  heap: size({ min: '64MiB', max: '1TiB' }).prefault('1GiB').describe('Java heap.'),
});

const mesos = section({
  masterPort: grammar.port().default(5050).describe('Of the masters.'),
  agentPort: grammar.port().default(5051).describe('Of the Mesos agents.'),
  zookeeperPath: files.zookeeperPath.default('/mesos').describe('Znode of the election.'),
  zookeeperSession: duration({ min: '200ms', max: '20m' })
    .prefault('10s')
    .describe('A dead leader is noticed after this time.'),
  agentPingTimeout: duration({ min: '1s', max: '15m' })
    .prefault('15s')
    .describe('An unanswered ping counts as failed after this time.'),
  maxAgentPingTimeouts: grammar
    .integer('a number of pings', 1, 1000)
    .default(5)
    .describe('Failed pings after which an agent is unreachable.'),
  offerTimeout: duration({ min: '1s', max: '1h' })
    .prefault('60s')
    .describe('An unused offer is taken back after this time.'),
  executorRegistrationTimeout: duration({ min: '1m', max: '2h' })
    .prefault('10m')
    .describe('Time for pulling an image and starting a task.'),
});

const marathon = section({
  port: grammar.port().default(8080).describe('HTTP.'),
  libprocessPort: grammar
    .port()
    .default(9090)
    .describe('For the Mesos master; fixed for firewalls.'),
  zookeeperPath: files.zookeeperPath.default('/marathon').describe('Znode of election and state.'),
  zookeeperSession: duration({ min: '200ms', max: '20m' })
    .prefault('10s')
    .describe('A dead leader is noticed after this time.'),
  heap: size({ min: '128MiB', max: '1TiB' }).prefault('512MiB').describe('Java heap.'),
});

const vip = section({
  address: network.serviceAddress.describe('A free address in the network of the gateway hosts.'),
  interface: grammar.networkInterface
    .optional()
    .describe('Network interface; the one with the service address if not given.'),
  routerId: grammar
    .integer('a VRRP router id', 1, 255)
    .default(51)
    .describe('Two clusters in one network need different ones.'),
});

const gateway = section({
  mesosPort: grammar.port().default(15_050).describe('The leading Mesos master.'),
  marathonPort: grammar.port().default(18_080).describe('The leading Marathon.'),
  address: oneOf('a kind of address', ['dns', 'external', 'vip'])
    .default('dns')
    .describe(
      'How a lost gateway host is got round: a `dns` name of yours with all their addresses, an `external` load balancer, or a `vip` that keepalived moves.',
    ),
  vip: vip.optional().describe('Only with `address: vip`.'),
});

export const clusterSchema = section({
  name: grammar.shortName.describe('Name of the cluster.'),
  environment: oneOf('an environment', ['production', 'lab'])
    .default('production')
    .describe('`lab` allows what only throw-away hosts may suffer.'),
  notice: grammar.notice.optional().describe('Printed with every result.'),
  ssh: sshDefaults.prefault({}).describe('How to reach the hosts.'),
  masters: listOf(grammar.hostName, 0, 100)
    .default([])
    .describe('Hosts with the roles zookeeper, mesos-master and marathon.'),
  agents: listOf(grammar.hostName, 0, 1000)
    .default([])
    .describe('Hosts with the role mesos-agent.'),
  hosts: mapOf(grammar.hostName, host).describe('Every host by its name.'),
  images: images.prefault({}).describe('Container images.'),
  docker: docker.prefault({}).describe('Docker Engine of the hosts.'),
  folders: folders.prefault({}).describe('Folders on the hosts.'),
  zookeeper: zookeeper.prefault({}).describe('ZooKeeper.'),
  mesos: mesos.prefault({}).describe('Mesos masters and agents.'),
  marathon: marathon.prefault({}).describe('Marathon.'),
  gateway: gateway.prefault({}).describe('Ports that always lead to the leader.'),
  rollout: rolloutSchema.prefault({}).describe('How changes go from host to host.'),
  jenkins: mapOf(grammar.shortName, jenkinsSchema).default({}).describe('Controllers by name.'),
  checks: mapOf(grammar.checkName, oneOf('a switch', switches))
    .default({})
    .describe('Checks by name: `off`, or how bad what they find is (`warn`, `fail`).'),
}).describe('Cluster file of ci-cluster');

/** The file as written, quantities converted, defaults that depend on nothing filled in. */
export type ClusterFile = z.output<typeof clusterSchema>;
