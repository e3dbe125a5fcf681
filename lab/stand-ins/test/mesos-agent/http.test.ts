import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../src/shared/http-client.ts';
import { HttpScheduler } from '../mesos-master/support/http-scheduler.ts';
import { startPair, type Pair } from '../mesos-master/support/pair.ts';
import { shapeDifference } from '../shared/support/shape.ts';
import recorded from './fixtures/answers-1.12.0.json' with { type: 'json' };
import { fakeDocker } from './support/fake-docker.ts';
import { dockerTask } from './support/task-run.ts';

/** Two tasks run: `box` in a (fake) container, `bare` as a process of this machine; `ended` was one. */
let pair: Pair;
let workDir: string;
let scheduler: HttpScheduler;

const stats = {
  cpu_stats: {
    cpu_usage: { usage_in_kernelmode: 20_000_000, usage_in_usermode: 30_000_000 },
    throttling_data: { periods: 7, throttled_periods: 3, throttled_time: 2e9 },
  },
  memory_stats: { usage: 300_000, stats: { total_rss: 208_896 } },
};

beforeAll(async () => {
  workDir = mkdtempSync(join(tmpdir(), 'stand-in-agent-http-'));
  pair = await startPair({ workDir, docker: fakeDocker({ stats }) });
  const info = { role: '*', capabilities: [{ type: 'PARTITION_AWARE' }] };
  scheduler = await HttpScheduler.subscribe(pair.master, info);
  await run('ended', 'echo hello');
  await scheduler.status('ended', 'TASK_FINISHED');
  await run('bare', 'echo one; echo two >&2; sleep 600');
  await scheduler.status('bare', 'TASK_RUNNING');
  await scheduler.launch(dockerTask({ name: 'box', task_id: { value: 'box' } }));
  await scheduler.status('box', 'TASK_RUNNING');
});

afterAll(async () => {
  await scheduler.call('TEARDOWN', {});
  scheduler.close();
  await pair.stop();
  rmSync(workDir, { recursive: true });
});

async function run(id: string, value: string): Promise<void> {
  const bare = dockerTask({ name: id, task_id: { value: id }, command: { shell: true, value } });
  delete (bare as { container?: unknown }).container;
  await scheduler.launch(bare);
}

async function get(path: string): Promise<unknown> {
  const reply = await call(`${pair.agent}${path}`);
  expect(reply.status).toBe(200);
  return JSON.parse(reply.body);
}

async function api(body: object): Promise<{ status: number; body: string }> {
  return call(`${pair.agent}/api/v1`, { body });
}

interface Contained {
  readonly executor_id: string;
  readonly statistics: Record<string, number>;
}

async function statisticsOf(id: string): Promise<Record<string, number>> {
  const all = (await get('/monitor/statistics')) as Contained[];
  return all.find((one) => one.executor_id === id)?.statistics ?? {};
}

describe('answers have the keys of a recorded 1.12.0', () => {
  /** The recorded tasks had no container and, in a container, no soft memory limit. */
  const other = /container\b(?!_)|mem_soft_limit|executor_pid/;

  test.each([
    ['/containers', recorded.containers],
    ['/slave(1)/containers', recorded.dockerContainers],
    ['/monitor/statistics', recorded.monitorStatistics],
    ['/system/stats.json', recorded.systemStats],
  ])('%s', async (path, real) => {
    const { missing, extra } = shapeDifference(real, await get(path));
    expect([...missing, ...extra].filter((key) => !other.test(key))).toEqual([]);
  });

  test.each([
    ['GET_HEALTH', recorded.GET_HEALTH],
    ['GET_VERSION', recorded.GET_VERSION],
    ['GET_FLAGS', recorded.GET_FLAGS],
    ['GET_AGENT', recorded.GET_AGENT],
    ['GET_TASKS', recorded.GET_TASKS],
    ['GET_EXECUTORS', recorded.GET_EXECUTORS],
    ['GET_FRAMEWORKS', recorded.GET_FRAMEWORKS],
    ['GET_CONTAINERS', recorded.GET_CONTAINERS],
    ['GET_STATE', recorded.GET_STATE],
  ])('%s', async (type, real) => {
    const { missing, extra } = shapeDifference(real, JSON.parse((await api({ type })).body));
    // Ours has ended tasks that the recorded agent had forgotten, and the other way round.
    const lists = /(terminated|completed|queued)_(tasks|frameworks)|message/;
    expect([...missing, ...extra].filter((key) => !other.test(key) && !lists.test(key))).toEqual(
      [],
    );
  });

  test('GET_METRICS wants its argument', async () => {
    expect(await api({ type: 'GET_METRICS' })).toMatchObject({
      status: 400,
      body: "Failed to validate agent::Call: Expecting 'get_metrics' to be present",
    });
    const { body } = await api({ type: 'GET_METRICS', get_metrics: {} });
    expect(body).toContain('slave/registered');
  });
});

describe('what a task uses', () => {
  test('in a container is what Docker says, with its limits', async () => {
    expect(await statisticsOf('box')).toMatchObject({
      cpus_soft_limit: 0.5,
      cpus_user_time_secs: 0.03,
      cpus_system_time_secs: 0.02,
      mem_limit_bytes: 64 * 1024 ** 2,
      mem_rss_bytes: 208_896,
    });
  });

  test('without container is that of its processes', async () => {
    expect((await statisticsOf('bare'))['mem_rss_bytes']).toBeGreaterThan(4096);
  });
});

describe('the files of a task', () => {
  interface State {
    readonly frameworks: readonly {
      readonly id: string;
      readonly executors: readonly { readonly id: string; readonly directory: string }[];
      readonly completed_executors: readonly { readonly directory: string }[];
    }[];
  }

  async function directory(id = 'bare'): Promise<string> {
    const { frameworks } = (await get('/state')) as State;
    const [framework] = frameworks;
    const executor = framework?.executors.find((one) => one.id === id);
    return executor?.directory ?? framework?.completed_executors[0]?.directory ?? '';
  }

  test('are where an agent of Mesos has them', async () => {
    const { frameworks } = (await get('/state')) as State;
    const framework = frameworks[0]?.id ?? '';
    const id = /slaves\/[0-9a-f-]+-S0\/frameworks\/(.+)\/executors\/bare\/runs\/[0-9a-f-]{36}$/;
    expect(id.exec(await directory())?.[1]).toBe(framework);
  });

  test('are listed', async () => {
    const path = await directory();
    expect(await get(`/files/browse?path=${path}`)).toMatchObject([
      { path: `${path}/stderr`, size: 4, mode: '-rw-r--r--', nlink: 1 },
      { path: `${path}/stdout`, size: 4 },
    ]);
    const listed = await api({ type: 'LIST_FILES', list_files: { path } });
    expect(JSON.parse(listed.body)).toMatchObject({
      list_files: { file_infos: [{ path: `${path}/stderr` }, { path: `${path}/stdout`, size: 4 }] },
    });
  });

  test('are read piece by piece, also after the end of the task', async () => {
    const path = `${await directory('ended')}/stdout`;
    expect(await get(`/files/read?path=${path}`)).toEqual({ data: '', offset: 6 });
    expect(await get(`/files/read?path=${path}&offset=1&length=3`)).toEqual({
      data: 'ell',
      offset: 1,
    });
    const read = await api({ type: 'READ_FILE', read_file: { path, offset: 0 } });
    expect(JSON.parse(read.body)).toEqual({
      type: 'READ_FILE',
      read_file: { size: 6, data: Buffer.from('hello\n').toString('base64') },
    });
  });

  test('are downloaded, also by the short name of the newest run', async () => {
    const { frameworks } = (await get('/state')) as State;
    const path = `/frameworks/${frameworks[0]?.id ?? ''}/executors/bare/runs/latest/stderr`;
    const reply = await call(`${pair.agent}/files/download?path=${path}`);
    expect([reply.body, reply.headers['content-disposition']]).toEqual([
      'two\n',
      'attachment; filename=stderr',
    ]);
  });

  test('are not those of the host', async () => {
    const sandbox = await directory();
    symlinkSync('/etc', join(sandbox, 'leak'));
    const status = async (path: string) =>
      (await call(`${pair.agent}/files/read?path=${path}`)).status;
    expect(await status('/etc/passwd')).toBe(404);
    expect(await status(`${sandbox}/leak/passwd`)).toBe(400);
    expect(await status(`${sandbox}/../../..`)).toBe(400);
    expect(await status(`${sandbox}/missing`)).toBe(404);
    writeFileSync(join(workDir, 'x'), '');
    expect((await call(`${pair.agent}/files/read`)).body).toBe(
      "Expecting 'path=value' in query.\n",
    );
  });
});
