import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HealthCheck } from '../../src/shared/mesos.ts';
import { healthProbe } from '../../src/mesos-agent/health/probe.ts';
import { settle } from '../shared/support/fake-clock.ts';
import { taskBench, type Bench } from './support/bench.ts';
import { fakeDocker } from './support/fake-docker.ts';
import { dockerTask, taskRun } from './support/task-run.ts';

let workDir: string;
let healthy: boolean;

beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'stand-in-health-'));
  healthy = true;
});

afterEach(() => {
  rmSync(workDir, { recursive: true });
});

const check: HealthCheck = {
  type: 'COMMAND',
  command: { value: 'test -e /tmp/ok' },
  delay_seconds: 1,
  interval_seconds: 10,
  grace_period_seconds: 15,
  consecutive_failures: 2,
};

async function running(): Promise<Bench> {
  const docker = fakeDocker();
  Object.assign(docker, { exec: () => Promise.resolve(healthy ? 0 : 1) });
  const bench = taskBench(workDir, docker);
  const framework = { user: 'root', name: 'fw', id: { value: 'F' } };
  bench.tasks.launch(framework, dockerTask({ health_check: check }));
  await settle();
  bench.acknowledge();
  bench.acknowledge();
  return bench;
}

/** What has been told since the task runs, each at once acknowledged. */
async function told(bench: Bench, ms: number): Promise<unknown[]> {
  const before = bench.sent.length;
  for (let second = 0; second < ms; second += 1000) {
    await bench.clock.advance(1000);
    bench.acknowledge();
  }
  return bench.sent.slice(before).map((status) => [status.state, status.healthy]);
}

describe('a task with a health check', () => {
  test('is told healthy at its first success, once', async () => {
    const bench = await running();
    expect(await told(bench, 40_000)).toEqual([['TASK_RUNNING', true]]);
    expect(bench.sent.at(-1)).toMatchObject({
      source: 'SOURCE_EXECUTOR',
      reason: 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED',
    });
  });

  test('is killed after so many failures in a row, and the last word is unhealthy', async () => {
    const bench = await running();
    await told(bench, 1000);
    healthy = false;
    expect(await told(bench, 21_000)).toEqual([
      ['TASK_RUNNING', false],
      ['TASK_RUNNING', false],
      ['TASK_KILLED', false],
    ]);
  });

  test('may fail while it starts, in its grace', async () => {
    healthy = false;
    const bench = await running();
    expect(await told(bench, 20_000)).toEqual([]);
    expect(await told(bench, 1000)).toEqual([['TASK_RUNNING', false]]);
  });

  test('that recovers is told so, and its failures are forgotten', async () => {
    const bench = await running();
    await told(bench, 1000);
    healthy = false;
    await told(bench, 10_000);
    healthy = true;
    expect(await told(bench, 10_000)).toEqual([['TASK_RUNNING', true]]);
    healthy = false;
    expect(await told(bench, 10_000)).toEqual([['TASK_RUNNING', false]]);
  });

  test('is asked no more once it has ended', async () => {
    const bench = await running();
    bench.docker.exit([...bench.docker.containers.keys()][0] ?? '', 0);
    await settle();
    bench.acknowledge();
    expect(await told(bench, 30_000)).toEqual([]);
  });
});

describe('what is asked', () => {
  const nobody = () => Promise.resolve(1);

  async function served(status: number): Promise<{ port: number; close: () => void }> {
    const server = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { Location: '/' }).end();
      else response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as AddressInfo).port, close: () => server.close() };
  }

  test.each([
    [200, '/', undefined],
    [399, '/', undefined],
    [500, '/', 'Unexpected HTTP response code: 500'],
    [200, '/moved', undefined],
    [404, '/moved', 'Unexpected HTTP response code: 404'],
  ])('by HTTP: %d at %s', async (status, path, expected) => {
    const { port, close } = await served(status);
    const http = { scheme: 'http', port, path };
    expect(await healthProbe(nobody)(taskRun(), { type: 'HTTP', http })).toBe(expected);
    close();
  });

  test('by TCP', async () => {
    const { port, close } = await served(200);
    const probe = () => healthProbe(nobody)(taskRun(), { type: 'TCP', tcp: { port } });
    expect(await probe()).toBeUndefined();
    close();
    expect(await probe()).toContain('ECONNREFUSED');
  });

  test('of a task on a network of its own is asked at its address', async () => {
    const { port, close } = await served(200);
    const docker = { image: 'img:1', network: 'BRIDGE' as const };
    const run = taskRun(dockerTask({ container: { type: 'DOCKER', docker } }));
    const tcp = { type: 'TCP' as const, tcp: { port } };
    run.ipAddress = '127.0.0.77';
    expect(await healthProbe(nobody)(run, tcp)).toContain('ECONNREFUSED');
    close();
  });

  test('by a command where the task lives', async () => {
    const asked: string[] = [];
    const probe = healthProbe((_run, argv) => {
      asked.push(argv.join(' '));
      return Promise.resolve(3);
    });
    expect(await probe(taskRun(), check)).toBe('Command returned exited with status 3');
    expect(asked).toEqual(['sh -c test -e /tmp/ok']);
  });
});
