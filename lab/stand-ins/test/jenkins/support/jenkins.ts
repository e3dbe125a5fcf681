import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenForAgents } from '../../../src/jenkins/agents/agent-listener.ts';
import { jenkinsHandler } from '../../../src/jenkins/api/handler.ts';
import { loadCasc } from '../../../src/jenkins/casc.ts';
import type { Cloud, CloudHost } from '../../../src/jenkins/cloud.ts';
import { configXml } from '../../../src/jenkins/config-xml.ts';
import { Controller } from '../../../src/jenkins/controller.ts';
import { version } from '../../../src/jenkins/core-version.ts';
import { markHome } from '../../../src/jenkins/home.ts';
import { readSettings } from '../../../src/jenkins/settings.ts';
import { serve } from '../../../src/shared/http.ts';
import { call, type Call, type Reply } from '../../../src/shared/http-client.ts';
import { fakeClock, type FakeClock } from '../../shared/support/fake-clock.ts';

export const secured = `
jenkins:
  numExecutors: 0
  securityRealm: { local: { allowsSignup: false, users: [{ id: admin, password: secret }] } }
  authorizationStrategy: { loggedInUsersCanDoAnything: { allowAnonymousRead: false } }
unclassified: { location: { url: "http://ci.example/ci/" } }
`;

/** With one inbound node that has the label `build`. */
export const withNode = secured.replace(
  '\njenkins:',
  `
jenkins:
  nodes:
    - permanent: { name: n1, remoteFS: /srv/agent, labelString: build linux, launcher: inbound }`,
);

export interface Jenkins {
  readonly controller: Controller;
  readonly home: string;
  readonly clock: FakeClock;
  readonly exits: string[];
  readonly log: string[];
  readonly agentPort: number;
  /** Address with the prefix, without a slash at the end. */
  readonly base: string;
  ask(path: string, options?: Call): Promise<Reply>;
  /** GET as the administrator, parsed. */
  get<T = Record<string, unknown>>(path: string): Promise<T>;
  /** POST as the administrator, with crumb and cookie. */
  post(path: string, options?: Call): Promise<Reply>;
  /** Lets connections and timers that are due have their turns until the condition holds. */
  until(condition: () => unknown): Promise<void>;
  /** Ends the server without a word to anybody, as a kill would; the home stays. */
  kill(): Promise<void>;
  /** Ends the server and removes the home. */
  close(): Promise<void>;
}

interface Options {
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly makeClouds?: (config: unknown, host: CloudHost) => readonly Cloud[];
}

export const asAdmin = { Authorization: `Basic ${Buffer.from('admin:secret').toString('base64')}` };

function newHome(): string {
  return mkdtempSync(join(tmpdir(), 'jenkins-home-'));
}

/** A controller on loopback with `casc` as its configuration; the home may be one that was used before. */
export async function jenkins(casc: string, options: Options = {}): Promise<Jenkins> {
  const home = options.home ?? newHome();
  const exits: string[] = [];
  const log: string[] = [];
  const clock = fakeClock();
  const controller = makeController(casc, home, { options, exits, log, clock });
  controller.ready = true;
  const stop = controller.start();
  const server = await serve({ host: '127.0.0.1', port: 0 }, jenkinsHandler(controller));
  const { nodes, session, pingTimes: ping } = controller;
  const agents = await listenForAgents(
    { host: '127.0.0.1', port: 0 },
    { session, nodes, clock, ping, log: controller.log },
  );
  const kill = async () => {
    await stop();
    agents.close();
    for (const { agent } of nodes.list()) agent?.close();
    await server.close();
  };
  const base = `http://127.0.0.1:${server.port}/ci`;
  return {
    ...{ controller, home, clock, exits, log, base, kill, ...client(base) },
    agentPort: (agents.address() as AddressInfo).port,
    until: untilOf(clock),
    close: async () => {
      await kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

interface World {
  readonly options: Options;
  readonly exits: string[];
  readonly log: string[];
  readonly clock: FakeClock;
}

function makeController(casc: string, home: string, world: World): Controller {
  const { options, exits, log, clock } = world;
  const settings = readSettings([], {
    ...{ JENKINS_HOME: home, JENKINS_OPTS: '--prefix=/ci' },
    ...options.env,
  });
  const file = join(home, 'casc.yaml');
  writeFileSync(file, casc);
  const reread = () =>
    loadCasc({
      sources: [file],
      mergeStrategy: 'errorOnConflict',
      secretsFolder: '/nowhere',
      env: {},
      onUnresolved: () => undefined,
    });
  const config = reread();
  markHome(home, version, configXml(config, version));
  return new Controller({
    ...{ settings, config, clock, reread },
    plugins: [{ shortName: 'mesos', version: '2.0' }],
    log: (level, _, message) => log.push(`${level} ${message}`),
    exit: () => exits.push('exit'),
    makeClouds: options.makeClouds ?? (() => []),
  });
}

function client(base: string): Pick<Jenkins, 'ask' | 'get' | 'post'> {
  const ask = (path: string, how: Call = {}) => call(`${base}${path}`, how);
  const get = async <T>(path: string) =>
    JSON.parse((await ask(path, { headers: asAdmin })).body) as T;
  const post = async (path: string, how: Call = {}) => {
    const issued = await ask('/crumbIssuer/api/json', { headers: asAdmin });
    const { crumb } = JSON.parse(issued.body) as { crumb: string };
    const cookie = issued.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const headers = { ...asAdmin, Cookie: cookie, 'Jenkins-Crumb': crumb, ...how.headers };
    return ask(path, { method: 'POST', ...how, headers });
  };
  return { ask, get, post };
}

function untilOf(clock: FakeClock): Jenkins['until'] {
  return async (condition) => {
    for (let turn = 0; turn < 50_000; turn++) {
      if (condition() === true) return;
      await clock.advance(0);
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(`never happened: ${condition.toString()}`);
  };
}
