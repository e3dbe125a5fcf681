import { z } from 'zod';
import { gatewayHosts } from '../cluster/members.ts';
import type { Host, JenkinsController } from '../config/cluster-spec.ts';
import { appId } from '../services/jenkins.ts';
import type { JenkinsHealth, State } from './model.ts';
import { ask, failed, jsonOf, placeOf, probeDeadlineMs, whyNoAnswer, type Sight } from './sight.ts';

const task = z.object({ host: z.string(), state: z.string().optional() });
const appAnswer = z.object({
  app: z.object({
    tasksRunning: z.number().default(0),
    tasksStaged: z.number().default(0),
    labels: z.record(z.string(), z.string()).default({}),
    tasks: z.array(task).default([]),
    lastTaskFailure: z.object({ message: z.string().default('') }).nullish(),
  }),
});

/** The controller itself, without its build agents. */
type ControllerHealth = Omit<JenkinsHealth, 'builds'>;

type App = z.output<typeof appAnswer>['app'];

/** Each controller: does Marathon run it, and does it answer through every gateway? */
export async function probeJenkins(
  sight: Sight,
  marathonLeader: string | undefined,
): Promise<readonly ControllerHealth[]> {
  return await Promise.all(
    sight.spec.jenkins.map(async (controller) => {
      const app = await readApp(sight, marathonLeader, appId(controller));
      const ways = await Promise.all(
        gatewayHosts(sight.spec).map((host) => throughGateway(sight, host, controller)),
      );
      return judge(sight, controller, { app, ways: ways.flat() });
    }),
  );
}

/** Undefined where Marathon does not answer, null where it has no such app. */
export async function readApp(
  sight: Sight,
  marathonLeader: string | undefined,
  id: string,
): Promise<App | undefined | null> {
  const place = placeOf(sight, marathonLeader);
  if (place === undefined) return undefined;
  const { host, remote } = place;
  const port = sight.spec.marathon.port;
  const answer = await ask(remote, host, { method: 'GET', path: `/v2/apps${id}`, port });
  if (failed(answer)) return undefined;
  if (answer.status === 404) return null;
  return appAnswer.safeParse(jsonOf(answer)).data?.app;
}

/** Where controllers run, by name; those that run nowhere, or nobody tells of, are left out. */
export async function controllerHosts(
  sight: Sight,
  marathonLeader: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    sight.spec.jenkins.map(async (controller) => {
      const app = await readApp(sight, marathonLeader, appId(controller));
      return [controller.name, hostOfTask(sight, app)] as const;
    }),
  );
  return new Map(found.flatMap(([name, host]) => (host === undefined ? [] : [[name, host]])));
}

interface Way {
  readonly host: string;
  readonly version: string | undefined;
  readonly fault: string;
}

/** No way at all from a host that nobody could ask: its trouble is told with the host. */
async function throughGateway(
  { remotes }: Sight,
  host: Host,
  controller: JenkinsController,
): Promise<Way[]> {
  const remote = remotes.get(host.name);
  if (remote === undefined) return [];
  const answer = await remote.http({
    address: '127.0.0.1',
    port: controller.gatewayPort,
    method: 'GET',
    path: '/login',
    deadlineMs: probeDeadlineMs,
  });
  if (failed(answer)) return [{ host: host.name, version: undefined, fault: whyNoAnswer(answer) }];
  const version = answer.headers['x-jenkins'];
  const fault =
    answer.status === 200 && version !== undefined ? '' : `the gateway answers ${answer.status}`;
  return [{ host: host.name, version, fault }];
}

interface Seen {
  readonly app: App | undefined | null;
  readonly ways: readonly Way[];
}

function judge(sight: Sight, controller: JenkinsController, { app, ways }: Seen): ControllerHealth {
  const version = ways.find(({ fault }) => fault === '')?.version;
  const detail = explain(app, ways);
  return {
    name: controller.name,
    state: stateOf(app, detail, version !== undefined),
    host: hostOfTask(sight, app),
    version,
    url: controller.url,
    detail,
  };
}

function stateOf(app: Seen['app'], detail: string, answers: boolean): State {
  if (detail === '') return 'healthy';
  if (app === undefined || detail === noGateway) return 'unknown';
  return answers && app !== null && app.tasksRunning > 0 ? 'degraded' : 'unhealthy';
}

function hostOfTask({ spec }: Sight, app: Seen['app']): string | undefined {
  const running = (app?.tasks ?? []).find(
    ({ state }) => (state ?? 'TASK_RUNNING') === 'TASK_RUNNING',
  );
  return spec.hosts.find(({ address }) => address === running?.host)?.name;
}

const noGateway = 'no gateway could be asked';

/** Exit codes of templates/jenkins/start.sh, as Mesos words them (1.12). */
const ends: readonly (readonly [RegExp, string])[] = [
  [/status 75\b/, 'another controller holds its home'],
  [/status 74\b/, 'its home cannot be written or locked'],
];

function lastEnd({ lastTaskFailure }: App): string {
  const found = ends.find(([pattern]) => pattern.test(lastTaskFailure?.message ?? ''));
  return found === undefined ? '' : `; its last task ended at once: ${found[1]}`;
}

function explain(app: Seen['app'], ways: readonly Way[]): string {
  if (app === undefined) return 'Marathon does not answer';
  if (app === null) return 'Marathon has no such app';
  if (app.tasksRunning === 0) {
    return app.tasksStaged > 0 ? 'its task is being started' : `waits for an offer${lastEnd(app)}`;
  }
  if (ways.length === 0) return noGateway;
  const closed = ways.filter(({ fault }) => fault !== '');
  const [first] = closed;
  if (first === undefined) return '';
  return `not through the gateway on ${closed.map(({ host }) => host).join(', ')}: ${first.fault}`;
}
