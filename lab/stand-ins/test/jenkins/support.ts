import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jenkinsHandler } from '../../src/jenkins/api/handler.ts';
import { loadCasc } from '../../src/jenkins/casc.ts';
import { configXml } from '../../src/jenkins/config-xml.ts';
import { Controller, version } from '../../src/jenkins/controller.ts';
import { markHome } from '../../src/jenkins/home.ts';
import { Jobs } from '../../src/jenkins/jobs.ts';
import { Queue } from '../../src/jenkins/queue.ts';
import { Security } from '../../src/jenkins/security.ts';
import { readSettings } from '../../src/jenkins/settings.ts';
import { serve } from '../../src/shared/http.ts';
import { call, type Call, type Reply } from '../../src/shared/http-client.ts';

export const secured = `
jenkins:
  numExecutors: 0
  securityRealm: { local: { allowsSignup: false, users: [{ id: admin, password: secret }] } }
  authorizationStrategy: { loggedInUsersCanDoAnything: { allowAnonymousRead: false } }
unclassified: { location: { url: "http://ci.example/ci/" } }
`;

export interface Jenkins {
  readonly controller: Controller;
  readonly home: string;
  readonly exits: string[];
  ask(path: string, options?: Call): Promise<Reply>;
  /** POST as the administrator, with crumb and cookie. */
  post(path: string, options?: Call): Promise<Reply>;
  /** Ends the server and removes the home. */
  close(): Promise<void>;
}

export const asAdmin = { Authorization: `Basic ${Buffer.from('admin:secret').toString('base64')}` };

export function newHome(): string {
  return mkdtempSync(join(tmpdir(), 'jenkins-home-'));
}

/** A controller on loopback with `casc` as its configuration; `home` may be one that was used before. */
export async function jenkins(casc: string, home = newHome()): Promise<Jenkins> {
  const settings = readSettings([], { JENKINS_HOME: home, JENKINS_OPTS: '--prefix=/ci' });
  const file = join(home, 'casc.yaml');
  writeFileSync(file, casc);
  const config = loadCasc({
    sources: [file],
    mergeStrategy: 'errorOnConflict',
    secretsFolder: '/nowhere',
    env: {},
    onUnresolved: () => undefined,
  });
  markHome(home, version, configXml(config, version));
  const exits: string[] = [];
  const controller = new Controller({
    settings,
    config,
    jobs: new Jobs(home),
    queue: new Queue(home),
    security: new Security(config),
    now: () => 1000,
    exit: () => exits.push('exit'),
  });
  controller.ready = true;
  const server = await serve({ host: '127.0.0.1', port: 0 }, jenkinsHandler(controller));
  const ask = (path: string, options: Call = {}) =>
    call(`http://127.0.0.1:${server.port}/ci${path}`, options);
  const post = async (path: string, options: Call = {}) => {
    const issued = await ask('/crumbIssuer/api/json', { headers: asAdmin });
    const { crumb } = JSON.parse(issued.body) as { crumb: string };
    const cookie = issued.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const headers = { ...asAdmin, Cookie: cookie, 'Jenkins-Crumb': crumb, ...options.headers };
    return ask(path, { method: 'POST', ...options, headers });
  };
  const close = async () => {
    await server.close();
    rmSync(home, { recursive: true, force: true });
  };
  return { controller, home, exits, ask, post, close };
}
