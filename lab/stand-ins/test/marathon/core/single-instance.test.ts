import { describe, expect, test } from 'vitest';
import type { TaskState } from '../../../src/shared/mesos.ts';
import { jenkinsApp } from '../support/jenkins-app.ts';
import { marathon, MemoryStore, recordedOffers, type Marathon } from '../support/world.ts';

const [docker4] = recordedOffers;
const id = jenkinsApp.id;

/**
 * A Mesos that counts: it starts what it accepts, ends what it is told to kill when the test says so, and knows
 * how many tasks are alive at most at one time.
 */
class CountingMesos {
  readonly alive = new Set<string>();
  readonly #dying = new Set<string>();
  most = 0;
  #it: Marathon;

  constructor(it: Marathon) {
    this.#it = it;
  }

  takenOverBy(next: Marathon): void {
    this.#it = next;
  }

  async offer(): Promise<void> {
    await this.#it.offer(docker4!);
    this.#listen();
    for (const { id: task } of this.#it.cluster.instances()) {
      if (this.#it.cluster.instance(task)?.state === 'TASK_STAGING') await this.#start(task);
    }
  }

  /** The next of those that were told to end does, and the news arrives. */
  async endOne(): Promise<void> {
    this.#listen();
    const [task] = this.#dying;
    if (task !== undefined) await this.#end(task, 'TASK_KILLED');
  }

  async failOne(): Promise<void> {
    const [task] = this.alive;
    if (task !== undefined) await this.#end(task, 'TASK_FAILED');
  }

  async #start(task: string): Promise<void> {
    this.alive.add(task);
    this.most = Math.max(this.most, this.alive.size);
    await this.#it.update(task, 'TASK_RUNNING');
  }

  async #end(task: string, state: TaskState): Promise<void> {
    this.alive.delete(task);
    this.#dying.delete(task);
    await this.#it.update(task, state);
  }

  #listen(): void {
    for (const line of this.#it.sent()) {
      const task = line.replace('KILL ', '');
      if (line.startsWith('KILL ') && this.alive.has(task)) this.#dying.add(task);
    }
  }
}

describe('a single instance app never has two tasks', () => {
  const changes: Readonly<Record<string, (it: Marathon, round: number) => Promise<unknown>>> = {
    change: (it, round) =>
      it.apps.update([{ id, change: { mem: 100 + round }, partial: true, force: true }]),
    restart: (it) => it.apps.restart(id, true),
    'kill of its task': (it) => it.apps.killTasks(it.cluster.instances(id), false),
    rollback: async (it, round) => {
      await it.apps.update([{ id, change: { mem: 500 + round }, partial: true, force: true }]);
      await it.apps.cancel(it.cluster.deployments()[0]!, false);
    },
    scaling: async (it) => {
      await it.apps.update([{ id, change: { instances: 0 }, partial: true, force: true }]);
      await it.apps.update([{ id, change: { instances: 1 }, partial: true, force: true }]);
    },
  };

  test.each(Object.keys(changes))('whatever the order of things: %s', async (name) => {
    const it = await marathon();
    const mesos = new CountingMesos(it);
    await it.apps.create(jenkinsApp, false);
    for (let round = 0; round < 24; round += 1) {
      await mesos.offer();
      if (round % 3 === 0) await changes[name]!(it, round);
      await mesos.offer();
      if (round % 2 === 0) await mesos.endOne();
      if (round % 7 === 0) await mesos.failOne();
      it.pass(31);
    }
    while (mesos.alive.size > 0 && it.cluster.deployments().length > 0) {
      await mesos.endOne();
      await mesos.offer();
    }
    expect(mesos.most).toBe(1);
  });

  test('nor when the leader changes between the kill and its confirmation', async () => {
    const store = new MemoryStore();
    const first = await marathon(store);
    const mesos = new CountingMesos(first);
    await first.apps.create(jenkinsApp, false);
    await mesos.offer();
    await first.apps.restart(id, true);
    const next = await marathon(store);
    mesos.takenOverBy(next);
    await mesos.offer();
    next.pass(31);
    await mesos.offer();
    expect(mesos.alive.size).toBe(1);
    await mesos.endOne();
    await mesos.offer();
    expect([mesos.most, mesos.alive.size]).toEqual([1, 1]);
  });

  test('nor when a change comes while the new task is being stored', async () => {
    const store = new SlowStore();
    const it = await marathon(store);
    await it.apps.create(jenkinsApp, false);
    it.sent();
    const offered = it.offer(docker4!);
    await it.apps.restart(id, true);
    store.release();
    await offered;
    expect(it.sent().filter((line) => line.startsWith('ACCEPT'))).toEqual([]);
    await it.offer(docker4!);
    expect(it.sent().filter((line) => line.startsWith('ACCEPT'))).toEqual(['ACCEPT jenkins.ci']);
  });
});

/** Writes of instances wait until they are released. */
class SlowStore extends MemoryStore {
  readonly #waiting: (() => void)[] = [];
  #slow = true;

  override async save(path: string, content: string): Promise<void> {
    if (this.#slow && path.startsWith('instance/')) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    await super.save(path, content);
  }

  release(): void {
    this.#slow = false;
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
