import { afterEach, describe, expect, test } from 'vitest';
import { createMesosCloud } from '../../../src/jenkins/cloud/mesos-cloud.ts';
import { fakeClock, type FakeClock } from '../../shared/support/fake-clock.ts';
import { cloudConfig, template, testHost, type TestHost } from './support/cloud-host.ts';
import { fakeMaster, type FakeMaster } from './support/fake-master.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function master(options: Parameters<typeof fakeMaster>[0] = {}): Promise<FakeMaster> {
  const made = await fakeMaster(options);
  cleanups.push(() => made.close());
  return made;
}

interface Scene {
  readonly cloud: ReturnType<typeof createMesosCloud>;
  readonly host: TestHost;
  readonly clock: FakeClock;
  /** Time goes by in steps of a second, and what goes over the network meanwhile arrives. */
  readonly pass: (seconds: number, beating?: FakeMaster) => Promise<void>;
  readonly passUntil: (text: string) => Promise<void>;
  readonly reload: () => Promise<ReturnType<typeof createMesosCloud>>;
}

function scene(
  url: string,
  properties: Record<string, string> = {},
  overrides: object = {},
): Scene {
  const clock = fakeClock();
  const host = testHost(clock, properties);
  const made: ReturnType<typeof createMesosCloud>[] = [];
  const make = () => {
    const cloud = createMesosCloud(cloudConfig(url, overrides), host);
    cloud.start();
    made.push(cloud);
    return cloud;
  };
  const cloud = make();
  const step = async () => {
    await clock.advance(1000);
    await new Promise((resolve) => setTimeout(resolve, 2));
  };
  cleanups.push(async () => {
    for (const one of made) await one.stop();
  });
  return {
    cloud,
    host,
    clock,
    pass: async (seconds, beating) => {
      for (let second = 0; second < seconds; second++) {
        if (second % 15 === 0) beating?.send({ type: 'HEARTBEAT' });
        await step();
      }
    },
    passUntil: async (text) => {
      while (!host.lines.some((line) => line.includes(text))) await step();
    },
    reload: async () => {
      await cloud.stop();
      return make();
    },
  };
}

async function until(fits: () => boolean): Promise<void> {
  while (!fits()) await new Promise((resolve) => setImmediate(resolve));
}

const count = ({ calls }: FakeMaster, type: string) =>
  calls.filter((call) => call.type === type).length;

function offer(id: string, mem = 4096): object {
  const scalar = (name: string, value: number) => ({ name, type: 'SCALAR', scalar: { value } });
  const one = {
    id: { value: id },
    agent_id: { value: 'S1' },
    hostname: 'a1',
    resources: [scalar('cpus', 4), scalar('mem', mem)],
    attributes: [],
    allocation_info: { role: '*' },
  };
  return { type: 'OFFERS', offers: { offers: [one] } };
}

const running = (task: string) => ({
  type: 'UPDATE',
  update: {
    status: {
      task_id: { value: task },
      agent_id: { value: 'S1' },
      state: 'TASK_RUNNING',
      uuid: 'AAAAAAAAAAAAAAAAAAAAAQ==',
    },
  },
});

async function provisioned({ cloud, host }: Scene): Promise<string> {
  cloud.provision('build');
  await host.logged('waiting for node');
  return host.nodes.list().at(-1)?.name ?? '';
}

describe('a build agent', () => {
  test('that does not come online in time is killed, for 5 minutes or as the property says', async () => {
    const leader = await master();
    const there = scene(leader.url, { 'usi.jenkins.agent-timeout': '2m' });
    const name = await provisioned(there);
    await until(() => count(leader, 'SUBSCRIBE') === 1 && there.cloud.status().connected);
    leader.send(offer('O1'));
    await until(() => count(leader, 'ACCEPT') === 1);
    leader.send(running(name));
    await until(() => count(leader, 'ACKNOWLEDGE') === 1);
    await there.pass(119, leader);
    expect(count(leader, 'KILL')).toBe(0);
    await there.pass(1);
    await there.host.logged(`Agent ${name} failed to come online`);
    await until(() => count(leader, 'KILL') === 1);
    expect(leader.calls.find(({ type }) => type === 'KILL')?.body).toMatchObject({
      kill: { task_id: { value: name }, agent_id: { value: 'S1' } },
    });
  });

  test('that is still not online after the idle minutes is ended by these', async () => {
    const leader = await master();
    const there = scene(leader.url);
    const name = await provisioned(there);
    await there.pass(180);
    expect(there.host.nodes.get(name)).toBeDefined();
    await there.pass(60);
    await there.host.logged(`Disconnecting ${name}`);
    expect(there.host.nodes.get(name)).toBeUndefined();
  });

  test('that found no offer until it was given up is pending for ever after', async () => {
    const leader = await master();
    const there = scene(leader.url, { 'usi.jenkins.agent-timeout': '10 seconds' });
    const name = await provisioned(there);
    await there.pass(11);
    await there.host.logged(`Agent ${name} failed to come online`);
    await there.pass(250);
    expect(there.host.nodes.list()).toEqual([]);
    expect(there.cloud.pending()).toBe(1);
    expect(there.cloud.status().waiting).toEqual([]);
  });

  test('whose launch had found no offer when the connection broke is never launched', async () => {
    const leader = await master();
    const there = scene(leader.url);
    await provisioned(there);
    await until(() => there.cloud.status().connected);
    leader.send(offer('O1', 100));
    await until(() => count(leader, 'DECLINE') === 1);
    leader.drop();
    await there.host.logged('Restarting graph due to failure: Mesos closed the connection');
    await there.pass(4);
    await until(() => count(leader, 'SUBSCRIBE') === 2 && there.cloud.status().connected);
    leader.send(offer('O2'));
    await until(() => count(leader, 'DECLINE') === 2);
    expect(there.cloud.status().waiting).toMatchObject([{ lost: true, rejected: { mem: 1 } }]);
    await there.pass(60);
    await there.host.logged('its launch was lost with the connection to Mesos');
  });

  test('with 0 as its most executors is never made', async () => {
    const templates = [{ ...template, minExecutors: 0, maxExecutors: 0 }];
    const there = scene('127.0.0.1:1', {}, { mesosAgentSpecTemplates: templates });
    there.cloud.provision('build');
    await there.host.logged('does not end');
    expect(there.cloud.pending()).toBe(0);
  });
});

/** Longer than anything on loopback may take while seconds fly: tries count as failed at once. */
const patient = { 'usi.jenkins.connection-min-backoff': '1 minute' };

describe('a connection that is given up', () => {
  async function dead(): Promise<Scene> {
    const leader = await master();
    const there = scene(leader.url, patient);
    there.cloud.provision('build');
    await until(() => there.cloud.status().connected);
    await leader.close();
    await there.passUntil('no connection to Mesos at');
    return there;
  }

  test('was tried five times more than once', async () => {
    const { cloud, host } = await dead();
    expect(cloud.status().connected).toBe(false);
    const tries = host.lines.filter((line) => line.includes('Connecting to Mesos master'));
    expect(tries).toHaveLength(1 + 6);
  });

  test('launches nothing any more, and what was asked of it stays pending', async () => {
    const { cloud, host } = await dead();
    const before = host.nodes.list().length;
    cloud.provision('build');
    await host.logged('The USI stream failed or is closed.');
    expect(host.nodes.list()).toHaveLength(before);
    expect(cloud.pending()).toBe(2);
  });

  test('stays so when the configuration is loaded again with the same framework id', async () => {
    const there = await dead();
    const again = await there.reload();
    again.provision('build');
    await there.host.logged('The USI stream failed or is closed.');
    await there.pass(60);
    expect(again.status().connected).toBe(false);
  });
});

describe('the master', () => {
  test('is looked up once; a plain address may lack its scheme', async () => {
    const leader = await master();
    const there = scene(leader.url.replace('http://', ''));
    await provisioned(there);
    await until(() => there.cloud.status().connected);
    expect(there.cloud.status().masterUrl).toBe(leader.url);
  });

  test('is called by the same address again after each loss', async () => {
    const leader = await master();
    const other = await master();
    let target = leader;
    const gateway = await master({
      answer: () => ({ status: 307, location: `${target.url}/master/api/v1/scheduler` }),
    });
    const there = scene(gateway.url);
    there.cloud.provision('build');
    await until(() => there.cloud.status().connected);
    target = other;
    leader.drop();
    await there.host.logged('Restarting graph');
    await there.pass(4);
    await until(() => count(other, 'SUBSCRIBE') === 1);
    expect(count(gateway, 'SUBSCRIBE')).toBe(2);
  });

  test('that is too old is refused until it is given up', async () => {
    const old = await master({
      first: {
        type: 'SUBSCRIBED',
        subscribed: { framework_id: { value: 'f' }, master_info: { id: 'm', version: '1.7.1' } },
      },
    });
    const there = scene(old.url, patient);
    there.cloud.provision('build');
    await there.host.logged('Mesos master version 1.7.1 is not compatible');
    await there.passUntil('no connection to Mesos at');
    expect(count(old, 'SUBSCRIBE')).toBe(6);
  });
});

test('a framework without an id of its own is another one each time', () => {
  const host = testHost();
  const config = cloudConfig('h:5050', { frameworkId: '' });
  const [first, second] = [createMesosCloud(config, host), createMesosCloud(config, host)];
  expect(first.status().frameworkId).toMatch(/^[0-9a-f-]{36}$/);
  expect(second.status().frameworkId).not.toBe(first.status().frameworkId);
});
