import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, openStream } from '../../src/shared/http-client.ts';
import { RecordDecoder } from '../../src/shared/recordio.ts';
import type { RunningMaster } from '../../src/mesos-master/start.ts';
import { whitelist } from '../../src/mesos-master/whitelist.ts';
import { fakeClock } from '../shared/support/fake-clock.ts';
import { addAgent, addScheduler } from './support/cluster.ts';
import { startTestMaster } from './support/pair.ts';

let folder: string;
let running: RunningMaster;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stand-in-operator-'));
  const rules = '{"disabled_endpoints":{"paths":["/files/browse"]}}';
  running = await startTestMaster([`--firewall_rules=${rules}`]);
  url = `http://127.0.0.1:${running.port}`;
});

afterAll(async () => {
  await running.stop();
  rmSync(folder, { recursive: true });
});

async function ask(method: string, path: string, body?: unknown): Promise<[number, unknown]> {
  const reply = await call(`${url}${path}`, { method, ...(body === undefined ? {} : { body }) });
  const isJson = reply.headers['content-type'] === 'application/json';
  return [reply.status, isJson ? (JSON.parse(reply.body) as unknown) : reply.body];
}

const api = (body: object) => ask('POST', '/api/v1', body);

describe('weights', () => {
  test('are set and read in the old way and in the new one', async () => {
    expect(await ask('PUT', '/weights', [{ role: 'ci', weight: 2 }])).toEqual([200, '']);
    expect(
      await api({
        type: 'UPDATE_WEIGHTS',
        update_weights: { weight_infos: [{ role: 'b', weight: 3 }] },
      }),
    ).toEqual([200, '']);
    const infos = [
      { role: 'ci', weight: 2 },
      { role: 'b', weight: 3 },
    ];
    expect(await ask('GET', '/master/weights')).toEqual([200, infos]);
    expect(await api({ type: 'GET_WEIGHTS' })).toEqual([
      200,
      { type: 'GET_WEIGHTS', get_weights: { weight_infos: infos } },
    ]);
  });

  test('must be positive', async () => {
    expect(await ask('PUT', '/weights', [{ role: 'ci', weight: 0 }])).toEqual([
      400,
      "Failed to validate update weights request JSON for role 'ci': Invalid weight '0': Weights must be positive",
    ]);
  });
});

test('quota shows in GET_QUOTA, /quota and /roles', async () => {
  const config = { role: 'limited', limits: { cpus: { value: 8 } } };
  expect(await api({ type: 'UPDATE_QUOTA', update_quota: { quota_configs: [config] } })).toEqual([
    200,
    '',
  ]);
  const status = { infos: [{ role: 'limited', guarantee: [] }], configs: [config] };
  expect(await ask('GET', '/quota')).toEqual([200, status]);
  expect(await api({ type: 'GET_QUOTA' })).toEqual([
    200,
    { type: 'GET_QUOTA', get_quota: { status } },
  ]);
  addScheduler(running.master.core, { roles: ['limited'] });
  expect(JSON.stringify(await ask('GET', '/roles'))).toContain('"limit":{"cpus":8}');
});

describe('the old maintenance endpoints', () => {
  const machine = { hostname: 'b22', ip: '10.0.0.350' };
  const start = { nanoseconds: 1 };

  test('refuse machines in no schedule, and machines that are not what they should be', async () => {
    const unknown = [{ hostname: 'nobody' }];
    expect(await ask('POST', '/machine/down', unknown)).toEqual([
      400,
      `Machine '{"hostname":"nobody"}' is not part of a maintenance schedule`,
    ]);
    const schedule = { windows: [{ machine_ids: unknown, unavailability: { start } }] };
    expect(await ask('POST', '/maintenance/schedule', schedule)).toEqual([200, '']);
    expect(await ask('POST', '/machine/up', unknown)).toEqual([
      400,
      `Machine '{"hostname":"nobody"}' is not in DOWN mode and cannot be brought up`,
    ]);
    expect(await ask('GET', '/machine/down')).toEqual([
      405,
      "405 Method Not Allowed. Expecting one of { 'POST' }, but received 'GET'.",
    ]);
    expect(await ask('PUT', '/maintenance/schedule', {})).toEqual([
      405,
      "405 Method Not Allowed. Expecting one of { 'GET', 'POST' }, but received 'PUT'.",
    ]);
  });

  test('an address that is none is refused', async () => {
    const schedule = { windows: [{ machine_ids: [machine], unavailability: { start } }] };
    expect((await ask('POST', '/maintenance/schedule', schedule))[0]).toBe(400);
  });
});

test('the logging level can be raised for a while', async () => {
  const wish = { level: 2, duration: { nanoseconds: 60e9 } };
  expect(await api({ type: 'SET_LOGGING_LEVEL', set_logging_level: wish })).toEqual([200, '']);
  expect(await ask('GET', '/logging/toggle')).toEqual([200, '2\n']);
});

test('SUBSCRIBE streams the state and then every change', async () => {
  const events: { type: string }[] = [];
  const decoder = new RecordDecoder((record) => events.push(record as { type: string }));
  const stream = await openStream(
    `${url}/api/v1`,
    { body: { type: 'SUBSCRIBE' } },
    {
      onChunk: (chunk) => {
        decoder.push(chunk);
      },
      onEnd: () => undefined,
    },
  );
  const { core } = running.master;
  await addAgent(core);
  addScheduler(core, { name: 'seen' });
  const types = () => events.map(({ type }) => type);
  await expect
    .poll(types, { interval: 5 })
    .toEqual(['SUBSCRIBED', 'HEARTBEAT', 'AGENT_ADDED', 'FRAMEWORK_ADDED']);
  stream.close();
});

test.each([
  ['POST', '/reserve', 501],
  ['GET', '/files/debug', 200],
  ['GET', '/files/read', 400],
  ['GET', '/files/browse', 403],
])('%s %s answers %i', async (method, path, status) => {
  expect((await ask(method, path))[0]).toBe(status);
});

test('a call that is not there yet says so', async () => {
  expect(await api({ type: 'RESERVE_RESOURCES', reserve_resources: {} })).toEqual([
    501,
    'RESERVE_RESOURCES is not supported',
  ]);
});

describe('HTTP authentication', () => {
  test('of frameworks guards the scheduler API alone', async () => {
    const path = join(folder, 'credentials.json');
    writeFileSync(path, '{"credentials":[{"principal":"p","secret":"s"}]}');
    const guarded = await startTestMaster([
      '--authenticate_http_frameworks',
      '--http_framework_authenticators=basic',
      `--credentials=${path}`,
    ]);
    const scheduler = `http://127.0.0.1:${guarded.port}/api/v1/scheduler`;
    const refused = await call(scheduler, { body: {} });
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([
      401,
      'Basic realm="mesos-master-scheduler"',
    ]);
    const headers = { Authorization: `Basic ${Buffer.from('p:s').toString('base64')}` };
    expect((await call(scheduler, { body: {}, headers })).status).toBe(400);
    expect((await call(`http://127.0.0.1:${guarded.port}/state`)).status).toBe(200);
    await guarded.stop();
  });

  test('without credentials the master does not start', async () => {
    await expect(startTestMaster(['--authenticate_http_readonly'])).rejects.toThrow(
      "No credentials provided for the default 'basic' HTTP authenticator for realm 'mesos-master-readonly'",
    );
  });
});

test('the whitelist is read again every five seconds', async () => {
  const path = join(folder, 'whitelist');
  writeFileSync(path, 'a1\n');
  const clock = fakeClock();
  const isListed = whitelist(path, clock);
  expect([isListed('a1'), isListed('a2')]).toEqual([true, false]);
  writeFileSync(path, 'a1\na2\n');
  expect(isListed('a2')).toBe(false);
  await clock.advance(5000);
  expect(isListed('a2')).toBe(true);
});
