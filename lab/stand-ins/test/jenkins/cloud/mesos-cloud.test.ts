import { afterEach, describe, expect, test } from 'vitest';
import { createMesosCloud, type MesosCloud } from '../../../src/jenkins/cloud/mesos-cloud.ts';
import { agentUpdate } from '../../../src/mesos-master/updates.ts';
import type { Master } from '../../../src/mesos-master/master.ts';
import type { Framework } from '../../../src/mesos-master/state.ts';
import type { TaskState } from '../../../src/shared/mesos.ts';
import { addAgent, type AgentWish, type TestAgent } from '../../mesos-master/support/cluster.ts';
import { startTestMaster } from '../../mesos-master/support/pair.ts';
import { cloudConfig, template, testHost, type TestHost } from './support/cloud-host.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Mesos {
  readonly url: string;
  readonly master: Master;
  readonly agent: TestAgent;
  readonly framework: () => Framework;
  readonly update: (task: string, state: TaskState, message?: string) => void;
}

/** A real stand-in master; its agent is one that does nothing but write down what it is told. */
async function mesos(wish: AgentWish = {}): Promise<Mesos> {
  const running = await startTestMaster(['--allocation_interval=20ms']);
  cleanups.push(() => running.stop());
  const { core } = running.master;
  const agent = await addAgent(core, { resources: 'cpus:4;mem:4096;disk:100', ...wish });
  const framework = () => {
    const found = core.state.frameworks.get('jenkins-ci-0001');
    if (found === undefined) throw new Error('no such framework');
    return found;
  };
  let updates = 0;
  const update = (task: string, state: TaskState, message?: string) => {
    updates += 1;
    const status = {
      task_id: { value: task },
      state,
      source: 'SOURCE_EXECUTOR',
      agent_id: { value: agent.id },
      timestamp: 1,
      uuid: Buffer.from(String(updates).padStart(16, '0')).toString('base64'),
      ...(message === undefined ? {} : { message }),
    } as const;
    agentUpdate(core, agent.agent, {
      kind: 'update',
      framework_id: 'jenkins-ci-0001',
      status,
      latest_state: state,
    });
  };
  return {
    url: `http://127.0.0.1:${running.port}`,
    master: running.master,
    agent,
    framework,
    update,
  };
}

function cloudAt(url: string, overrides: object = {}, host: TestHost = testHost()) {
  const cloud = createMesosCloud(cloudConfig(url, overrides), host);
  cloud.start();
  cleanups.push(() => cloud.stop());
  return { cloud, host };
}

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const received = (on: TestAgent, kind: 'launch' | 'kill' | 'acknowledge', count = 1) =>
  until(() => {
    const all = on.received.filter((message) => message.kind === kind);
    return all.length >= count ? all[count - 1] : undefined;
  });

async function launched(there: Mesos, count = 1) {
  const message = await received(there.agent, 'launch', count);
  if (message.kind !== 'launch') throw new Error('no launch');
  return message;
}

async function launchOne(there: Mesos, cloud: MesosCloud): Promise<string> {
  cloud.provision('build');
  return (await launched(there)).task.task_id.value;
}

describe('the Mesos cloud', () => {
  test('gives agents for the labels of its templates, and none to jobs without a label', () => {
    const { cloud } = cloudAt('m1:5050', {
      mesosAgentSpecTemplates: [{ ...template, label: 'build linux' }],
    });
    expect(cloud.provides('linux')).toBe(true);
    expect(cloud.provides('windows')).toBe(false);
    expect(cloud.provides(undefined)).toBe(false);
  });

  test('is no framework of Mesos before the first agent is wanted', async () => {
    const there = await mesos();
    const { cloud } = cloudAt(there.url);
    expect(cloud.status()).toMatchObject({ connected: false, masterUrl: undefined });
    expect(there.master.core.state.frameworks.size).toBe(0);
    await launchOne(there, cloud);
    expect(cloud.status()).toMatchObject({ connected: true, masterUrl: there.url });
    expect(there.framework().info).toEqual({
      user: 'root',
      name: 'jenkins',
      id: { value: 'jenkins-ci-0001' },
      roles: ['*'],
      capabilities: [{ type: 'MULTI_ROLE' }, { type: 'REGION_AWARE' }, { type: 'PARTITION_AWARE' }],
      failover_timeout: 604_800,
    });
  });

  test('launches one task for each agent, with 32 MB more than the template says', async () => {
    const there = await mesos();
    const { cloud, host } = cloudAt(there.url);
    const name = await launchOne(there, cloud);
    const { task } = await launched(there);
    expect(name).toMatch(/^jenkins-agent-build-[0-9a-f-]{36}$/);
    expect(task.resources.map(({ name: of, scalar }) => [of, scalar?.value])).toEqual([
      ['cpus', 1],
      ['mem', 1056],
    ]);
    expect(task.command?.value).toContain(`-secret secret-of-${name} `);
    expect(host.nodes.get(name)).toMatchObject({
      labels: ['build'],
      mode: 'EXCLUSIVE',
      executors: 1,
      online: false,
      idleMinutes: 3,
      owner: 'MesosCloud',
      singleUse: true,
    });
    expect(cloud.pending()).toBe(1);
  });

  test('counts an agent as pending until it is online', async () => {
    const there = await mesos();
    const { cloud, host } = cloudAt(there.url);
    const name = await launchOne(there, cloud);
    there.update(name, 'TASK_RUNNING');
    await received(there.agent, 'acknowledge');
    expect(cloud.pending()).toBe(1);
    host.online(name);
    await host.logged(`Agent ${name} is online`);
    expect(cloud.pending()).toBe(0);
  });

  test('kills the task of a node that Jenkins ended', async () => {
    const there = await mesos();
    const { cloud, host } = cloudAt(there.url);
    const name = await launchOne(there, cloud);
    there.update(name, 'TASK_RUNNING');
    host.online(name);
    await host.logged(`Received new status for ${name}`);
    host.nodes.remove(name);
    cloud.terminate(name);
    expect(await received(there.agent, 'kill')).toMatchObject({ task_id: name });
  });

  test('says what ended an agent that never came online; its node stays and it is pending no more', async () => {
    const there = await mesos();
    const { cloud, host } = cloudAt(there.url);
    const name = await launchOne(there, cloud);
    there.update(name, 'TASK_FAILED', 'Container exited with status 127');
    await host.logged(`Agent ${name} failed to come online`);
    await host.logged(
      `Unexpected exception encountered while provisioning agent ${name}: Agent ${name} became TASK_FAILED: Container exited with status 127`,
    );
    expect(cloud.pending()).toBe(0);
    expect(host.nodes.get(name)).toMatchObject({ online: false });
  });

  test('takes no offers while nothing is wanted, so that others get them', async () => {
    const there = await mesos();
    const { cloud } = cloudAt(there.url);
    await launchOne(there, cloud);
    // What is said at connecting takes effect at once, the next word of it 5 s later.
    await until(() => (there.framework().suppressed.has('*') ? true : undefined));
  });

  test('kills a task of an earlier Jenkins when it hears of it, and does not ask', async () => {
    const there = await mesos();
    const first = cloudAt(there.url);
    const name = await launchOne(there, first.cloud);
    there.update(name, 'TASK_STARTING');
    await received(there.agent, 'acknowledge');
    await first.cloud.stop();
    const second = cloudAt(there.url);
    await until(() => (there.framework().connected ? undefined : true));
    second.cloud.provision('build');
    await launched(there, 2);
    expect(there.agent.received.some(({ kind }) => kind === 'kill')).toBe(false);
    there.update(name, 'TASK_RUNNING');
    expect(await received(there.agent, 'kill')).toMatchObject({ task_id: name });
  });

  test('tells who waits for an offer and why none fits', async () => {
    const there = await mesos({ resources: 'cpus:4;mem:512' });
    const { cloud } = cloudAt(there.url);
    cloud.provision('build');
    const waiting = await until(() =>
      cloud.status().waiting.find(({ offersSeen }) => offersSeen > 0),
    );
    expect(waiting).toMatchObject({ label: 'build', rejected: { mem: waiting.offersSeen } });
    // The plugin counts all labels together, so another label's build has to wait for this one.
    expect(cloud.pending()).toBe(1);
  });

  test('launches nothing for attributes that are no pairs, and says so', async () => {
    const { cloud, host } = cloudAt('127.0.0.1:1', {
      mesosAgentSpecTemplates: [{ ...template, agentAttributes: 'ssd' }],
    });
    cloud.provision('build');
    await host.logged('ArrayIndexOutOfBoundsException');
    expect(cloud.pending()).toBe(0);
    expect(host.nodes.list()).toEqual([]);
  });
});
