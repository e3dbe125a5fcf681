import { afterEach, expect, test } from 'vitest';
import type { Cloud, CloudHost } from '../../src/jenkins/cloud.ts';
import { fakeAgent, type FakeAgent } from './support/fake-agent.ts';
import { jenkins, secured, type Jenkins } from './support/jenkins.ts';
import { jobXml, xml } from './support/jobs.ts';

const opened: Jenkins[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

/** Makes nodes only when the test says so. */
class FakeCloud implements Cloud {
  readonly name = 'fake';
  readonly log: string[] = [];
  readonly #host: CloudHost;
  #planned = 0;
  #made = 0;

  constructor(host: CloudHost) {
    this.#host = host;
  }

  provides(label: string | undefined): boolean {
    return label === 'build';
  }

  provision(label: string): void {
    this.#planned += 1;
    this.log.push(`provision ${label}`);
  }

  pending(): number {
    const launching = this.#host.nodes.list().filter(({ agent }) => agent === undefined);
    return this.#planned + launching.length;
  }

  terminate(node: string): void {
    this.log.push(`terminate ${node}`);
  }

  start(): void {
    this.log.push('start');
  }

  stop(): Promise<void> {
    this.log.push('stop');
    return Promise.resolve();
  }

  /** One of those planned is there; its agent connects. */
  arrive(it: Jenkins, more: { readonly singleUse?: boolean } = {}): FakeAgent {
    this.#planned -= 1;
    this.#made += 1;
    const name = `cloud-${this.#made}`;
    const secret = this.#host.nodes.add({
      ...{ name, labels: ['build'], mode: 'EXCLUSIVE', permanent: false },
      ...{ owner: this.name, idleMinutes: 3, ...more },
    });
    return fakeAgent({ port: it.agentPort, name, secret });
  }
}

async function start(): Promise<{ it: Jenkins; cloud: FakeCloud }> {
  const clouds: FakeCloud[] = [];
  const it = await jenkins(secured, {
    makeClouds: (_, host) => {
      clouds.push(new FakeCloud(host));
      return clouds.slice(-1);
    },
  });
  opened.push(it);
  return { it, cloud: clouds[0]! };
}

async function queue(it: Jenkins, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await it.post(`/createItem?name=${name}`, { body: jobXml(), headers: xml });
    await it.post(`/job/${name}/build?delay=0sec`);
  }
}

const provisioned = ({ log }: FakeCloud) => log.filter((line) => line.startsWith('provision'));

test('a cloud is asked for as many agents as items wait, and not again while they come', async () => {
  const { it, cloud } = await start();
  await queue(it, 'one', 'two');
  await it.clock.advance(60_000);
  expect(provisioned(cloud)).toEqual(['provision build', 'provision build']);
  const first = cloud.arrive(it);
  await it.until(() => first.asked.length === 1);
  await it.clock.advance(60_000);
  expect(provisioned(cloud)).toHaveLength(2);
});

test('an item in its quiet period, a job without a label and a cancelled item ask for nothing', async () => {
  const { it, cloud } = await start();
  await it.post('/createItem?name=quiet', { body: jobXml(), headers: xml });
  await it.post('/createItem?name=nowhere', { body: jobXml({ label: undefined }), headers: xml });
  await it.post('/job/nowhere/build?delay=0sec');
  await it.post('/job/quiet/build?delay=60sec');
  await it.clock.advance(30_000);
  await it.post('/queue/cancelItem?id=2');
  await it.clock.advance(60_000);
  expect(provisioned(cloud)).toEqual([]);
});

test('an agent that is free takes the next build, and no new one is asked for', async () => {
  const { it, cloud } = await start();
  await queue(it, 'one');
  await it.clock.advance(1000);
  const agent = cloud.arrive(it);
  await it.until(() => agent.asked.length === 1);
  agent.end(agent.asked[0]!.id, 0);
  await it.until(() => it.controller.builds.running().length === 0);
  await queue(it, 'two');
  await it.until(() => agent.asked.length === 2);
  expect(provisioned(cloud)).toHaveLength(1);
});

test('an agent for one build takes no second one', async () => {
  const { it, cloud } = await start();
  await queue(it, 'one');
  await it.clock.advance(1000);
  const agent = cloud.arrive(it, { singleUse: true });
  await it.until(() => agent.asked.length === 1);
  agent.end(agent.asked[0]!.id, 0);
  await it.until(() => it.controller.builds.running().length === 0);
  await queue(it, 'two');
  await it.clock.advance(5000);
  expect(agent.asked).toHaveLength(1);
  expect(provisioned(cloud)).toHaveLength(2);
});

test('an agent that idles for its minutes is given back; one that builds is not', async () => {
  const { it, cloud } = await start();
  await queue(it, 'one');
  await it.clock.advance(1000);
  const agent = cloud.arrive(it);
  await it.until(() => agent.asked.length === 1);
  await it.clock.advance(240_000);
  expect(cloud.log).not.toContain('terminate cloud-1');
  agent.end(agent.asked[0]!.id, 0);
  await it.until(() => it.controller.builds.running().length === 0);
  await it.clock.advance(170_000);
  expect(cloud.log).not.toContain('terminate cloud-1');
  await it.clock.advance(11_000);
  expect(cloud.log).toContain('terminate cloud-1');
  await it.until(() => agent.closed);
  expect(it.controller.nodes.list()).toEqual([]);
});

test('a node of a cloud that is deleted by hand is given back', async () => {
  const { it, cloud } = await start();
  await queue(it, 'one');
  await it.clock.advance(1000);
  cloud.arrive(it);
  await it.post('/computer/cloud-1/doDelete');
  expect(cloud.log).toContain('terminate cloud-1');
});

test('no agents are asked for while it quiets down', async () => {
  const { it, cloud } = await start();
  await it.post('/quietDown');
  await queue(it, 'one');
  await it.clock.advance(60_000);
  expect(provisioned(cloud)).toEqual([]);
});

test('a reload makes the clouds anew', async () => {
  const { it, cloud } = await start();
  await it.post('/configuration-as-code/reload');
  expect(cloud.log).toEqual(['start', 'stop']);
});
