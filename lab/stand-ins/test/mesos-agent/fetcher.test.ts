import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Uri } from '../../src/shared/mesos.ts';
import { fetchAll } from '../../src/mesos-agent/fetcher/fetcher.ts';
import { createSandbox } from '../../src/mesos-agent/sandbox.ts';
import { taskUsers } from '../../src/mesos-agent/task-user.ts';
import { fakeDocker } from './support/fake-docker.ts';
import { taskBench } from './support/bench.ts';
import { dockerTask, taskRun } from './support/task-run.ts';

let server: Server;
let web: string;
let folder: string;
let sandbox: string;
const words: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const { url = '' } = request;
    if (url === '/old/agent.jar')
      response.writeHead(302, { Location: '/jnlpJars/agent.jar' }).end();
    else if (url === '/jnlpJars/agent.jar') response.end('jar');
    else if (url === '/tools.tar.gz') response.end(archive());
    else if (url.startsWith('/query')) response.end('q');
    else if (url !== '/silent') response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  web = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stand-in-fetcher-'));
  sandbox = join(folder, 'runs', 'c1');
  createSandbox(sandbox, undefined);
  words.length = 0;
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function archive(): Buffer {
  const source = join(folder, 'source', 'bin');
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, 'tool'), 'tool');
  return execFileSync('tar', ['-cz', '-C', join(folder, 'source'), 'bin']);
}

function fetchUris(uris: readonly Uri[], signal = new AbortController().signal): Promise<void> {
  const say = (_source: string, text: string) => words.push(text);
  const log = { info: say, warning: say, error: say, fatal: say };
  const job = { containerId: 'c1', sandbox, user: undefined, stallMs: 100 };
  return fetchAll({ ...job, uris, signal, log });
}

function content(name: string): string {
  return readFileSync(join(sandbox, name), 'utf8');
}

describe('what a task wants fetched', () => {
  test('lies in its sandbox under the name it has, redirects followed', async () => {
    await fetchUris([{ value: `${web}/old/agent.jar`, extract: false }]);
    expect(content('agent.jar')).toBe('jar');
    expect(words.at(-1)).toBe(`Successfully fetched all URIs into '${sandbox}'`);
  });

  test('is unpacked unless it must not be', async () => {
    await fetchUris([{ value: `${web}/tools.tar.gz` }]);
    expect(content('bin/tool')).toBe('tool');
    rmSync(join(sandbox, 'bin'), { recursive: true });
    await fetchUris([{ value: `${web}/tools.tar.gz`, extract: false }]);
    expect(() => content('bin/tool')).toThrow('ENOENT');
  });

  test('is left as it is when it is no archive', async () => {
    await fetchUris([{ value: `${web}/jnlpJars/agent.jar`, extract: true }]);
    expect(content('agent.jar')).toBe('jar');
    expect(words.join('\n')).toContain('does not seem to be an archive');
  });

  test('can be run when it is to be run, and is not unpacked then', async () => {
    await fetchUris([{ value: `${web}/tools.tar.gz`, executable: true }]);
    expect(statSync(join(sandbox, 'tools.tar.gz')).mode & 0o777).toBe(0o755);
    expect(() => content('bin/tool')).toThrow('ENOENT');
  });

  test('has the name that the task gives it, in a folder if need be', async () => {
    await fetchUris([{ value: `${web}/query?a=b`, output_file: 'deep/er/file' }]);
    expect(content('deep/er/file')).toBe('q');
    await fetchUris([{ value: `${web}/query?a=b` }]);
    expect(content('query?a=b')).toBe('q');
  });

  test.each(['', 'file://', 'file://localhost'])('may be a file of the host: %s/…', async (how) => {
    writeFileSync(join(folder, 'config.json'), '{}');
    await fetchUris([{ value: `${how}${join(folder, 'config.json')}` }]);
    expect(content('config.json')).toBe('{}');
  });
});

const failed = "Failed to fetch all URIs for container 'c1': exited with status 1";

describe('a fetch fails', () => {
  test.each([
    ['/missing', 'Error downloading resource, received HTTP return code 404'],
    ['/silent', 'Error downloading resource: nothing received within 100 ms'],
  ])('with the reason in the log only: %s', async (path, reason) => {
    await expect(fetchUris([{ value: `${web}${path}` }])).rejects.toThrow(failed);
    expect(words.at(-1)).toBe(`EXIT with status 1: Failed to fetch '${web}${path}': ${reason}`);
  });

  test.each(['/no/such/file', 'hdfs://nn/file', 'relative/file', '/tmp'])(
    'for a source that cannot be read: %s',
    async (value) => {
      await expect(fetchUris([{ value }])).rejects.toThrow(failed);
    },
  );

  test('for an archive that is none', async () => {
    writeFileSync(join(folder, 'broken.tgz'), 'x');
    await expect(fetchUris([{ value: join(folder, 'broken.tgz') }])).rejects.toThrow(failed);
    expect(words.at(-1)).toContain('Failed to extract archive');
  });

  test.each([
    [{ value: 'http://host' }, 'Malformed URI (missing path): http://host'],
    [{ value: "http://host/a'b" }, 'Illegal characters in URI'],
    [
      { value: '/etc/hostname', output_file: '../x' },
      'URI output file must be within the sandbox directory',
    ],
  ])('before anything is fetched: %o', async (uri, reason) => {
    await expect(fetchUris([uri])).rejects.toThrow(`Could not fetch: ${reason}`);
    expect(words).toEqual([]);
  });

  test('when the task is killed meanwhile', async () => {
    const kill = new AbortController();
    const fetching = fetchUris([{ value: `${web}/silent` }], kill.signal);
    kill.abort();
    await expect(fetching).rejects.toThrow(failed);
  });
});

test('a task whose files cannot be fetched fails, and no container is made', async () => {
  const bench = taskBench(folder, fakeDocker());
  const uris = [{ value: `${web}/missing` }];
  const update = new Promise<void>((resolve) => {
    const { push } = bench.sent;
    bench.sent.push = (...statuses) => {
      resolve();
      return push.apply(bench.sent, statuses);
    };
  });
  bench.tasks.launch(taskRun().framework, dockerTask({ command: { value: 'x', uris } }));
  await update;
  const [status] = bench.sent;
  expect(status).toMatchObject({
    state: 'TASK_FAILED',
    source: 'SOURCE_AGENT',
    reason: 'REASON_CONTAINER_LAUNCH_FAILED',
  });
  expect(status?.message).toMatch(
    /^Failed to launch container: Failed to fetch all URIs for container '[0-9a-f-]{36}': exited with status 1$/,
  );
  expect(bench.docker.log).toEqual([]);
  const [run] = bench.tasks.runs.values();
  expect(readFileSync(join(run?.sandbox ?? '', 'stderr'), 'utf8')).toContain('return code 404');
});

describe('the user of a task', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\njenkins:x:1000:1001::/home:/bin/sh\n';
  const of = (options: { switchUser: boolean; isRoot: boolean }) => {
    const passwdFile = join(folder, 'passwd');
    writeFileSync(passwdFile, passwd);
    return taskUsers({ ...options, passwdFile });
  };
  const jenkins = { name: 'jenkins', uid: 1000, gid: 1001 };

  test('is that of the command, else that of the framework', () => {
    const userOf = of({ switchUser: true, isRoot: true });
    const command = { value: 'x', user: 'jenkins' };
    expect(userOf(taskRun(dockerTask({ command })))).toEqual(jenkins);
    expect(userOf(taskRun(dockerTask(), { user: 'jenkins' }))).toEqual(jenkins);
  });

  test('is that of the agent where it does not switch', () => {
    expect(of({ switchUser: false, isRoot: true })(taskRun())).toBeUndefined();
    expect(of({ switchUser: true, isRoot: false })(taskRun())).toBeUndefined();
  });

  test('must exist where the agent runs', () => {
    const userOf = of({ switchUser: true, isRoot: true });
    expect(() => userOf(taskRun(dockerTask(), { user: 'bad' }))).toThrow("No such user 'bad'");
  });

  test('and nobody else sees the sandbox', () => {
    expect(statSync(sandbox).mode & 0o777).toBe(0o750);
    expect(statSync(join(folder, 'runs', 'latest')).ino).toBe(statSync(sandbox).ino);
  });
});
