import type { HttpAnswer, HttpRequest } from '../../src/ports.ts';
import { idOf, isOut } from './fake-agents.ts';
import { withBuildAgents } from './fake-build-agents.ts';
import { withTakenOut, type FakeJenkins } from './fake-jenkins.ts';
import { running, type FakeMachine } from './fake-machine.ts';
import { agentMachines, json, mesosLeader, type MesosWorld } from './fake-mesos.ts';
import { zooLeader, zooServers } from './fake-zookeeper.ts';

export interface FakeApp {
  readonly definition: Readonly<Record<string, unknown>>;
  /** Where its task runs. */
  machine: FakeMachine | undefined;
  startedMs: number;
}

export interface MarathonWorld extends MesosWorld {
  readonly apps: Map<string, FakeApp>;
  readonly clock: { now(): number };
  readonly log: (line: string) => void;
  /** Answer of Marathon to app definitions that it does not like. */
  refusal: { readonly status: number; readonly message: string } | undefined;
  /** Apps with a deployment that does not end. */
  readonly deployments?: readonly string[];
  /** What answers once a controller is up, by its app's id. */
  readonly jenkins: (appId: string) => FakeJenkins | undefined;
}

/** The first instance that runs, once ZooKeeper serves. */
function marathonLeader(world: MesosWorld): FakeMachine | undefined {
  if (zooLeader(zooServers(world.machines.values())) === undefined) return undefined;
  return [...world.machines.values()].find((machine) => running(machine, 'marathon'));
}

/** What any instance answers: standbys pass everything on to the leader (Marathon 1.10). */
export function marathonAnswers(
  world: MarathonWorld,
  asked: FakeMachine,
  request: HttpRequest,
): Partial<HttpAnswer> {
  const leader = marathonLeader(world);
  if (leader === undefined) return { status: 502, body: 'Could not determine the current leader' };
  const env = running(leader, 'marathon')?.env;
  const place = `${env?.get('MARATHON_HOSTNAME') ?? ''}:${env?.get('MARATHON_HTTP_PORT') ?? ''}`;
  const [path = ''] = request.path.split('?');
  if (path === '/ping') return { body: 'pong' };
  if (path === '/v2/leader') return json({ leader: place });
  if (path === '/v2/info') {
    return json({ leader: place, frameworkId: mesosLeader(world) ? 'f1' : null });
  }
  if (path === '/v2/deployments') {
    return json((world.deployments ?? []).map((app) => ({ id: 'd9', affectedApps: [app] })));
  }
  if (path === '/v2/apps') {
    return json({ apps: [...world.apps.values()].map(({ definition }) => definition) });
  }
  if (!path.startsWith('/v2/apps/')) return { status: 404 };
  if (request.method === 'GET') return appAnswer(world, path.slice('/v2/apps'.length));
  world.log(`${asked.name}: ${request.method} ${path}`);
  return change(world, request, path.slice('/v2/apps'.length));
}

function change(world: MarathonWorld, request: HttpRequest, id: string): Partial<HttpAnswer> {
  if (world.refusal !== undefined) {
    const { status, message } = world.refusal;
    return { ...json({ message }), status };
  }
  const [, app, task] = /^(.*)\/tasks\/([^/]+)$/.exec(id) ?? [];
  if (request.method === 'DELETE' && app !== undefined && task !== undefined) {
    endTask(world, app);
    return json({});
  }
  if (request.method === 'DELETE') {
    return world.apps.delete(id) ? json({ deploymentId: 'd3' }) : { status: 404 };
  }
  if (request.method === 'POST') {
    const app = world.apps.get(id.replace(/\/restart$/, ''));
    if (app === undefined) return { status: 404 };
    app.startedMs = world.clock.now();
    return json({ deploymentId: 'd2' });
  }
  const definition = JSON.parse(request.body ?? '') as Record<string, unknown>;
  world.apps.set(id, { definition, machine: undefined, startedMs: 0 });
  return json({ deploymentId: 'd1' });
}

function appAnswer(world: MarathonWorld, id: string): Partial<HttpAnswer> {
  const app = world.apps.get(id);
  if (app === undefined) return { ...json({ message: `App '${id}' does not exist` }), status: 404 };
  const place = taskPlace(world, app);
  const task = place && {
    ...{ id: marathonTask(id), host: place.address, slaveId: idOf(place), state: 'TASK_RUNNING' },
  };
  const tasks = task === undefined ? [] : [task];
  const counts = { tasksRunning: tasks.length, tasksStaged: 0 };
  return json({ app: { ...app.definition, ...counts, tasks } });
}

/** As Marathon makes the id of a task from that of its app (1.10). */
export function marathonTask(appId: string): string {
  return `${appId.slice(1).replaceAll('/', '_')}.instance-1f._app.1`;
}

/** Marathon starts the next one where it may. */
export function endTask(
  { apps, jenkins }: Pick<MarathonWorld, 'apps' | 'jenkins'>,
  appId: string,
): void {
  const app = apps.get(appId);
  if (app === undefined) return;
  app.machine = undefined;
  // Whoever starts next knows nothing of it.
  if (appId.includes('/jenkins-')) jenkins(appId)?.restart();
}

interface Definition {
  readonly container: {
    readonly docker: { readonly image: string };
    readonly volumes: readonly { readonly hostPath: string }[];
  };
  readonly constraints: readonly (readonly [string, string, string])[];
  /** None of a build agent. */
  readonly env?: { readonly JENKINS_OPTS: string };
}

/** Where the task runs; starts it on the first agent that it may run on. */
function taskPlace(world: MarathonWorld, app: FakeApp): FakeMachine | undefined {
  if (app.machine !== undefined) return app.machine;
  const { constraints, container } = app.definition as unknown as Definition;
  const place = agentMachines(world).find(
    (machine) =>
      !isOut(world.mesos.agents, machine.name) &&
      machine.images.has(container.docker.image) &&
      container.volumes.every(({ hostPath }) => hasFolder(machine, hostPath)) &&
      constraints.every(([field, , value]) => valueOf(machine, field) === value),
  );
  if (place === undefined) return undefined;
  Object.assign(app, { machine: place, startedMs: world.clock.now() });
  return place;
}

function hasFolder({ folders }: FakeMachine, path: string): boolean {
  return path.endsWith('.sock') || folders.has(path);
}

function valueOf(machine: FakeMachine, field: string): string | undefined {
  if (field === 'hostname') return machine.address;
  const attributes = running(machine, 'mesos-agent')?.env.get('MESOS_ATTRIBUTES') ?? '';
  const pairs = attributes.split(';').map((pair) => pair.split(':'));
  return pairs.find(([name]) => name === field)?.[1];
}

/** Time that Jenkins takes to answer. */
const jenkinsStartMs = 20_000;

/** What the task behind an address and port answers; undefined if none listens there. */
export function jenkinsAnswers(
  world: MarathonWorld,
  machine: FakeMachine,
  request: HttpRequest,
): Partial<HttpAnswer> | undefined {
  const app = [...world.apps.values()].find((candidate) => {
    const { env } = candidate.definition as unknown as Definition;
    return (
      taskPlace(world, candidate) === machine && env?.JENKINS_OPTS === `--httpPort=${request.port}`
    );
  });
  if (app === undefined) return undefined;
  const headers = { 'x-jenkins': '2.568.2' };
  const isUp = world.clock.now() - app.startedMs >= jenkinsStartMs;
  if (!isUp) return { status: 503, headers, body: 'Please wait while Jenkins is getting ready' };
  const [id = ''] = [...world.apps].find(([, candidate]) => candidate === app) ?? [];
  const answer = world.jenkins(id)?.answers(request) ?? { status: 404, headers };
  const controller = id.replace(/^.*\/jenkins-/, '');
  const placeOf = (appId: string) => {
    const agent = world.apps.get(appId);
    return agent && taskPlace(world, agent);
  };
  const all = withBuildAgents({ controller, machine, placeOf }, request, answer);
  return withTakenOut(world.jenkins(id)?.takenOut ?? new Map(), request, all);
}

/** Whether the app's controller runs and has started. */
export function isJenkinsUp(world: MarathonWorld, appId: string): boolean {
  const app = world.apps.get(appId);
  if (app === undefined || taskPlace(world, app) === undefined) return false;
  return world.clock.now() - app.startedMs >= jenkinsStartMs;
}
