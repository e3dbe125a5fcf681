import { describe, expect, test } from 'vitest';
import { accept, decline } from '../../src/mesos-master/accept.ts';
import { updateSchedule } from '../../src/mesos-master/maintenance.ts';
import { rescindWhere } from '../../src/mesos-master/offers.ts';
import { addAgent, addScheduler, leadingMaster, task } from './support/cluster.ts';

describe('offers', () => {
  test('all that is free on an agent is offered at once, with attributes and role', async () => {
    const { core } = leadingMaster();
    const { id } = await addAgent(core);
    const scheduler = addScheduler(core, { roles: ['ci'] });
    const [offer] = scheduler.events.find(({ type }) => type === 'OFFERS')?.offers?.offers ?? [];
    expect(offer).toMatchObject({
      id: { value: 'm1-id-O0' },
      agent_id: { value: id },
      hostname: 'a1',
      attributes: [{ name: 'rack', type: 'TEXT', text: { value: 'r1' } }],
      allocation_info: { role: 'ci' },
      url: { scheme: 'http', path: '/slave(1)', address: { hostname: 'a1', port: 5051 } },
    });
    expect(JSON.stringify(offer)).toContain('"allocation_info":{"role":"ci"}');
  });

  test('declined for three seconds comes back after the next allocation: four', async () => {
    const { core, clock } = leadingMaster();
    await addAgent(core);
    await clock.advance(500);
    const scheduler = addScheduler(core);
    await clock.advance(100);
    const offerIds = scheduler.offerIds();
    decline(core, scheduler.framework, { offerIds, refuseSeconds: 3 });
    await clock.advance(3000);
    expect(scheduler.offerIds()).toHaveLength(1);
    await clock.advance(1000);
    expect(scheduler.offerIds()).toHaveLength(2);
  });

  test('what one framework refused goes to another', async () => {
    const { core, clock } = leadingMaster();
    await addAgent(core);
    const first = addScheduler(core);
    const second = addScheduler(core);
    decline(core, first.framework, { offerIds: first.offerIds(), refuseSeconds: 60 });
    await clock.advance(1000);
    expect(second.offerIds()).toHaveLength(1);
  });

  test('the framework that holds less is served first', async () => {
    const { core, clock } = leadingMaster();
    const { id } = await addAgent(core);
    const busy = addScheduler(core);
    const launched = { offerIds: busy.offerIds(), tasks: [task('t', id)], refuseSeconds: 0 };
    accept(core, busy.framework, launched);
    const idle = addScheduler(core);
    await clock.advance(1000);
    expect(idle.offerIds()).toHaveLength(1);
    expect(busy.offerIds()).toHaveLength(1);
  });

  test('a heavier role gets more before it has to wait', async () => {
    const { core, clock } = leadingMaster({ heavy: 100 });
    const { id } = await addAgent(core);
    const heavy = addScheduler(core, { roles: ['heavy'] });
    accept(core, heavy.framework, {
      offerIds: heavy.offerIds(),
      tasks: [task('t', id, 'cpus:1;mem:512')],
      refuseSeconds: 0,
    });
    await clock.advance(1000);
    const light = addScheduler(core, { roles: ['light'] });
    expect(light.offerIds()).toHaveLength(0);
    expect(heavy.offerIds()).toHaveLength(2);
  });

  test('an offer that was taken back is told', async () => {
    const { core } = leadingMaster();
    await addAgent(core);
    const scheduler = addScheduler(core);
    rescindWhere(core, () => true);
    expect(scheduler.events.at(-1)).toEqual({
      type: 'RESCIND',
      rescind: { offer_id: { value: 'm1-id-O0' } },
    });
  });

  test('an offer of a machine in the maintenance schedule says when it will be away', async () => {
    const { core, clock } = leadingMaster();
    const { agent } = await addAgent(core);
    const scheduler = addScheduler(core);
    const unavailability = { start: { nanoseconds: 7 } };
    const id = { hostname: agent.info.hostname, ip: agent.pid.replace(/^.*@|:.*$/g, '') };
    await updateSchedule(core, [{ machine_ids: [id], unavailability }]);
    await clock.advance(1000);
    expect(scheduler.events.map(({ type }) => type)).toContain('RESCIND');
    const [offer] = scheduler.events.at(-1)?.offers?.offers ?? [];
    expect(offer).toMatchObject({ unavailability });
  });

  test('a framework may sit on an offer no longer than --offer_timeout', async () => {
    const { core, clock } = leadingMaster({}, 60_000);
    await addAgent(core, { alive: true });
    const scheduler = addScheduler(core);
    await clock.advance(59_999);
    expect(scheduler.events.map(({ type }) => type)).not.toContain('RESCIND');
    await clock.advance(1);
    expect(scheduler.events.map(({ type }) => type)).toContain('RESCIND');
  });

  test('too little to be of use is not offered', async () => {
    const { core } = leadingMaster();
    await addAgent(core, { resources: 'cpus:0.001;mem:8' });
    expect(addScheduler(core).offerIds()).toEqual([]);
  });
});

describe('ACCEPT', () => {
  test('launches on the agent, and the rest of the offer comes back after the filter', async () => {
    const { core, clock } = leadingMaster();
    const { id, received } = await addAgent(core);
    const scheduler = addScheduler(core);
    accept(core, scheduler.framework, {
      offerIds: scheduler.offerIds(),
      tasks: [task('t1', id)],
      refuseSeconds: undefined,
    });
    expect(received.at(-1)).toMatchObject({ kind: 'launch', task: { name: 't1' } });
    await clock.advance(4999);
    expect(scheduler.offerIds()).toHaveLength(1);
    await clock.advance(1001);
    const offers = scheduler.events.filter(({ type }) => type === 'OFFERS');
    expect(JSON.stringify(offers.at(-1))).toContain('"scalar":{"value":3}');
  });

  test.each([
    ['a/b', 'cpus:1', "'a/b' contains invalid characters"],
    ['t', '', 'Task uses no resources'],
    [
      'big',
      'cpus:64;mem:32',
      'Total resources cpus(allocated: *):64; mem(allocated: *):32 required by task and its executor is more than available ports(allocated: *):[31000-31009]; cpus(allocated: *):4; mem(allocated: *):2048',
    ],
  ])('task %s with %s is an error in the words of Mesos', async (name, resources, message) => {
    const { core } = leadingMaster();
    const { id, received } = await addAgent(core);
    const scheduler = addScheduler(core);
    accept(core, scheduler.framework, {
      offerIds: scheduler.offerIds(),
      tasks: [task(name, id, resources)],
      refuseSeconds: 1,
    });
    expect(scheduler.statuses()).toEqual([
      {
        task_id: { value: name },
        state: 'TASK_ERROR',
        message,
        source: 'SOURCE_MASTER',
        reason: 'REASON_TASK_INVALID',
        agent_id: { value: id },
        timestamp: core.clock.now() / 1000,
      },
    ]);
    expect(received.map(({ kind }) => kind)).not.toContain('launch');
  });

  test('a second task of the same id is an error, the first lives on', async () => {
    const { core } = leadingMaster();
    const { id } = await addAgent(core);
    const scheduler = addScheduler(core);
    accept(core, scheduler.framework, {
      offerIds: scheduler.offerIds(),
      tasks: [task('t', id), task('t', id)],
      refuseSeconds: 1,
    });
    expect(scheduler.statuses().map(({ message }) => message)).toEqual([
      'Task has duplicate ID: t',
    ]);
    expect(scheduler.framework.tasks.get('t')?.state).toBe('TASK_STAGING');
  });

  test.each([
    [[{ type: 'PARTITION_AWARE' }], 'TASK_DROPPED'],
    [[], 'TASK_LOST'],
  ])('of an offer used before: with capabilities %j %s', async (capabilities, state) => {
    const { core } = leadingMaster();
    const { id } = await addAgent(core);
    const scheduler = addScheduler(core, { capabilities });
    const offerIds = scheduler.offerIds();
    decline(core, scheduler.framework, { offerIds, refuseSeconds: 100 });
    const call = { offerIds, tasks: [task('stale', id)], refuseSeconds: 1 };
    accept(core, scheduler.framework, call);
    expect(scheduler.statuses()).toMatchObject([
      {
        state,
        reason: 'REASON_INVALID_OFFERS',
        message: 'Task launched with invalid offers: Offer m1-id-O0 is no longer valid',
      },
    ]);
  });
});
