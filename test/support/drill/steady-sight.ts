import type { Sight } from '../../../src/health/sight.ts';
import type { HttpAnswer, HttpRequest } from '../../../src/ports.ts';
import { http, jsonBody, sightOf, type Seen } from '../sight.ts';

/** A whole cluster that answers: three masters, two Mesos agents, one controller named `main`. */
export interface SteadyWorld {
  /** Laid over the rest, by `host:port` or `host/port`. */
  readonly services: Record<string, Seen[string]>;
  zookeeperLeader: string;
  synced: number;
  readonly znodes: Map<string, string>;
  jobs: readonly object[];
}

export function steadyWorld(): SteadyWorld {
  const folder = { name: 'folder', jobs: [{ name: 'app', nextBuildNumber: 7 }] };
  return {
    services: {},
    zookeeperLeader: 'm3',
    synced: 2,
    znodes: new Map(),
    jobs: [{ name: 'canary', nextBuildNumber: 42 }, folder],
  };
}

const masters = ['m1', 'm2', 'm3'];

export async function steadySight(world: SteadyWorld): Promise<Sight> {
  const members = masters.flatMap((host) => [
    [`${host}:2181`, member(world, host)] as const,
    [`${host}:5050`, { http: (request: HttpRequest) => masterAnswers(host, request) }] as const,
    [`${host}:8080`, { http: (request: HttpRequest) => marathonAnswers(host, request) }] as const,
  ]);
  const agents = ['a1', 'a2'].flatMap((host) => [
    [`${host}:5051`, http({ status: 200 })] as const,
    [`${host}/15050`, http({ status: 200 })] as const,
    [
      `${host}/18080`,
      { ...http({ status: 200 }), words: () => 'HTTP/1.0 400 Bad request' },
    ] as const,
    [`${host}/8081`, { http: (request: HttpRequest) => jenkinsAnswers(world, request) }] as const,
  ]);
  const all: Seen = Object.fromEntries<Seen[string]>([...members, ...agents]);
  return await sightOf({ ...all, ...world.services });
}

function member(world: SteadyWorld, host: string): Seen[string] {
  const { znodes } = world;
  return {
    znodes,
    words: (word) => {
      const mode = host === world.zookeeperLeader ? 'leader' : 'follower';
      if (word === 'srvr') return `Zxid: 0x500000007\nMode: ${mode}\nNode count: 5\n`;
      return mode === 'leader' ? `zk_synced_followers\t${world.synced}\n` : '';
    },
  };
}

const agentIds = { 'S-1': '10.0.0.101', 'S-2': '10.0.0.102' };

function masterAnswers(host: string, { path, body = '' }: HttpRequest): Partial<HttpAnswer> {
  if (path.startsWith('/metrics')) {
    return jsonBody({ 'registrar/log/ensemble_size': 3 }) as Partial<HttpAnswer>;
  }
  if (host !== 'm1') return { status: 307 };
  const value = (text: string) => ({ value: text });
  const task = (framework: string, id: string, agent: string) => {
    const ids = { task_id: value(id), framework_id: value(framework), agent_id: value(agent) };
    return { ...ids, name: id, state: 'TASK_RUNNING' };
  };
  const framework = (id: string, name: string) => {
    return { framework_info: { id: value(id), name }, active: true, connected: true };
  };
  const { type } = JSON.parse(body) as { type: string };
  const answers: Record<string, object> = {
    GET_AGENTS: {
      get_agents: {
        agents: Object.entries(agentIds).map(([id, hostname]) => {
          return { active: true, agent_info: { id: value(id), hostname, port: 5051 } };
        }),
      },
    },
    GET_FRAMEWORKS: {
      get_frameworks: {
        frameworks: [framework('F-1', 'marathon'), framework('ci-jenkins-main', 'jenkins-main')],
      },
    },
    GET_TASKS: {
      get_tasks: {
        tasks: [task('F-1', 'jenkins.1', 'S-1'), task('ci-jenkins-main', 'agent.5', 'S-2')],
        completed_tasks: [],
        unreachable_tasks: [],
      },
    },
  };
  return jsonBody(answers[type] ?? {}) as Partial<HttpAnswer>;
}

function marathonAnswers(host: string, { path }: HttpRequest): Partial<HttpAnswer> {
  const leader = '10.0.0.12:8080';
  const own = { state: 'TASK_RUNNING', host: '10.0.0.101' };
  const answers: Record<string, unknown> = {
    '/v2/leader': { leader },
    '/v2/info': { leader, elected: true, frameworkId: 'F-1' },
    '/v2/tasks': { tasks: [{ id: 'jenkins.1', ...own }] },
    '/v2/deployments': [],
    '/v2/apps/ci/jenkins-main': { app: { tasksRunning: 1, tasks: [own] } },
    '/v2/apps': { apps: [] },
  };
  const headers: Record<string, string> =
    host === 'm2' ? {} : { 'x-marathon-via': '1.1 10.0.0.11:8080' };
  const answer = answers[path.split('?')[0] ?? ''];
  if (answer === undefined) return { status: 404 };
  return { ...(jsonBody(answer) as Partial<HttpAnswer>), headers };
}

function jenkinsAnswers(world: SteadyWorld, { path }: HttpRequest): Partial<HttpAnswer> {
  const headers = { 'x-jenkins': '2.568.2' };
  if (!path.startsWith('/api/json')) return { status: 200, headers };
  return { ...(jsonBody({ jobs: world.jobs }) as Partial<HttpAnswer>), headers };
}
