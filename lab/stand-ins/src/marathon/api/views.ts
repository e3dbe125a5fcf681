import type { App } from '../app/app-schema.ts';
import type { AppRecord, Cluster } from '../core/cluster.ts';
import { actionsOf, currentActions, type Action, type Deployment } from '../core/deployment.ts';
import { instanceIdOf, type Instance } from '../core/instance.ts';
import { servicePorts } from '../core/service-ports.ts';
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
    deployments: () => ({ deployments: deploymentsOf(app.id, sources.cluster) }),
    tasks: () => ({ tasks: tasks.map((one) => taskView(one, sources)) }),
    lastTaskFailure: () => (lastTaskFailure === undefined ? {} : { lastTaskFailure }),
    readiness: () => ({ readinessCheckResults: readiness(app, sources.cluster) }),
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
    slaveId: one.agentId,
    state: one.killSentAt === undefined ? one.state : 'TASK_KILLING',
    stagedAt: new Date(one.stagedAt).toISOString(),
    ...(one.startedAt === undefined ? {} : { startedAt: new Date(one.startedAt).toISOString() }),
    version: one.version,
    localVolumes: [],
    region: one.region ?? null,
    zone: one.zone ?? null,
    ...ofApp(app),
    instanceId: instanceIdOf(one.id),
  };
}

function ofApp(app: App | undefined): Record<string, unknown> {
  if (app === undefined) return { servicePorts: [], role: '*' };
  return { servicePorts: servicePorts(app), role: app.role };
}

export function deploymentView(
  deployment: Deployment,
  { cluster }: ViewSources,
): Record<string, unknown> {
  const { id, version, steps, currentStep } = deployment;
  const shown = ({ action, app }: Action) => ({ action, app });
  return {
    id,
    version,
    affectedApps: actionsOf(deployment).map(({ app }) => app),
    affectedPods: [],
    steps: steps.map((actions) => ({ actions: actions.map(shown) })),
    currentActions: currentActions(deployment).map((one) => {
      const app = cluster.app(one.app)?.app;
      const results = app === undefined ? [] : readiness(app, cluster);
      return { ...shown(one), readinessCheckResults: results };
    }),
    currentStep,
    totalSteps: steps.length,
  };
}

function readiness({ id, readinessChecks: [check] }: App, cluster: Cluster): object[] {
  if (check === undefined || deploymentsOf(id, cluster).length === 0) return [];
  return cluster
    .instances(id)
    .map(({ id: taskId, ready }) => ({ name: check.name, taskId, ready: ready === true }));
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

function deploymentsOf(appId: string, cluster: Cluster): { id: string }[] {
  return cluster
    .deployments()
    .filter((one) => actionsOf(one).some(({ app }) => app === appId))
    .map(({ id }) => ({ id }));
}
