import { hostsWith } from '../cluster/members.ts';
import type { ClusterSpec, Host, JenkinsController } from '../config/cluster-spec.ts';
import { render, type Templates } from './render.ts';
import { root, serviceUser, type Folder, type ManagedFile } from './service.ts';

/** Definition of a Marathon app as `PUT /v2/apps` takes it (Marathon 1.10). */
export type MarathonApp = Readonly<Record<string, unknown>> & { readonly id: string };

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
  return [
    {
      path: `${config}/casc/jenkins.yaml`,
      content: render(templates, 'jenkins/jenkins.yaml', {
        cluster: spec.name,
        controller: controller.name,
        agentPort: controller.agentPort,
        adminUser: controller.admin.user,
        url: controller.url,
      }),
      mode: '0644',
      owner: root,
    },
    {
      path: `${config}/secrets/ADMIN_PASSWORD`,
      content: controller.admin.password,
      mode: '0400',
      owner: serviceUser,
    },
  ];
}

/** Two controllers on one home would corrupt it: one instance, stopped before the next one starts. */
export function controllerApp(spec: ClusterSpec, controller: JenkinsController): MarathonApp {
  return {
    id: appId(controller),
    instances: 1,
    cpus: controller.cpus,
    mem: controller.memoryMb,
    user: 'root',
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
    env: {
      CASC_JENKINS_CONFIG: '/casc',
      JAVA_OPTS: '-Djenkins.install.runSetupWizard=false',
      JENKINS_OPTS: `--httpPort=${controller.port}`,
      JENKINS_SLAVE_AGENT_PORT: String(controller.agentPort),
    },
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
    upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
    unreachableStrategy: 'disabled',
    taskKillGracePeriodSeconds: 60,
    labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' },
  };
}

function configFolder(spec: ClusterSpec, controller: JenkinsController): string {
  return `${spec.folders.config}/jenkins/${controller.name}`;
}

function volumes(spec: ClusterSpec, controller: JenkinsController): unknown[] {
  const config = configFolder(spec, controller);
  return [
    { containerPath: '/var/jenkins_home', hostPath: controller.home.path, mode: 'RW' },
    { containerPath: '/casc', hostPath: `${config}/casc`, mode: 'RO' },
    { containerPath: '/run/secrets', hostPath: `${config}/secrets`, mode: 'RO' },
  ];
}

/** Agents register with their address as hostname, so the address is what Marathon compares. */
function constraints(spec: ClusterSpec, controller: JenkinsController): string[][] {
  if (controller.home.kind === 'shared') return [];
  return eligibleHosts(spec, controller).map(({ address }) => ['hostname', 'IS', address]);
}
