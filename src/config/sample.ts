import { defaultImages } from './images.ts';
import { defaultPlugins } from './plugins.ts';

/**
 * A commented cluster file with every field. Three kinds of lines, told apart by what follows `#`:
 * `#key:` is a default, `# key:` an example without default, anything else prose. Tests read it so.
 */
export function sampleFile(): string {
  return `${head}${hosts}${images()}${services}${jenkins()}${builds}${checks}`;
}

const head = `\
# Cluster file of ci-cluster.
#
# "#key: value" (no space) is a default: remove the "#" to change it.
# "# key: value" is an example of something that has no default.
# Relative paths start at the folder of this file, "~/" is your home.
# Times are written 500ms, 10s, 2m or 1h, sizes 512MiB or 2GiB.

# Lower-case letters, digits and hyphens. Do not change it later.
name: ci
# "lab" allows what only throw-away hosts may suffer.
#environment: production
# Printed with every result.
# notice: Maintenance on Sunday

# How to reach the hosts. Needs root, or a user with sudo without password.
ssh:
  user: ops
  #port: 22
  #identityFile: ~/.ssh/id_ed25519
  #knownHostsFile: ~/.ssh/known_hosts
  # Jump host. What is left out is as for the hosts.
  # bastion:
  #   address: bastion.example.com
  #   user: jump
  #   port: 22
  #   identityFile: ~/.ssh/bastion
  #   knownHostsFile: ~/.ssh/known_hosts
  #   hostKey: SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA

# Groups of hosts, for the roles that nearly every cluster has.
# 1, 3, 5 or 7 hosts with the roles zookeeper, mesos-master and marathon:
masters: [m1, m2, m3]
# Hosts with the role mesos-agent, where Jenkins and the builds run:
agents: [a1, a2]
`;

const hosts = `
# Every host by its name. "address" is what the services bind and advertise.
hosts:
  m1: { address: 10.0.0.11 }
  m2: { address: 10.0.0.12 }
  m3: { address: 10.0.0.13 }
  a1:
    address: 10.0.0.21
    # Besides those of the groups: zookeeper, mesos-master, marathon,
    # mesos-agent, gateway. People reach the services through a gateway.
    roles: [gateway]
    # Where connecting differs from the common ssh settings.
    # ssh:
    #   address: a1.example.com
    #   user: ops
    #   port: 22
    #   identityFile: keys/a1
    #   knownHostsFile: keys/known_hosts
    #   hostKey: SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
    #   bastion: { address: other-bastion.example.com }
    # By attributes tasks can choose a host.
    # attributes: { rack: r1 }
    # What Mesos may give away; what it finds on the host if left out.
    resources:
      # cpus: 4
      # memory: 8GiB
      # disk: 50GiB
      ports: 31000-32000
  a2: { address: 10.0.0.22 }
`;

function images(): string {
  const names = ['zookeeper', 'mesosMaster', 'mesosAgent', 'marathon', 'haproxy'] as const;
  const lines = names.map((name) => `#  ${name}: ${defaultImages[name].reference}\n`);
  return `
# Container images, with version or digest.
#images:
${lines.join('')}\
  # keepalived: registry.example.com/keepalived:2.2.7

# Added to what the daemon.json of the hosts has.
#docker:
#  insecureRegistries: []
#  registryMirrors: []
#  logs: { maxSize: 50MiB, maxFiles: 5 }

# On the hosts. "config" is rendered anew, "data" is never deleted.
#folders:
#  config: /etc/ci-cluster
#  data: /var/lib/ci-cluster
`;
}

function plugins(): string {
  return Object.entries(defaultPlugins)
    .map(([name, version]) => `    #  ${name}: "${version}"`)
    .join('\n');
}

const services = `
# Limits are counted in ticks. A silent leader is given up after
# syncLimit x tickTime.
#zookeeper:
#  clientPort: 2181
#  quorumPort: 2888
#  electionPort: 3888
#  tickTime: 2s
#  initLimit: 10
#  syncLimit: 5
#  maxClientConnections: 200
#  autopurgeHours: 1
#  heap: 1GiB

# A dead leader is noticed after zookeeperSession (2 to 20 ticks), a dead
# Mesos agent after agentPingTimeout x maxAgentPingTimeouts.
#mesos:
#  masterPort: 5050
#  agentPort: 5051
#  zookeeperPath: /mesos
#  zookeeperSession: 10s
#  agentPingTimeout: 15s
#  maxAgentPingTimeouts: 5
#  offerTimeout: 60s
#  executorRegistrationTimeout: 10m

#marathon:
#  port: 8080
#  libprocessPort: 9090
#  zookeeperPath: /marathon
#  zookeeperSession: 10s
#  heap: 512MiB

# Ports that lead to the leader, on hosts with role gateway or mesos-agent.
#gateway:
#  mesosPort: 15050
#  marathonPort: 18080
#  # How a lost gateway host is got round: "dns" (your name for them all),
#  # "external" (your load balancer) or "vip" (keepalived moves an address).
#  address: dns
#  # With "address: vip", two gateway hosts or more and images.keepalived:
#  #   vip: { address: 10.0.0.100, interface: eth0, routerId: 51 }

# How changes go from host to host; ZooKeeper, masters and Marathon always go
# one at a time. "batch" and "maxFailures" are numbers or parts like "10%".
#rollout:
#  batch: 10%
#  canary: 1
#  maxFailures: 0
#  pause: 0s
`;

function jenkins(): string {
  return `
# Jenkins controllers by name. Default ports count up: the second has 31081 …
jenkins:
  main:
    # Where jobs are kept, chosen once. On one host (Jenkins runs there only):
    home:
      kind: pinned
      host: a1
      #path: /var/lib/ci-cluster/jenkins/main
      # Archives of it, made by a timer on that host.
      #backup:
      #  folder: /var/lib/ci-cluster/backups/jenkins/main
      #  every: 24h
      #  keep: 7
    # or on a network folder that every Mesos agent has mounted:
    #   { kind: shared, path: /srv/jenkins/main }
    admin:
      #user: admin
      # The password is never written here. Also possible are { env: NAME }
      # and { command: [pass, show, ci] }. The file needs mode 0600.
      password: { file: admin-password }
    #image: ${defaultImages.jenkins.reference}
    #cpus: 1
    #memory: 2GiB
    # On the Mesos agent, among the ports of its resources:
    #port: 31080
    #agentPort: 31500
    # On the gateways, for people and for build agents:
    #gatewayPort: 8081
    #gatewayAgentPort: 50000
    # What people type; the first gateway if left out.
    #url: http://10.0.0.21:8081/
    # What the image must bring, with exact versions.
    #plugins:
${plugins()}
    # Folder with further Configuration-as-Code files.
    # casc: jenkins.d
    # What Mesos knows and gives; a limit is the most that its builds hold.
    framework:
      weight: 1
      #id: ci-jenkins-main
      #role: jenkins-main
      # limit: { cpus: 16, memory: 32GiB }
    # For jobs that say nothing themselves.
    keepBuilds:
      count: 50
      # days: 90
`;
}

const builds = `\
    # Build agents by label: jobs need one of these labels.
    buildAgents:
      linux:
        image: registry.example.com/build-agent:1
        # "mesos": on demand by the Mesos plugin; "marathon": see below.
        #via: mesos
        #cpus: 1
        #memory: 1GiB
        # Reserved for the workspace; more is reported, not prevented.
        # disk: 5GiB
        # attributes: { rack: r1 }
        #idle: 6m
        # Opened only for trusted builds: the first lets them reach the control
        # ports of the cluster, the second makes them root on the host.
        #network: bridge
        #dockerSocket: false
      # Always "count" of them, kept running by Marathon without the plugin:
      # small: { image: example/build-agent:1, via: marathon, count: 2 }
    # What "ci-cluster build" runs.
    canary:
      #label: linux
      # repository: https://git.example.com/team/project.git
      run: uname -a
      # artifacts: out/**
`;

const checks = `
# What "ci-cluster check" makes of its checks: "off", or how bad what they find
# is, "warn" or "fail". docs/check.md lists them.
# checks: { HOST_OUTLIER: off, CLOCK_SERVICE: fail }
`;
