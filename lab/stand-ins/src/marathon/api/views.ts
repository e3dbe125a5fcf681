import type { App } from '../app/app-schema.ts';
import type { AppRecord, Cluster, Deployment } from '../core/cluster.ts';
import { instanceIdOf, type Instance } from '../core/instance.ts';
import type { HealthMonitor } from '../core/health-monitor.ts';

export type Embed =
  'tasks' | 'counts' | 'deployments' | 'lastTaskFailure' | 'taskStats' | 'readiness';

export interface ViewSources {
  readonly cluster: Cluster;
  readonly health: HealthMonitor;
}

export const allEmbeds: readonly Embed[] = [
  'tasks',
  'counts',
  'deployments',
  'lastTaskFailure',
  'readiness',
];

/** An app as `GET /v2/apps…` shows it (`types/app.raml`, Marathon 1.10). */
export function appView(
  { app, lastTaskFailure }: AppRecord,
  embeds: readonly Embed[],
  sources: ViewSources,
): Record<string, unknown> {
  const tasks = sources.cluster.instances(app.id);
  const parts: Readonly<Record<Embed, () => Record<string, unknown>>> = {
    counts: () => counts(tasks),
    deployments: () => ({ deployments: deploymentsOf(app, sources.cluster) }),
    tasks: () => ({ tasks: tasks.map((one) => taskView(one, sources)) }),
    lastTaskFailure: () => (lastTaskFailure === undefined ? {} : { lastTaskFailure }),
    readiness: () => ({ readinessCheckResults: [] }),
    taskStats: () => ({ taskStats: {} }),
  };
  return embeds.reduce<Record<string, unknown>>((view, name) => ({ ...view, ...parts[name]() }), {
    ...app,
  });
}

export function taskView(one: Instance, { cluster, health }: ViewSources): Record<string, unknown> {
  const app = cluster.app(one.appId)?.app;
  const results = app === undefined ? [] : health.results(one, app);
  return {
    appId: one.appId,
    ...(results.length === 0 ? {} : { healthCheckResults: results }),
    host: one.host,
    id: one.id,
    ipAddresses: one.ipAddresses ?? [],
    ports: one.ports,
    servicePorts: [],
    slaveId: one.agentId,
    state: one.killSentAt === undefined ? one.state : 'TASK_KILLING',
    stagedAt: new Date(one.stagedAt).toISOString(),
    ...(one.startedAt === undefined ? {} : { startedAt: new Date(one.startedAt).toISOString() }),
    version: one.version,
    localVolumes: [],
    region: null,
    zone: null,
    role: '*',
    instanceId: instanceIdOf(one.id),
  };
}

export function deploymentView(deployment: Deployment): Record<string, unknown> {
  const { id, version, actions } = deployment;
  return {
    id,
    version,
    affectedApps: actions.map(({ app }) => app),
    affectedPods: [],
    steps: [{ actions }],
    currentActions: actions.map((one) => ({ ...one, readinessCheckResults: [] })),
    currentStep: 1,
    totalSteps: 1,
  };
}

function counts(tasks: readonly Instance[]): Record<string, number> {
  const running = tasks.filter(({ state }) => state === 'TASK_RUNNING');
  return {
    tasksStaged: tasks.filter(({ state }) => isStaged(state)).length,
    tasksRunning: running.length,
    tasksHealthy: running.filter(({ healthy }) => healthy === true).length,
    tasksUnhealthy: running.filter(({ healthy }) => healthy === false).length,
  };
}

function isStaged(state: Instance['state']): boolean {
  return state === 'TASK_STAGING' || state === 'TASK_STARTING';
}

function deploymentsOf(app: App, cluster: Cluster): { id: string }[] {
  return cluster
    .deployments()
    .filter(({ actions }) => actions.some((one) => one.app === app.id))
    .map(({ id }) => ({ id }));
}
