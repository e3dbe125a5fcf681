import { afterEach, describe, expect, test } from 'vitest';
import { connectClient, type MesosClient } from '../../../src/jenkins/cloud/mesos-client.ts';
import type { SchedulerEvent } from '../../../src/shared/scheduler-wire.ts';
import { fakeClock, type FakeClock } from '../../shared/support/fake-clock.ts';
import { fakeMaster, subscribed, type Answer, type FakeMaster } from './support/fake-master.ts';

const masters: FakeMaster[] = [];
const controllers: AbortController[] = [];

afterEach(async () => {
  for (const controller of controllers.splice(0)) controller.abort();
  await Promise.all(masters.splice(0).map((one) => one.close()));
});

async function master(options: Parameters<typeof fakeMaster>[0] = {}): Promise<FakeMaster> {
  const made = await fakeMaster(options);
  masters.push(made);
  return made;
}

const framework = { user: 'root', name: 'jenkins', id: { value: 'jenkins-ci-0001' }, roles: ['*'] };

function connect(url: string, clock: FakeClock = fakeClock()): Promise<MesosClient> {
  const controller = new AbortController();
  controllers.push(controller);
  return connectClient({
    master: url,
    framework,
    clock,
    log: () => undefined,
    signal: controller.signal,
  });
}

/** A standby as Mesos 1.12 answers: protocol-relative, with `/master` in it. */
const redirectTo = (target: FakeMaster): Answer => ({
  status: 307,
  location: `${target.url.replace('http:', '')}/master/api/v1/scheduler`,
});

const revive = { type: 'REVIVE', revive: { roles: ['*'] } } as const;

async function until(fits: () => boolean): Promise<void> {
  while (!fits()) await new Promise((resolve) => setImmediate(resolve));
}

const ended = (client: MesosClient, onEvent: (event: SchedulerEvent) => void = () => undefined) =>
  new Promise<string>((resolve) => {
    client.listen({ onEvent, onEnd: resolve });
  });

describe('the client of the scheduler API', () => {
  test('says its framework id in both places, and the stream id in every call', async () => {
    const leader = await master();
    const client = await connect(leader.url);
    client.send(revive);
    await until(() => leader.calls.length === 2);
    const [subscribe, call] = leader.calls;
    expect(subscribe).toMatchObject({
      path: '/api/v1/scheduler',
      streamId: undefined,
      body: {
        framework_id: { value: 'jenkins-ci-0001' },
        subscribe: { framework_info: framework },
      },
    });
    expect(call).toMatchObject({
      type: 'REVIVE',
      streamId: 'stream-1',
      body: { framework_id: { value: 'jenkins-ci-0001' } },
    });
  });

  test('follows a standby to the leader, with its calls too, which ask the standby first', async () => {
    const leader = await master();
    const standby = await master({ answer: () => redirectTo(leader) });
    const client = await connect(standby.url);
    client.send(revive);
    client.send(revive);
    await until(() => leader.calls.length === 3);
    expect(leader.calls.map(({ path }) => path)).toEqual(Array(3).fill('/master/api/v1/scheduler'));
    expect(standby.calls.map(({ type }) => type)).toEqual(['SUBSCRIBE', 'REVIVE']);
  });

  test('follows three redirects and no fourth', async () => {
    const leader = await master();
    const third = await master({ answer: () => redirectTo(leader) });
    const second = await master({ answer: () => redirectTo(third) });
    const first = await master({ answer: () => redirectTo(second) });
    await expect(connect(first.url)).resolves.toBeDefined();
    const before = await master({ answer: () => redirectTo(first) });
    await expect(connect(before.url)).rejects.toThrow('Too many redirects');
  });

  test('refuses a redirect to where it asked', async () => {
    const one = await master({
      answer: () => ({ status: 307, location: '/api/v1/scheduler' }),
    });
    await expect(connect(one.url)).rejects.toThrow('Circular redirection');
  });

  test.each([
    ['1.8.1', 'requirement failed: Mesos master version 1.8.1 is not compatible'],
    ['0.28.3', 'not compatible with required version 1.9.0'],
  ])('refuses a master of version %s', async (version, message) => {
    const old = await master({ first: subscribed(version) });
    await expect(connect(old.url)).rejects.toThrow(message);
  });

  test.each(['1.9.0', '1.10.0', '1.12.0', '2.0.0'])(
    'takes a master of version %s',
    async (version) => {
      const one = await master({ first: subscribed(version) });
      await expect(connect(one.url)).resolves.toBeDefined();
    },
  );

  test('cannot connect where the first event is an error, or the answer is one', async () => {
    const error = { type: 'ERROR', error: { message: 'Framework has been removed' } };
    await expect(connect((await master({ first: error })).url)).rejects.toThrow(
      /Expected subscribed event.*Framework has been removed/,
    );
    const electing = await master({ answer: () => ({ status: 503, body: 'No leader elected' }) });
    await expect(connect(electing.url)).rejects.toThrow('Mesos server error: 503');
  });

  test('ends when nothing comes for 75 s, and not before', async () => {
    const clock = fakeClock();
    const leader = await master();
    const client = await connect(leader.url, clock);
    let over: string | undefined;
    let beats = 0;
    void ended(client, () => (beats += 1)).then((reason) => (over = reason));
    await clock.advance(70_000);
    leader.send({ type: 'HEARTBEAT' });
    await until(() => beats === 1);
    await clock.advance(74_999);
    expect(over).toBeUndefined();
    await clock.advance(1);
    expect(over).toBe('No elements passed in the last 75 seconds.');
  });

  test('ends with the stream, and with the first call that is refused', async () => {
    const leader = await master();
    const first = ended(await connect(leader.url));
    leader.drop();
    await expect(first).resolves.toBe('Mesos closed the connection');

    const strict = await master({
      answer: ({ type }) =>
        type === 'SUBSCRIBE' ? undefined : { status: 403, body: 'Framework is not subscribed' },
    });
    const client = await connect(strict.url);
    const second = ended(client);
    client.send(revive);
    await expect(second).resolves.toContain('403 Framework is not subscribed');
  });

  test('passes on what came before anybody listened', async () => {
    const leader = await master();
    const client = await connect(leader.url);
    leader.send({ type: 'HEARTBEAT' });
    const types: string[] = [];
    void ended(client, ({ type }) => types.push(type));
    leader.send({ type: 'HEARTBEAT' });
    await until(() => types.length === 2);
    expect(types).toEqual(['HEARTBEAT', 'HEARTBEAT']);
  });
});
