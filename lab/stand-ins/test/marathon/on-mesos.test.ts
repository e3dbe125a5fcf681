import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { call } from '../../src/shared/http-client.ts';
import { fakeDocker, type FakeDocker } from '../mesos-agent/support/fake-docker.ts';
import { startPair, type Pair } from '../mesos-master/support/pair.ts';
import { startLeader, type Leader } from './support/leader.ts';

/** Marathon on the other stand-ins, whose master refuses what a real one refuses; containers are made up. */
let folder: string;
let docker: FakeDocker;
let pair: Pair;
let leader: Leader;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marathon-on-mesos-'));
  docker = fakeDocker();
  pair = await startPair({ workDir: folder, docker });
  leader = await startLeader({ master: pair.master.replace('http://', '') });
});

afterEach(async () => {
  await leader.close();
  await pair.stop();
  await rm(folder, { recursive: true, force: true });
});

async function ask<T>(path: string, options: { method?: string; body?: unknown } = {}): Promise<T> {
  return JSON.parse((await call(`http://${leader.address}${path}`, options)).body) as T;
}

interface Shown {
  readonly app: Readonly<Record<string, unknown>> & { readonly tasks: readonly { id: string }[] };
}

async function settled(id: string, expected: object): Promise<Shown['app']> {
  return vi.waitFor(
    async () => {
      await leader.clock.advance(1000);
      const { app } = await ask<Shown>(`/v2/apps${id}`);
      expect(app).toMatchObject(expected);
      return app;
    },
    { timeout: 5000 },
  );
}

const app = {
  id: '/ci/agents',
  cmd: 'sleep 1',
  cpus: 0.5,
  mem: 64,
  networks: [{ mode: 'container/bridge' }],
  container: {
    docker: { image: 'img:1', parameters: [{ key: 'init', value: 'true' }] },
    portMappings: [{ containerPort: 8080, hostPort: 0 }],
    volumes: [{ containerPath: '/run/s', hostPath: '/etc/ci', mode: 'RO' }],
  },
  constraints: [['rack', 'IS', 'r1']],
  upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
};

test('an app runs as a container with its ports, volumes and limits, is replaced and removed', async () => {
  await ask('/v2/apps', { body: app });
  const first = await settled(app.id, { tasksRunning: 1, deployments: [] });
  const [container] = [...docker.containers.values()];
  expect(container!.definition).toMatchObject({
    Image: 'img:1',
    Entrypoint: ['/bin/sh'],
    Cmd: ['-c', 'sleep 1'],
    HostConfig: {
      NetworkMode: 'bridge',
      PortBindings: { '8080/tcp': [{ HostPort: '31000' }] },
      Memory: 64 * 1024 ** 2,
      Init: true,
    },
  });
  expect(container!.definition.HostConfig?.['Binds']).toContain('/etc/ci:/run/s:ro');

  await ask(`/v2/apps${app.id}`, { method: 'PUT', body: { mem: 96 } });
  const second = await settled(app.id, { tasksRunning: 1, deployments: [], mem: 96 });
  expect(second.tasks[0]!.id).not.toBe(first.tasks[0]!.id);

  await ask(`/v2/apps${app.id}`, { method: 'DELETE' });
  await vi.waitFor(async () => {
    await leader.clock.advance(1000);
    expect(await ask('/v2/deployments')).toEqual([]);
  });
  expect(await ask('/v2/tasks')).toEqual({ tasks: [] });
});

test('a container that ends is started again after its delay', async () => {
  await ask('/v2/apps', { body: app });
  const { tasks } = await settled(app.id, { tasksRunning: 1 });
  docker.exit([...docker.containers.keys()][0]!, 3);
  const after = await settled(app.id, {
    tasksRunning: 1,
    lastTaskFailure: { state: 'TASK_FAILED', message: 'Container exited with status 3' },
  });
  expect(after.tasks[0]!.id).not.toBe(tasks[0]!.id);
});

test('a new leader takes the framework over with its tasks, and the old one ends', async () => {
  await ask('/v2/apps', { body: app });
  const { tasks } = await settled(app.id, { tasksRunning: 1 });
  const old = leader;
  leader = await startLeader({ master: pair.master.replace('http://', ''), store: old.store });
  await vi.waitFor(() => {
    expect(old.crashes).toEqual(['mesosSchedulerError']);
  });
  await leader.clock.advance(15_000);
  const after = await settled(app.id, { tasksRunning: 1 });
  expect(after.tasks[0]!.id).toBe(tasks[0]!.id);
  await old.close();
});
