import { publishedName, type Tags } from './image-tags.ts';
import { hostsOf, registryEndpoint, type Lab, type LabHost } from './lab.ts';
import { recipes } from './recipes.ts';

/** The cluster file of a lab: small everywhere, so that five hosts fit on one machine. */
export function renderClusterFile(lab: Lab, tags: Tags): string {
  const agent = hostsOf(lab, 'agent')[0];
  if (agent === undefined) throw new Error('a lab without agents');
  return `\
# Written by "ci-cluster lab up". Change it and run "ci-cluster lab exec --name ${lab.name} -- init".
name: ${lab.name}
environment: lab
notice: >-
  This is a lab. ZooKeeper and HAProxy are the real programs from Debian; Mesos, Marathon and Jenkins
  are stand-ins that only behave like them.

ssh:
  user: ops # sudo without password
  identityFile: id_ed25519 # beside this file, as the two below
  knownHostsFile: known_hosts

masters: [${names(lab, 'master')}]
agents: [${names(lab, 'agent')}]

hosts:
${lab.hosts.map((host) => hostLine(host, host === agent)).join('\n')}

# The tags change with the content of the images.
images:
${imageLines(lab, tags)}

docker:
  insecureRegistries: ["${registryEndpoint(lab)}"] # the lab's own registry has no certificate

zookeeper:
  heap: 128MiB
marathon:
  heap: 128MiB

jenkins:
  main:
    image: ${reference(lab, tags, 'jenkins')}
    cpus: 0.5
    memory: 512MiB
    url: http://${agent.address}:8081/ # through the gateway on ${agent.name}
    home: { kind: pinned, host: ${agent.name}, path: /var/lib/ci-cluster/jenkins/main }
    admin: { user: admin, password: { file: admin-password } }
`;
}

const imageNames = {
  zookeeper: 'zookeeper',
  mesosMaster: 'mesos-master',
  mesosAgent: 'mesos-agent',
  marathon: 'marathon',
  haproxy: 'haproxy',
};

function imageLines(lab: Lab, tags: Tags): string {
  return Object.entries(imageNames)
    .map(([key, name]) => `  ${key}: ${reference(lab, tags, name)}`)
    .join('\n');
}

function reference(lab: Lab, tags: Tags, name: string): string {
  const recipe = recipes.find((candidate) => candidate.name === name);
  if (recipe === undefined) throw new Error(`no image ${name}`);
  return `${registryEndpoint(lab)}/${publishedName(recipe, tags)}`;
}

function hostLine({ name, kind, address }: LabHost, isGateway: boolean): string {
  if (kind === 'master') return `  ${name}: { address: ${address} }`;
  return `\
  ${name}:
    address: ${address}${isGateway ? '\n    roles: [gateway] # where people come in' : ''}
    resources: { cpus: 2, memory: 2GiB, disk: 5GiB }`;
}

function names(lab: Lab, kind: LabHost['kind']): string {
  return hostsOf(lab, kind)
    .map(({ name }) => name)
    .join(', ');
}
