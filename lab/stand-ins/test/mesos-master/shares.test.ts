import { describe, expect, test } from 'vitest';
import { accept } from '../../src/mesos-master/accept.ts';
import { updateQuota } from '../../src/mesos-master/quota.ts';
import { updateWeights } from '../../src/mesos-master/weights.ts';
import { addAgent, addScheduler, leadingMaster, task } from './support/cluster.ts';
import type { TestCluster, TestScheduler } from './support/cluster.ts';

interface Hungry extends TestScheduler {
  readonly eat: () => void;
}

/** Takes one small task's worth of every offer it gets, for ever. */
function hungry({ core }: TestCluster, role: string): Hungry {
  const scheduler = addScheduler(core, { name: role, roles: [role] });
  let used = 0;
  let launched = 0;
  return {
    ...scheduler,
    eat: () => {
      const offers = scheduler.events.flatMap((event) => event.offers?.offers ?? []);
      for (const offer of offers.slice(used) as {
        id: { value: string };
        agent_id: { value: string };
      }[]) {
        const tasks = [task(`${role}-${launched++}`, offer.agent_id.value, 'cpus:1;mem:64')];
        accept(core, scheduler.framework, { offerIds: [offer.id.value], tasks, refuseSeconds: 0 });
      }
      used = offers.length;
    },
  };
}

async function feed(cluster: TestCluster, frameworks: readonly Hungry[], seconds: number) {
  for (let second = 0; second < seconds; second++) {
    for (const one of frameworks) one.eat();
    await cluster.clock.advance(1000);
  }
  return frameworks.map(({ framework }) => framework.tasks.size);
}

async function twoAgents(weights?: Record<string, number>): Promise<TestCluster> {
  const cluster = leadingMaster(weights);
  for (const hostname of ['a1', 'b22']) {
    await addAgent(cluster.core, { hostname, resources: 'cpus:8;mem:4096', alive: true });
  }
  return cluster;
}

describe('two hungry frameworks in two roles', () => {
  test('end up with half of the cluster each, whoever came first', async () => {
    const cluster = await twoAgents();
    const first = hungry(cluster, 'controller-a');
    const second = hungry(cluster, 'controller-b');
    expect(await feed(cluster, [first, second], 30)).toEqual([8, 8]);
  });

  test('share by weight', async () => {
    const cluster = await twoAgents({ heavy: 3 });
    const heavy = hungry(cluster, 'heavy');
    const light = hungry(cluster, 'light');
    expect(await feed(cluster, [light, heavy], 30)).toEqual([4, 12]);
  });

  test('share by a weight that was set later', async () => {
    const cluster = await twoAgents();
    await updateWeights(cluster.core, [{ role: 'heavy', weight: 3 }]);
    const light = hungry(cluster, 'light');
    const heavy = hungry(cluster, 'heavy');
    expect(await feed(cluster, [light, heavy], 30)).toEqual([4, 12]);
  });

  test('count by role: three frameworks of one role get no more than one of the other', async () => {
    const cluster = await twoAgents();
    const many = [1, 2, 3].map(() => hungry(cluster, 'many'));
    const one = hungry(cluster, 'one');
    const counts = await feed(cluster, [...many, one], 40);
    expect(counts.at(-1)).toBe(8);
  });
});

describe('quota', () => {
  test('a limit holds although the rest of the cluster is idle', async () => {
    const cluster = await twoAgents();
    await updateQuota(cluster.core, {
      quota_configs: [{ role: 'small', limits: { cpus: { value: 3 } } }],
    });
    const small = hungry(cluster, 'small');
    expect(await feed(cluster, [small], 30)).toEqual([3]);
    const [offer] = small.events.find(({ type }) => type === 'OFFERS')?.offers?.offers ?? [];
    expect(JSON.stringify(offer)).toContain('"name":"cpus","type":"SCALAR","scalar":{"value":3}');
  });

  test('below its guarantee a role is served first, its share notwithstanding', async () => {
    const cluster = await twoAgents();
    await updateQuota(cluster.core, {
      quota_configs: [{ role: 'sure', guarantees: { cpus: { value: 12 } } }],
    });
    const sure = hungry(cluster, 'sure');
    const other = hungry(cluster, 'other');
    expect(await feed(cluster, [other, sure], 40)).toEqual([4, 12]);
  });

  test.each([
    [
      { role: 'a', guarantees: { cpus: { value: 20 } } },
      "Invalid QuotaConfig: total quota guarantees 'cpus:20' exceed cluster capacity 'cpus:16; mem:8192' (use 'force' flag to bypass this check)",
    ],
    [{ role: 'a/b' }, "Updating quota on nested role 'a/b' is not supported yet"],
    [
      { role: 'a', guarantees: { cpus: { value: 2 } }, limits: { cpus: { value: 1 } } },
      "Invalid QuotaConfig: 'QuotaConfig.guarantees' { cpus: 2 } is not contained within the 'QuotaConfig.limits' { cpus: 1 }",
    ],
  ])('%j is refused', async (config, message) => {
    const cluster = await twoAgents();
    await expect(updateQuota(cluster.core, { quota_configs: [config] })).rejects.toThrow(message);
  });

  test('more than the cluster has is taken when forced, and an empty one removes it', async () => {
    const { core } = await twoAgents();
    const config = { role: 'a', guarantees: { cpus: { value: 20 } } };
    await updateQuota(core, { force: true, quota_configs: [config] });
    expect(core.registrar.registry).toMatchObject({
      quotas: [config],
      minimumCapabilities: ['QUOTA_V2'],
    });
    await updateQuota(core, { quota_configs: [{ role: 'a' }] });
    expect(core.registrar.registry).toMatchObject({ quotas: [], minimumCapabilities: [] });
  });
});

test('two that sit on their offers in one role do not take turns before the other role', async () => {
  const cluster = leadingMaster({}, 30_000);
  await addAgent(cluster.core, { alive: true, resources: 'cpus:4;mem:4096' });
  for (const name of ['one', 'two']) addScheduler(cluster.core, { name, roles: ['idle'] });
  const busy = hungry(cluster, 'busy');
  await feed(cluster, [busy], 33);
  expect(busy.framework.tasks.size).toBeGreaterThan(0);
});

test('a framework that sits on its offers starves nobody: --offer_timeout takes them back', async () => {
  const cluster = leadingMaster({}, 30_000);
  await addAgent(cluster.core, { alive: true, resources: 'cpus:4;mem:4096' });
  const idle = addScheduler(cluster.core, { name: 'idle', roles: ['idle'] });
  const busy = hungry(cluster, 'busy');
  expect(await feed(cluster, [busy], 29)).toEqual([0]);
  await feed(cluster, [busy], 3);
  expect(idle.events).toContainEqual({
    type: 'RESCIND',
    rescind: { offer_id: { value: idle.offerIds()[0] } },
  });
  expect(busy.framework.tasks.size).toBeGreaterThan(0);
});
