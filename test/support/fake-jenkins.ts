import type { HttpAnswer, HttpRequest } from '../../src/ports.ts';
import type { FakeTask } from './fake-pool.ts';

/** What happens to a build, in milliseconds after it was asked for; Infinity: never. */
export interface FakeBuildCourse {
  launchedMs: number;
  onlineMs: number;
  startedMs: number;
  finishedMs: number;
  result: string;
  console: readonly string[];
  artifacts: readonly string[];
  /** Build agents that ended before they were online. */
  failures: readonly { readonly atMs: number; readonly reason: string; readonly message: string }[];
}

interface FakeBuild {
  readonly id: number;
  readonly job: string;
  readonly askedMs: number;
  readonly number: number;
  cancelled: boolean;
  stopped: boolean;
}

export interface FakeJenkins {
  readonly course: FakeBuildCourse;
  readonly jobs: Map<string, string>;
  readonly builds: FakeBuild[];
  /** `POST /createItem?name=…`; reads are not in it. */
  readonly log: string[];
  quietingDown: boolean;
  quietDownReason: string | undefined;
  /** Nodes that somebody took out by hand, with the reason. */
  readonly takenOut: Map<string, string>;
  /** Agent in Mesos that the tasks run on. */
  agentId: string;
  password: string;
  /** What it has for a label; undefined: an old core that does not tell. */
  supply: { readonly clouds: readonly object[]; readonly nodes: readonly object[] } | undefined;
  /** Queue items that were forgotten already. */
  forgetful: boolean;
  /** Online all the time, idle. */
  idleAgents: string[];
  /** Its build agents on Mesos are killed, and what runs on them. */
  kill(): void;
  /** Ends all sessions, and the wish to be quiet. */
  restart(): void;
  answers: (request: HttpRequest) => Partial<HttpAnswer>;
  /** Of the Mesos plugin. */
  tasks(frameworkId: string): readonly FakeTask[];
}

interface FakeJenkinsParts {
  readonly clock: { now(): number };
  readonly password: string;
  readonly label?: string;
  /** Agent in Mesos that the tasks run on. */
  readonly agentId?: string;
  readonly course?: Partial<FakeBuildCourse>;
}

const quickCourse: FakeBuildCourse = {
  ...{ launchedMs: 1000, onlineMs: 5000, startedMs: 6000, finishedMs: 9000, result: 'SUCCESS' },
  console: ['Started by user admin', '+ make test', 'Finished: SUCCESS'],
  artifacts: ['out/app.tar'],
  failures: [],
};

/** One controller with a Mesos cloud: crumbs bound to sessions, a queue, builds that take their time. */
export function fakeJenkins(parts: FakeJenkinsParts): FakeJenkins {
  return new Fake(parts);
}

class Fake implements FakeJenkins {
  readonly course: FakeBuildCourse;
  readonly jobs = new Map<string, string>();
  readonly builds: FakeBuild[] = [];
  readonly log: string[] = [];
  quietingDown = false;
  quietDownReason: string | undefined = undefined;
  readonly takenOut = new Map<string, string>();
  agentId: string;
  password: string;
  supply: FakeJenkins['supply'];
  forgetful = false;
  idleAgents: string[] = [];
  readonly #parts: FakeJenkinsParts;
  readonly #label: string;
  #session = 0;

  constructor(parts: FakeJenkinsParts) {
    this.#parts = parts;
    this.#label = parts.label ?? 'build';
    this.password = parts.password;
    this.agentId = parts.agentId ?? 'S-a1';
    this.course = { ...quickCourse, ...parts.course };
  }

  kill(): void {
    for (const build of this.builds) if (!this.#isOver(build)) build.stopped = true;
  }

  restart(): void {
    Object.assign(this, { quietingDown: false, quietDownReason: undefined });
    this.#session += 1;
  }

  answers = (request: HttpRequest): Partial<HttpAnswer> => {
    const answer = this.#answer(request);
    return { ...answer, headers: { 'x-jenkins': '2.568.2', ...answer.headers } };
  };

  tasks(frameworkId: string): readonly FakeTask[] {
    const { agentId } = this;
    return this.builds.flatMap((build) => {
      const failed = this.course.failures
        .filter(({ atMs }) => this.#since(build) >= atMs)
        .map(({ reason, message }, index) => ({
          ...{ id: `${this.#agentOf(build)}-failed-${index}`, frameworkId, agentId },
          ...{ state: 'TASK_FAILED', reason, message },
        }));
      const isUp =
        this.#since(build) >= this.course.launchedMs &&
        this.idleAgents.length === 0 &&
        !build.stopped;
      const task = { id: this.#agentOf(build), frameworkId, agentId, state: 'TASK_RUNNING' };
      return [...failed, ...(isUp && !build.cancelled ? [task] : [])];
    });
  }

  #since({ askedMs }: FakeBuild): number {
    return this.#parts.clock.now() - askedMs;
  }

  #agentOf({ number }: FakeBuild): string {
    return this.idleAgents[0] ?? `jenkins-agent-${this.#label}-${number}f`;
  }

  #answer(request: HttpRequest): Partial<HttpAnswer> {
    const [path = '', query = ''] = request.path.split('?');
    if (path === '/login') return { status: 200 };
    const { login } = request;
    if (login === undefined) return { status: 403 };
    if (login.password.reveal() !== this.password) return { status: 401 };
    if (request.method === 'GET') return this.#read(path, new URLSearchParams(query));
    const session = `JSESSIONID.1f=node${this.#session}`;
    const { headers = {} } = request;
    if (headers['Jenkins-Crumb'] !== `crumb${this.#session}` || headers.cookie !== session) {
      return { status: 403, body: 'No valid crumb was included in the request' };
    }
    this.log.push(`POST ${request.path}`);
    return this.#change(path, new URLSearchParams(query), request.body ?? '');
  }

  #read(path: string, query: URLSearchParams): Partial<HttpAnswer> {
    if (path === '/crumbIssuer/api/json') return this.#crumb();
    if (path === '/api/json') {
      const { quietingDown, quietDownReason } = this;
      return json({ quietingDown, ...(quietDownReason !== undefined && { quietDownReason }) });
    }
    if (path === '/computer/api/json') return json({ computer: this.#computers() });
    if (path === `/label/${this.#label}/api/json` && this.supply) return json(this.supply);
    const item = /^\/queue\/item\/(\d+)\/api\/json$/.exec(path)?.[1];
    if (item !== undefined) return this.#item(Number(item));
    const [, job = '', number, rest = ''] = /^\/job\/([^/]+)\/(?:(\d+)\/)?(.*)$/.exec(path) ?? [];
    if (rest === 'config.xml') {
      const config = this.jobs.get(job);
      return config === undefined ? { status: 404 } : { status: 200, body: config };
    }
    if (number === undefined) return this.#job(job);
    const build = this.#started().find((one) => one.number === Number(number));
    if (build === undefined) return { status: 404 };
    return rest.startsWith('logText') ? this.#log(build, query) : this.#build(build);
  }

  #crumb(): Partial<HttpAnswer> {
    const cookie = `JSESSIONID.1f=node${this.#session}; Path=/; HttpOnly`;
    const old = 'remember=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT';
    const crumb = { crumb: `crumb${this.#session}`, crumbRequestField: 'Jenkins-Crumb' };
    const answer = json(crumb);
    return { ...answer, headers: { ...answer.headers, 'set-cookie': `${cookie}, ${old}` } };
  }

  #computers(): unknown[] {
    const launched = this.builds
      .filter((build) => !build.cancelled && this.#since(build) >= this.course.launchedMs)
      .filter(() => this.idleAgents.length === 0)
      .map((build) => ({
        displayName: this.#agentOf(build),
        offline: this.#since(build) < this.course.onlineMs,
        offlineCauseReason: '',
        idle: !this.#isRunning(build),
        executors: [{ currentExecutable: this.#isRunning(build) ? { url: urlOf(build) } : null }],
        assignedLabels: [{ name: this.#label }, { name: this.#agentOf(build) }],
      }));
    const idle = this.idleAgents.map((displayName) => ({
      ...{ displayName, offline: false, offlineCauseReason: '', idle: true },
      assignedLabels: [{ name: this.#label }],
    }));
    const own = { displayName: 'Built-In Node', offline: false, idle: true, assignedLabels: [] };
    return [{ _class: 'hudson.model.Hudson$MasterComputer', ...own }, ...idle, ...launched];
  }

  #started(): readonly FakeBuild[] {
    return this.builds.filter(
      (build) => !build.cancelled && this.#since(build) >= this.course.startedMs,
    );
  }

  #isOver(build: FakeBuild): boolean {
    return build.stopped || this.#since(build) >= this.course.finishedMs;
  }

  #isRunning(build: FakeBuild): boolean {
    return this.#since(build) >= this.course.startedMs && !this.#isOver(build);
  }

  #item(id: number): Partial<HttpAnswer> {
    const build = this.builds.find((one) => one.id === id);
    if (build === undefined) return { status: 404 };
    const started = this.#started().includes(build);
    if (started && this.forgetful) return { status: 404 };
    const why = `There are no nodes with the label ‘${this.#label}’`;
    const executable = started ? { number: build.number } : null;
    return json({ id, why: started ? null : why, cancelled: build.cancelled, executable });
  }

  #job(job: string): Partial<HttpAnswer> {
    const builds = this.#started().filter((build) => build.job === job);
    return json({ builds: builds.map(({ number, id }) => ({ number, queueId: id })) });
  }

  #build(build: FakeBuild): Partial<HttpAnswer> {
    const building = !this.#isOver(build);
    const { result, artifacts, startedMs, finishedMs } = this.course;
    return json({
      building,
      result: building ? null : build.stopped ? 'ABORTED' : result,
      duration: building ? 0 : finishedMs - startedMs,
      builtOn: this.#agentOf(build),
      artifacts: building ? [] : artifacts.map((relativePath) => ({ relativePath })),
    });
  }

  #log(build: FakeBuild, query: URLSearchParams): Partial<HttpAnswer> {
    const text = this.course.console.map((line) => `${line}\n`).join('');
    const part = this.#isOver(build) ? text : text.slice(0, Math.floor(text.length / 2));
    const headers = { 'x-text-size': String(part.length) };
    const more = this.#isOver(build) ? {} : { 'x-more-data': 'true' };
    return {
      status: 200,
      headers: { ...headers, ...more },
      body: part.slice(Number(query.get('start'))),
    };
  }

  #change(path: string, query: URLSearchParams, body: string): Partial<HttpAnswer> {
    if (path === '/createItem') {
      this.jobs.set(query.get('name') ?? '', body);
      return { status: 200 };
    }
    if (path === '/quietDown' || path === '/cancelQuietDown') {
      this.quietingDown = path === '/quietDown';
      this.quietDownReason = this.quietingDown ? (query.get('message') ?? undefined) : undefined;
      return { status: 302 };
    }
    const toggled = /^\/computer\/([^/]+)\/toggleOffline$/.exec(path)?.[1];
    if (toggled !== undefined) return this.#toggle(toggled, query.get('offlineMessage') ?? '');
    if (path === '/queue/cancelItem') return this.#cancel(Number(query.get('id')));
    const [, job = '', rest = ''] = /^\/job\/([^/]+)\/(.*)$/.exec(path) ?? [];
    if (!this.jobs.has(job)) return { status: 404 };
    if (rest === 'config.xml') {
      this.jobs.set(job, body);
      return { status: 200 };
    }
    if (rest === 'build') return this.#enqueue(job);
    const build = this.builds.find(({ number }) => rest === `${number}/stop`);
    if (build === undefined) return { status: 404 };
    build.stopped = true;
    return { status: 302, headers: { location: 'http://jenkins.internal.example/' } };
  }

  #toggle(node: string, message: string): Partial<HttpAnswer> {
    if (!this.takenOut.delete(node)) {
      this.takenOut.set(node, `Disconnected by admin${message === '' ? '' : ` : ${message}`}`);
    }
    return { status: 302 };
  }

  #cancel(id: number): Partial<HttpAnswer> {
    const build = this.builds.find((one) => one.id === id);
    if (build === undefined || this.#started().includes(build)) return { status: 404 };
    build.cancelled = true;
    return { status: 204 };
  }

  #enqueue(job: string): Partial<HttpAnswer> {
    const id = 17 + this.builds.length;
    const number = this.builds.length + 1;
    const askedMs = this.#parts.clock.now();
    this.builds.push({ id, job, askedMs, number, cancelled: false, stopped: false });
    // The configured address: nobody promised that this side reaches it.
    const location = `http://jenkins.internal.example:8080/queue/item/${id}/`;
    return { status: 201, headers: { location } };
  }
}

function urlOf({ job, number }: FakeBuild): string {
  return `http://jenkins.internal.example:8080/job/${job}/${number}/`;
}

/** The answer about all nodes, with those that somebody took out. */
export function withTakenOut(
  takenOut: ReadonlyMap<string, string>,
  { path }: Pick<HttpRequest, 'path'>,
  answer: Partial<HttpAnswer>,
): Partial<HttpAnswer> {
  if (!path.startsWith('/computer/api/json') || answer.status !== 200) return answer;
  const { computer } = JSON.parse(answer.body ?? '') as { computer: { displayName: string }[] };
  const all = computer.map((one) => {
    const offlineCauseReason = takenOut.get(one.displayName);
    if (offlineCauseReason === undefined) return { temporarilyOffline: false, ...one };
    return { ...one, offline: true, temporarilyOffline: true, offlineCauseReason };
  });
  return { ...answer, body: JSON.stringify({ computer: all }) };
}

function json(body: unknown): Partial<HttpAnswer> {
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: JSON.stringify(body) };
}
