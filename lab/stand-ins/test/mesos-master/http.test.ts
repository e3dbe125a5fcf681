import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../src/shared/http-client.ts';
import type { RunningMaster } from '../../src/mesos-master/start.ts';
import { HttpScheduler } from './support/http-scheduler.ts';
import { startTestMaster } from './support/pair.ts';

let master: RunningMaster;
let url: string;

beforeAll(async () => {
  master = await startTestMaster([]);
  url = `http://127.0.0.1:${master.port}`;
});

afterAll(() => master.stop());

describe('a master without ZooKeeper', () => {
  test('leads at once and points to itself, without scheme and path', async () => {
    const { status, headers } = await call(`${url}/redirect`);
    expect([status, headers.location]).toEqual([307, `//127.0.0.1:${master.port}`]);
  });

  test.each(['/health', '/master/health'])(
    '%s is 200 without body for any method',
    async (path) => {
      expect(await call(`${url}${path}`, { method: 'POST' })).toMatchObject({
        status: 200,
        body: '',
      });
    },
  );

  test.each(['/nosuch', '/redirect/x', '/state.json'])('%s is unknown', async (path) => {
    expect(await call(`${url}${path}`)).toMatchObject({ status: 404, body: '404 Not Found.' });
  });
});

describe('/api/v1', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    call(`${url}/api/v1`, { method: 'POST', body, headers });
  const typed = { 'Content-Type': 'application/json' };

  test('says that it is healthy', async () => {
    const { body } = await post('{"type":"GET_HEALTH"}', typed);
    expect(body).toBe('{"type":"GET_HEALTH","get_health":{"healthy":true}}');
  });

  test('takes nothing but POST', async () => {
    const { status, headers, body } = await call(`${url}/api/v1`);
    expect([status, headers.allow, body]).toEqual([
      405,
      'POST',
      "405 Method Not Allowed. Expecting one of { 'POST' }, but received 'GET'.",
    ]);
  });

  test.each([
    ['{bad', typed, 'Failed to parse body into JSON: syntax error at line 1 near: bad'],
    ['', typed, 'Failed to parse body into JSON: syntax error at line 1 near: '],
    ['{"type":"NOPE"}', typed, "Failed to validate master::Call: Expecting 'type' to be present"],
    [
      '{"type":"GET_METRICS"}',
      typed,
      "Failed to validate master::Call: Expecting 'get_metrics' to be present",
    ],
    ['{"type":"GET_HEALTH"}', {}, "Expecting 'Content-Type' to be present"],
    [
      '{"type":"TEARDOWN","teardown":{"framework_id":{"value":"x"}}}',
      typed,
      'No framework found with specified ID',
    ],
    [
      '{"type":"DEACTIVATE_AGENT","deactivate_agent":{"agent_id":{"value":"x"}}}',
      typed,
      'Unknown agent',
    ],
  ])('%s with %j is refused', async (body, headers, message) => {
    expect(await post(body, headers)).toMatchObject({ status: 400, body: message });
  });
});

describe('/api/v1/scheduler', () => {
  const post = (body: object, headers: Record<string, string> = {}) =>
    call(`${url}/api/v1/scheduler`, { body, headers });

  test.each([
    [{}, "Expecting 'type' to be present"],
    [{ type: 'NOSUCH' }, "Expecting 'type' to be present"],
    [{ type: 'REVIVE' }, "Expecting 'framework_id' to be present"],
    [{ type: 'ACCEPT', framework_id: { value: 'f' } }, "Expecting 'accept' to be present"],
    [{ type: 'SUBSCRIBE' }, "Expecting 'subscribe' to be present"],
    [
      {
        type: 'SUBSCRIBE',
        framework_id: { value: 'a' },
        subscribe: { framework_info: { user: 'u', name: 'n', id: { value: 'b' } } },
      },
      "'framework_id' differs from 'subscribe.framework_info.id'",
    ],
    [
      {
        type: 'ACKNOWLEDGE',
        framework_id: { value: 'f' },
        acknowledge: { agent_id: { value: 'a' }, task_id: { value: 't' }, uuid: 'AAAA' },
      },
      'Not a valid UUID',
    ],
  ])('%j is invalid', async (body, fault) => {
    const reply = await post(body);
    expect([reply.status, reply.body]).toEqual([
      400,
      `Failed to validate scheduler::Call: ${fault}`,
    ]);
  });

  test('a call that lacks a field of its message is no call', async () => {
    const reply = await post({ type: 'KILL', framework_id: { value: 'f' }, kill: {} });
    expect(reply.body).toBe(
      'Failed to convert JSON into Call protobuf: Missing required fields: kill.task_id',
    );
  });

  test('another content type is not understood', async () => {
    expect(await post({ type: 'REVIVE' }, { 'Content-Type': 'text/plain' })).toMatchObject({
      status: 415,
      body: "Expecting 'Content-Type' of application/json or application/x-protobuf",
    });
  });

  test('calls need the stream of their framework', async () => {
    const scheduler = await HttpScheduler.subscribe(url, {});
    const framework_id = { value: scheduler.id };
    const revive = { type: 'REVIVE', framework_id };
    const replies = [
      await post(revive),
      await post(revive, { 'Mesos-Stream-Id': 'other' }),
      await post({ ...revive, framework_id: { value: 'nobody' } }),
      await scheduler.call('REVIVE', {}),
      await scheduler.call('DECLINE', { decline: { offer_ids: [{ value: 'bogus-O9' }] } }),
    ];
    expect(replies.map(({ status, body }) => [status, body])).toEqual([
      [400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header"],
      [
        400,
        `The stream ID 'other' included in this request didn't match the stream ID currently associated with framework ID ${scheduler.id}`,
      ],
      [400, 'Framework cannot be found'],
      [202, ''],
      [202, ''],
    ]);
    scheduler.close();
  });

  test('a known framework without connection is told that it is not subscribed', async () => {
    const scheduler = await HttpScheduler.subscribe(url, {});
    scheduler.close();
    const { state } = master.master.core;
    await expect
      .poll(() => state.frameworks.get(scheduler.id)?.connected, { interval: 5 })
      .toBe(false);
    expect(await scheduler.call('REVIVE', {})).toMatchObject({
      status: 403,
      body: 'Framework is not subscribed',
    });
  });

  test('an invented id is accepted, a removed one is not', async () => {
    const id = { value: '11111111-2222-3333-4444-555555555555-0007' };
    const subscribe = { type: 'SUBSCRIBE', framework_id: id };
    const info = { user: 'u', name: 'n', id };
    const scheduler = await HttpScheduler.subscribe(url, {});
    await scheduler.call('TEARDOWN', {});
    await expect.poll(() => scheduler.ended, { interval: 5 }).toBe(true);
    expect(scheduler.events.map(({ type }) => type)).not.toContain('ERROR');
    const removed = { value: scheduler.id };
    const again = await post({
      type: 'SUBSCRIBE',
      framework_id: removed,
      subscribe: { framework_info: { ...info, id: removed } },
    });
    expect(again.body).toContain('"Framework has been removed"');
    const bad = { ...info, roles: ['-bad/'] };
    const refused = await post({ ...subscribe, subscribe: { framework_info: bad } });
    expect(refused.status).toBe(200);
    expect(refused.body).toContain(
      "'FrameworkInfo.roles' contains invalid role: Role '-bad/' cannot end with a slash",
    );
  });
});
