import { publishedName, type Tags } from './image-tags.ts';
import {
  gatewayAddress,
  gitAddress,
  homesFolder,
  hostsOf,
  registryEndpoint,
  type Lab,
  type LabHost,
} from './lab.ts';
import { recipes } from './recipes.ts';

/** The cluster file of a lab: small everywhere, so that five hosts fit on one machine. */
export function renderClusterFile(lab: Lab, tags: Tags): string {
  const gateways = gatewaysOf(lab);
  return `\
# Written by "ci-cluster lab up". Change it and run "ci-cluster lab exec --name ${lab.name} -- init".
name: ${lab.name}
environment: lab
notice: >-
  This is a lab. ZooKeeper, HAProxy, keepalived and Java are the real programs from Debian; Mesos,
  Marathon and Jenkins are stand-ins that only behave like them.

ssh:
  user: ops # sudo without password
  identityFile: id_ed25519 # beside this file, as the two below
  knownHostsFile: known_hosts

masters: [${names(lab, 'master')}]
agents: [${names(lab, 'agent')}]

hosts:
${lab.hosts
  .filter(({ kind }) => kind !== 'spare')
  .map((host) => hostLine(host, gateways.includes(host)))
  .join('\n')}

# The tags change with the content of the images.
images:
${imageLines(lab, tags)}

docker:
  insecureRegistries: ["${registryEndpoint(lab)}"] # the lab's own registry has no certificate

checks:
  AGENT_DOCKER_CLIENT: off # the stand-in of the Mesos agent talks to Docker by itself
  AGENT_RESOURCES: off # hosts that are containers see the cores of one machine
  CONTROL_PORTS_OUTSIDE: off # this machine is the network of the lab

zookeeper:
  heap: 128MiB
marathon:
  heap: 128MiB

${gatewaySection(lab)}${jenkinsSection(lab, tags)}`;
}

/** Two, so that one may be lost, where there are as many agents. */
function gatewaysOf(lab: Lab): readonly LabHost[] {
  return hostsOf(lab, 'agent').slice(0, 2);
}

function gatewaySection(lab: Lab): string {
  if (gatewaysOf(lab).length < 2) return '';
  return `\
gateway:
  address: vip # one address that moves between the gateways
  vip: { address: ${gatewayAddress(lab)} }

`;
}

/** One controller that may run anywhere, one bound to a host; build agents of both kinds. */
function jenkinsSection(lab: Lab, tags: Tags): string {
  const agents = hostsOf(lab, 'agent');
  const last = agents.at(-1);
  if (last === undefined) throw new Error('a lab without agents');
  const common = `\
    image: ${reference(lab, tags, 'jenkins')}
    cpus: 0.3
    memory: 256MiB
    admin: { user: admin, password: { file: admin-password } }`;
  const buildAgent = `image: ${reference(lab, tags, 'build-agent')}, cpus: 0.5, memory: 256MiB`;
  const canary = `repository: git://${gitAddress(lab)}/hello.git, run: make test, artifacts: out/*`;
  return `\
jenkins:
  main: # may run on every agent, and moves when its host is lost
${common}
    home: { kind: shared, path: ${homesFolder}/main }
    buildAgents:
      linux: { ${buildAgent}, idle: 2m, disk: 100MiB }
    canary: { ${canary} }
  tools: # bound to ${last.name}
${common}
    home: { kind: pinned, host: ${last.name} }
    buildAgents:
      linux: { ${buildAgent}, idle: 2m, disk: 100MiB }
      static: { ${buildAgent}, via: marathon }
    canary: { ${canary} }
`;
}

const imageNames = {
  zookeeper: 'zookeeper',
  mesosMaster: 'mesos-master',
  mesosAgent: 'mesos-agent',
  marathon: 'marathon',
  haproxy: 'haproxy',
  keepalived: 'keepalived',
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
    resources: { cpus: 8, memory: 8GiB, disk: 50GiB }`;
}

function names(lab: Lab, kind: LabHost['kind']): string {
  return hostsOf(lab, kind)
    .map(({ name }) => name)
    .join(', ');
}
