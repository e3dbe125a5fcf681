import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import type { LogRequest } from '../../../../src/run/logs/request.ts';
import { appSource, containerSource, LogHost } from '../../../support/log-host.ts';
import { createConnector } from '../../../../src/adapters/ssh.ts';
import { createHome } from '../../../support/ssh-keys.ts';
import { startSshServer } from '../../../support/ssh-server.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

// Real processes, or a whole init each, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const folder = tempFolder();
let host: LogHost;
let count = 0;

beforeEach(() => {
  count += 1;
  host = new LogHost(join(folder, String(count)));
});

const t = (second: number): string => `2026-03-02T22:00:0${second}.000000000Z`;
const zookeeper = containerSource('ci-zookeeper');
const master = containerSource('ci-mesos-master');
const main = appSource('main');

test('both streams of each container come with its key, and those that are not there are told', async () => {
  await host.put('ci-zookeeper', { id: 'z1', log: [`${t(1)} one`], errors: [`${t(2)} two`] });
  const { exitCode, stdout } = await host.ask({ sources: [master, zookeeper] });
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toEqual(['!\t0\tabsent', `1\t${t(1)} one`, `1\t${t(2)} two`, '']);
  expect(await host.calls()).toBe('logs|--timestamps|--tail|100|z1|\n');
});

test('since and tail are what Docker is asked for; a text is looked for as it stands', async () => {
  const log = [`${t(1)} a.b -x`, `${t(2)} aXb -x`, `${t(3)} a.b`];
  await host.put('ci-zookeeper', { id: 'z1', log });
  const wanted = { sources: [zookeeper], since: '10m', tail: 'all', text: 'a.b -x' } as const;
  expect((await host.ask(wanted)).stdout).toBe(`0\t${t(1)} a.b -x\n`);
  expect(await host.calls()).toBe('logs|--timestamps|--tail|all|--since|10m|z1|\n');
  expect((await host.ask({ ...wanted, text: '-x' })).stdout.split('\n')).toHaveLength(3);
  expect((await host.ask({ ...wanted, text: '$(id)' })).stdout).toBe('');
});

test('an answer that is too long loses its beginning', async () => {
  await host.put('ci-zookeeper', { id: 'z1', log: [`${t(1)} old`, `${t(2)} new`] });
  const { stdout } = await host.ask({ sources: [zookeeper], limitBytes: 42 });
  expect(stdout.split('\n')).toEqual(['0\t0Z old', `0\t${t(2)} new`, '']);
});

test('a controller is found by the app of its task; the one that runs, never an executor', async () => {
  const env = ['PATH=/bin', 'MARATHON_APP_ID=/ci/jenkins-main'];
  await host.put('mesos-3.executor', { id: 't3', env, log: [`${t(3)} executor`] });
  await host.put('mesos-0', {
    id: 't0',
    env: ['MARATHON_APP_ID=/ci/jenkins-mai'],
    log: [`${t(1)} other`],
  });
  await host.put('mesos-2', { id: 't2', env, running: false, log: [`${t(2)} ended`] });
  expect((await host.ask({ sources: [main] })).stdout).toBe(`0\t${t(2)} ended\n`);
  await host.put('mesos-1', { id: 't1', env, log: [`${t(1)} runs`] });
  expect((await host.ask({ sources: [main] })).stdout).toBe(`0\t${t(1)} runs\n`);
  expect((await host.ask({ sources: [appSource('tools')] })).stdout).toBe('!\t0\tabsent\n');
});

test('a Docker that does not answer, or is not there, is an error', async () => {
  await host.put('ci-zookeeper', { id: 'z1' });
  await host.stopDocker();
  for (const mode of ['once', 'follow'] as const) {
    const { exitCode, stderr } = await host.ask({ mode, sources: [zookeeper] });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 69,
      stderr: 'Cannot connect to the Docker daemon\n',
    });
  }
});

/** Follows until the lines are there; gives what was printed and how it ended. */
async function follow(
  request: Partial<LogRequest>,
  until: (line: string, lines: readonly string[]) => Promise<boolean> | boolean,
): Promise<{ lines: readonly string[]; code: unknown }> {
  const lines: string[] = [];
  const end = new AbortController();
  const run = host.ask(
    { mode: 'follow', ...request },
    {
      signal: end.signal,
      onLine: (line) => {
        lines.push(line);
        void Promise.resolve(until(line, lines)).then((isDone) => {
          if (isDone) end.abort();
        });
      },
    },
  );
  const code = await run.then(
    () => 'ended',
    (error: unknown) => (error as { code: string }).code,
  );
  return { lines, code };
}

function processes(): string {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
}

test('following shows lines as they come, and nothing is left running at the end', async () => {
  await host.put('ci-zookeeper', { id: `quiet-${process.pid}`, live: true });
  await host.put('ci-mesos-master', { id: 'm1', live: true });
  const said = host.say('ci-mesos-master', `${t(1)} one`, `${t(2)} two`);
  const { lines, code } = await follow(
    { sources: [zookeeper, master] },
    (_, all) => all.length === 2,
  );
  await said;
  expect(lines).toEqual([`1\t${t(1)} one`, `1\t${t(2)} two`]);
  expect(code).toBe('INTERRUPTED');
  expect(processes()).not.toContain(join(host.folder, 'ci-zookeeper', 'live'));
});

test('a container that is restarted or replaced goes on being followed, and it is told', async () => {
  await host.put('ci-zookeeper', { id: 'z1', running: false, log: [`${t(1)} one`] });
  const next = async (line: string): Promise<boolean> => {
    if (line.endsWith('one')) {
      await host.put('ci-zookeeper', {
        id: 'z1',
        started: 't2',
        running: false,
        log: [`${t(2)} two`],
      });
    }
    if (line.endsWith('two')) {
      await host.put('ci-zookeeper', {
        id: 'z2',
        started: 't3',
        running: false,
        log: [`${t(3)} three`],
      });
    }
    if (line.endsWith('three')) await host.remove('ci-zookeeper');
    if (line.endsWith('absent'))
      await host.put('ci-zookeeper', { id: 'z3', log: [`${t(4)} four`] });
    return line.endsWith('four');
  };
  const { lines } = await follow({ sources: [zookeeper] }, next);
  // Between two looks it may have been away as well.
  expect(
    lines.filter((line) => !/(absent|started)$/.test(line) || line.endsWith('restarted')),
  ).toEqual([
    `0\t${t(1)} one`,
    '!\t0\trestarted',
    `0\t${t(2)} two`,
    '!\t0\treplaced',
    `0\t${t(3)} three`,
    `0\t${t(4)} four`,
  ]);
  expect(lines.slice(-3, -1)).toEqual(['!\t0\tabsent', '!\t0\tstarted']);
});

test('lines longer than a pipe keeps together are cut while following', async () => {
  await host.put('ci-zookeeper', { id: 'z1', live: true });
  const said = host.say('ci-zookeeper', `${t(1)} ${'x'.repeat(9000)}`, `${t(2)} short`);
  const { lines } = await follow({ sources: [zookeeper] }, (_, all) => all.length === 2);
  await said;
  expect(lines[0]).toHaveLength('0\t'.length + 3800 + 1);
  expect(lines[0]?.endsWith('x…')).toBe(true);
  expect(lines[1]).toBe(`0\t${t(2)} short`);
});

test('over SSH it is the same, and a lost connection leaves nothing running, either', async () => {
  const home = createHome(folder);
  await using server = await startSshServer();
  home.trust(server.port, server.hostKey);
  await using connector = createConnector();
  await using remote = await connector.connect(home.target(server.port));
  host.host = remote;
  await host.put('ci-zookeeper', { id: 'quiet', live: true });
  await host.put('ci-mesos-master', { id: 'm1', live: true });
  const said = host.say('ci-mesos-master', `${t(1)} one`);
  const ended = await follow({ sources: [zookeeper, master] }, () => true);
  await said;
  expect(ended).toEqual({ lines: [`1\t${t(1)} one`], code: 'INTERRUPTED' });
  const pipe = join(host.folder, 'ci-zookeeper', 'live');
  expect(processes()).not.toContain(pipe);
  const again = host.say('ci-mesos-master', `${t(2)} two`);
  const lost = await follow({ sources: [zookeeper, master] }, () => {
    server.dropAll();
    return false;
  });
  await again;
  expect(lost.code).toBe('RESULT_UNKNOWN');
  await expect.poll(processes, { timeout: 10_000 }).not.toContain(pipe);
});
