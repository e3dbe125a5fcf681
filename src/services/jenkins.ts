import { hostsWith } from '../cluster/members.ts';
import type { ClusterSpec, Host, JenkinsController } from '../config/cluster-spec.ts';
import { jenkinsYaml } from './jenkins-casc.ts';
import {
  neverTwice,
  replacedAtOnce,
  singleInstance,
  soonAgain,
  type MarathonApp,
} from './marathon-app.ts';
import { render, type Templates } from './render.ts';
import { root, serviceUser, type Folder, type ManagedFile } from './service.ts';

export function appId(controller: JenkinsController): string {
  return `/ci/jenkins-${controller.name}`;
}

/** The Mesos agents that may run the controller. */
export function eligibleHosts(spec: ClusterSpec, controller: JenkinsController): readonly Host[] {
  const { home } = controller;
  const agents = hostsWith(spec, 'mesos-agent');
  return home.kind === 'shared' ? agents : agents.filter(({ name }) => name === home.host);
}

export function controllerFolders(spec: ClusterSpec, controller: JenkinsController): Folder[] {
  const config = configFolder(spec, controller);
  return [
    { path: `${spec.folders.config}/jenkins`, mode: '0755', owner: root },
    { path: config, mode: '0755', owner: root },
    { path: `${config}/casc`, mode: '0755', owner: root },
    { path: `${config}/secrets`, mode: '0500', owner: serviceUser },
    { path: `${config}/start`, mode: '0755', owner: root },
    { path: `${spec.folders.data}/jenkins`, mode: '0755', owner: root },
    { path: controller.home.path, mode: '0750', owner: serviceUser },
  ];
}

export function controllerFiles(
  spec: ClusterSpec,
  controller: JenkinsController,
  templates: Templates,
): ManagedFile[] {
  const config = configFolder(spec, controller);
  const open = { mode: '0644', owner: root };
  return [
    {
      path: `${config}/casc/jenkins.yaml`,
      content: jenkinsYaml(spec, controller, templates),
      ...open,
    },
    ...controller.fragments.map(({ name, content }) => {
      return { path: `${config}/casc/${name}`, content, ...open };
    }),
    {
      path: `${config}/start/start.sh`,
      content: render(templates, 'jenkins/start.sh', {}),
      ...open,
    },
    {
      path: `${config}/secrets/ADMIN_PASSWORD`,
      content: controller.admin.password,
      mode: '0400',
      owner: serviceUser,
    },
  ];
}

/** Two controllers on one home would corrupt it: one instance, and start.sh is the fence. */
export function controllerApp(spec: ClusterSpec, controller: JenkinsController): MarathonApp {
  return {
    id: appId(controller),
    ...neverTwice,
    cpus: controller.cpus,
    mem: controller.memoryMb,
    user: 'root',
    // With exec, so that the signals of a stop reach what start.sh becomes.
    cmd: 'exec /bin/sh /ci-cluster/start.sh',
    networks: [{ mode: 'host' }],
    container: {
      type: 'DOCKER',
      docker: { image: controller.image, forcePullImage: false },
      volumes: volumes(spec, controller),
    },
    portDefinitions: [
      { port: controller.port, name: 'http', protocol: 'tcp' },
      { port: controller.agentPort, name: 'agent', protocol: 'tcp' },
    ],
    requirePorts: true,
    env: environment(spec, controller),
    constraints: constraints(spec, controller),
    healthChecks: [
      {
        // `/` answers 403 where anonymous users may not read; /login is open.
        protocol: 'MESOS_HTTP',
        path: '/login',
        portIndex: 0,
        delaySeconds: 2,
        gracePeriodSeconds: 300,
        intervalSeconds: 10,
        timeoutSeconds: 10,
        maxConsecutiveFailures: 6,
      },
    ],
    unreachableStrategy: controller.home.kind === 'shared' ? replacedAtOnce : 'disabled',
    ...soonAgain,
    taskKillGracePeriodSeconds: 60,
    labels: { ...singleInstance },
  };
}

function environment(spec: ClusterSpec, controller: JenkinsController): Record<string, string> {
  const names = ['jenkins.yaml', ...controller.fragments.map(({ name }) => name)];
  return {
    // File by file: one that was taken out of the cluster file may still lie in the folder.
    CASC_JENKINS_CONFIG: names.map((name) => `/casc/${name}`).join(','),
    JAVA_OPTS: javaProperties(spec, controller)
      .map(([name, value]) => `-D${name}=${value}`)
      .join(' '),
    JENKINS_OPTS: `--httpPort=${controller.port}`,
  };
}

function javaProperties(
  spec: ClusterSpec,
  controller: JenkinsController,
): readonly (readonly [string, string | number])[] {
  return [
    ['jenkins.install.runSetupWizard', 'false'],
    // Not by JENKINS_SLAVE_AGENT_PORT: jenkins.sh ignores it where the options contain the text
    // `…slaveAgentPort`, and `…slaveAgentPortEnforce` does (jenkinsci/docker, 2026).
    ['jenkins.model.Jenkins.slaveAgentPort', controller.agentPort],
    ['jenkins.model.Jenkins.slaveAgentPortEnforce', 'true'],
    // What build agents are told to connect to: the gateways, whatever host the controller is on.
    ['hudson.TcpSlaveAgentListener.hostName', new URL(controller.url).hostname],
    ['hudson.TcpSlaveAgentListener.port', controller.gatewayAgentPort],
    // A build agent whose gateway is gone learns it from a missing ping alone: 9 min with the defaults of
    // `ChannelPinger` (300 s and 240 s, core 2.541). A controller that collects garbage answers later, too.
    ['hudson.slaves.ChannelPinger.pingIntervalSeconds', 30],
    ['hudson.slaves.ChannelPinger.pingTimeoutSeconds', 60],
    // The plugin gives a build agent up after 5 min; pulling its image may take as long as Mesos allows.
    ['usi.jenkins.agent-timeout', `${spec.mesos.executorRegistrationTimeoutMs}ms`],
  ];
}

function configFolder(spec: ClusterSpec, controller: JenkinsController): string {
  return `${spec.folders.config}/jenkins/${controller.name}`;
}

function volumes(spec: ClusterSpec, controller: JenkinsController): unknown[] {
  const config = configFolder(spec, controller);
  return [
    { containerPath: '/var/jenkins_home', hostPath: controller.home.path, mode: 'RW' },
    { containerPath: '/casc', hostPath: `${config}/casc`, mode: 'RO' },
    { containerPath: '/ci-cluster', hostPath: `${config}/start`, mode: 'RO' },
    { containerPath: '/run/secrets', hostPath: `${config}/secrets`, mode: 'RO' },
  ];
}

/** Agents register with their address as hostname, so the address is what Marathon compares. */
function constraints(spec: ClusterSpec, controller: JenkinsController): string[][] {
  if (controller.home.kind === 'shared') return [];
  return eligibleHosts(spec, controller).map(({ address }) => ['hostname', 'IS', address]);
}
