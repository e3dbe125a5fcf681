import { describe, expect, test } from 'vitest';
import { groupEmbeds, groupView } from '../../../src/marathon/api/group-view.ts';
import { deploymentView } from '../../../src/marathon/api/views.ts';
import { ApiFault } from '../../../src/marathon/core/api-fault.ts';
import { marathon, MemoryStore, recordedOffers, type Marathon } from '../support/world.ts';

const [, agent3] = recordedOffers;

const app = (id: string, more: object = {}) => ({ id, cmd: 'x', cpus: 0.1, mem: 32, ...more });

const product = {
  id: '/shop',
  groups: [
    { id: 'db', apps: [app('main')] },
    { id: 'web', dependencies: ['/shop/db'], apps: [app('front'), app('back')] },
  ],
};

async function deployed(store = new MemoryStore()): Promise<Marathon> {
  const it = await marathon(store);
  await it.groups.create({ id: '/', body: product, force: false });
  it.sent();
  return it;
}

/** Whatever waits is launched and runs. */
async function run(it: Marathon): Promise<string[]> {
  await it.offer(agent3!);
  const staged = it.cluster.instances().filter(({ state }) => state === 'TASK_STAGING');
  for (const { id } of staged) await it.update(id, 'TASK_RUNNING');
  return staged.map(({ appId }) => appId);
}

const appIds = (it: Marathon) => it.cluster.apps().map((one) => one.app.id);

test('what depends on a group starts when everything in that group runs', async () => {
  const it = await deployed();
  const [deployment] = it.cluster.deployments();
  expect(deploymentView(deployment!, it)).toMatchObject({
    affectedApps: ['/shop/db/main', '/shop/web/front', '/shop/web/back'],
    currentStep: 1,
    totalSteps: 2,
    currentActions: [{ action: 'StartApplication', app: '/shop/db/main' }],
  });
  expect(await run(it)).toEqual(['/shop/db/main']);
  expect(it.events).toContain('deployment_step_success');
  expect(await run(it)).toEqual(['/shop/web/back', '/shop/web/front']);
  expect(it.cluster.deployments()).toEqual([]);
  expect(it.events).toContain('group_change_success');
});

test('apps that depend on each other are refused', async () => {
  const it = await marathon();
  const apps = [app('a', { dependencies: ['b'] }), app('b', { dependencies: ['a'] })];
  const refused = it.groups.create({ id: '/', body: { id: '/g', apps }, force: false });
  await expect(refused).rejects.toMatchObject({ status: 422 });
  expect(appIds(it)).toEqual([]);
});

test('a group is shown as a tree, and is there after a change of leaders', async () => {
  const store = new MemoryStore();
  await deployed(store);
  const it = await marathon(store);
  const view = groupView('/', groupEmbeds([]), { ...it, electedAt: 0 });
  expect(view).toMatchObject({
    id: '/',
    groups: [
      {
        id: '/shop',
        groups: [
          { id: '/shop/db', apps: [{ id: '/shop/db/main' }] },
          { id: '/shop/web', dependencies: ['/shop/db'] },
        ],
      },
    ],
  });
});

describe('a change of a group', () => {
  const put = async (it: Marathon, id: string, body: object) => {
    await it.groups.update({ id, body, force: true });
    return appIds(it);
  };

  test('with a list of apps removes those that it does not name', async () => {
    const it = await deployed();
    expect(await put(it, '/shop/web', { apps: [app('front')] })).toEqual([
      '/shop/db/main',
      '/shop/web/front',
    ]);
  });

  test('with a list of groups removes those that it does not name, with all that is in them', async () => {
    const it = await deployed();
    expect(await put(it, '/shop', { groups: [{ id: 'db' }] })).toEqual(['/shop/db/main']);
    expect(it.cluster.groups().map(({ id }) => id)).toEqual(['/shop', '/shop/db']);
  });

  test('scales everything in it', async () => {
    const it = await deployed();
    await put(it, '/shop/web', { scaleBy: 2 });
    expect(it.cluster.apps().map((one) => one.app.instances)).toEqual([1, 2, 2]);
  });

  test('must not reach out of it', async () => {
    const it = await deployed();
    const outside = put(it, '/shop/web', { apps: [app('/other')] });
    await expect(outside).rejects.toBeInstanceOf(ApiFault);
  });
});

test('a removed group takes its apps along, and what it was is not there any more', async () => {
  const it = await deployed();
  await run(it);
  await it.groups.remove('/shop', true);
  expect(appIds(it)).toEqual([]);
  expect(it.cluster.groups()).toEqual([]);
  await expect(it.groups.remove('/shop', false)).rejects.toMatchObject({ status: 404 });
});

test('an existing group is not created again', async () => {
  const it = await deployed();
  await expect(it.groups.create({ id: '/', body: product, force: false })).rejects.toMatchObject({
    status: 409,
  });
});

test('state of an older version, without roles, groups and steps, is taken over', async () => {
  const store = new MemoryStore();
  const version = '2026-01-01T00:00:00.000Z';
  const old = {
    ...app('/old/a', { instances: 1 }),
    version,
    versionInfo: { lastScalingAt: version, lastConfigChangeAt: version },
  };
  store.content.set('apps/old_a', JSON.stringify({ app: old, versions: [old] }));
  const actions = [{ action: 'StartApplication', app: '/old/a' }];
  const deployment = { id: 'd1', version, actions, previous: { '/old/a': null } };
  store.content.set('deployment/d1', JSON.stringify(deployment));
  const it = await marathon(store);
  await run(it);
  expect(it.cluster.deployments()).toEqual([]);
  await it.apps.update([{ id: '/old/a', change: app('/old/a'), partial: false, force: false }]);
  expect(it.taskIds()).toHaveLength(1);
  expect(it.cluster.app('/old/a')?.app).toMatchObject({ role: '*' });
});
