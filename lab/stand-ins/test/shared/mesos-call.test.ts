import { expect, test } from 'vitest';
import type { Request } from '../../src/shared/http.ts';
import { readCall } from '../../src/shared/mesos-call.ts';

function read(body: object) {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  };
  const grammar = { name: 'scheduler::Call', types: new Set(['KILL']), required: ['kill.task_id'] };
  return readCall(request as Request, grammar);
}

test('a field that is null is a field that is not there, as for protobuf', () => {
  expect(read({ type: 'KILL', kill: { task_id: {}, agent_id: null, list: [1, null] } })).toEqual({
    type: 'KILL',
    kill: { task_id: {}, list: [1] },
  });
  expect(() => read({ type: 'KILL', kill: { task_id: null } })).toThrow(
    'Missing required fields: kill.task_id',
  );
});
