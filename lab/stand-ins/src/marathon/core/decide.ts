import type { App } from '../app/app-schema.ts';
import { isSingleInstance } from '../app/validate-app.ts';
import type { Instance } from './instance.ts';

/** What brings an app nearer to its definition. */
export interface Decision {
  readonly kill: readonly Instance[];
  /** Forget without a KILL: Mesos cannot reach them. They are killed when they come back. */
  readonly expunge: readonly Instance[];
  readonly launch: number;
  readonly settled: boolean;
}

export interface Situation {
  /** Undefined once the app is deleted. */
  readonly app: App | undefined;
  /** Those of this app that have not ended. */
  readonly instances: readonly Instance[];
  /** Its deployment has not come to it: things it depends on have to run first. */
  readonly held: boolean;
}

export function decide({ app, instances, held }: Situation): Decision {
  if (held) return { kill: [], expunge: [], launch: 0, settled: false };
  if (app === undefined) return removal(instances);
  const dying = instances.filter(isDying);
  const counted = instances.filter((one) => !isDying(one) && one.inactive !== true);
  const current = counted.filter((one) => isCurrent(one, app));
  const old = counted.filter((one) => !isCurrent(one, app));
  const kill = [...surplus(app, current), ...replaceable({ app, current, old })];
  const room = capacity(app, old.length > 0).most - counted.length - dying.length;
  return {
    kill: kill.filter(isReachable),
    expunge: kill.filter((one) => !isReachable(one)),
    launch: Math.max(0, Math.min(app.instances - current.length, room)),
    settled:
      old.length + dying.length === 0 &&
      current.length === app.instances &&
      current.every((one) => isReady(one, app)),
  };
}

/** Runs, and passes its health checks where it has some. */
function isHealthy(instance: Instance, app: App): boolean {
  if (instance.state !== 'TASK_RUNNING') return false;
  return app.healthChecks.length === 0 || instance.healthy === true;
}

/** Readiness is asked for once, in the deployment that starts the task. */
function isReady(instance: Instance, app: App): boolean {
  const isAsked = app.readinessChecks.length > 0;
  return isHealthy(instance, app) && (!isAsked || instance.ready === true);
}

export function isDying(instance: Instance): boolean {
  return instance.killSentAt !== undefined;
}

function removal(instances: readonly Instance[]): Decision {
  const expunge = instances.filter((one) => !isReachable(one));
  const kill = instances.filter((one) => isReachable(one) && !isDying(one));
  return { kill, expunge, launch: 0, settled: instances.length === 0 };
}

function isCurrent(instance: Instance, app: App): boolean {
  return instance.configVersion === app.versionInfo.lastConfigChangeAt;
}

function isReachable(instance: Instance): boolean {
  return instance.state !== 'TASK_UNREACHABLE';
}

function surplus(app: App, current: readonly Instance[]): Instance[] {
  // By the time in its state (`KillSelection.scala`): one that was unreachable is young again.
  const age = ({ since, stagedAt }: Instance) => since ?? stagedAt;
  const youngestFirst = [...current].sort((a, b) => age(b) - age(a));
  const order = app.killSelection === 'YOUNGEST_FIRST' ? youngestFirst : youngestFirst.reverse();
  return order.slice(0, Math.max(0, current.length - app.instances));
}

/** Old ones that may go without leaving fewer ready instances than the upgrade strategy allows. */
function replaceable(generations: {
  app: App;
  current: readonly Instance[];
  old: readonly Instance[];
}): Instance[] {
  const { app, current, old } = generations;
  const ready = old.filter((one) => isHealthy(one, app));
  const useless = old.filter((one) => !isHealthy(one, app));
  const readyNow = ready.length + current.filter((one) => isReady(one, app)).length;
  const spare = Math.max(0, readyNow - capacity(app, true).least);
  return [...useless, ...ready.slice(0, spare)];
}

function capacity(app: App, replacing: boolean): { least: number; most: number } {
  const { minimumHealthCapacity, maximumOverCapacity } = app.upgradeStrategy;
  const least = Math.ceil(app.instances * minimumHealthCapacity);
  const most = Math.floor(app.instances * (1 + maximumOverCapacity));
  // With 1/0 nothing could ever be replaced; real Marathon then takes one more.
  const stuck = replacing && least >= most && !isSingleInstance(app);
  return { least, most: stuck ? most + 1 : most };
}
