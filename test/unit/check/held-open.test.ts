import { expect, test } from 'vitest';
import { localHost } from '../../../src/adapters/local-host.ts';
import { heldOpen } from '../../../src/check/held-open.ts';
import type { RemoteHost } from '../../../src/ports.ts';

/** The real thing: a process of this machine, through the adapter. */
const remote: RemoteHost = localHost('here', { politeStopMs: 10_000, drainMs: 2000 });

function held(script: string, signal = new AbortController().signal) {
  const lines: string[] = [];
  const program = heldOpen({
    ...{ remote, argv: ['sh', '-c', script], deadlineMs: 20_000, signal },
    isReady: (line) => {
      lines.push(line);
      return line === 'ready';
    },
  });
  return { program, lines };
}

test('a program that waits for the end of its input runs until it is closed', async () => {
  const { program, lines } = held('echo first; echo ready; cat >/dev/null; echo ended');
  const opened = await program;
  expect(lines).toEqual(['first', 'ready']);
  await opened.close();
  expect(lines).toEqual(['first', 'ready', 'ended']);
});

test('one that ends before it is ready holds nobody up', async () => {
  const { program, lines } = held('echo no; exit 3');
  await (await program).close();
  expect(lines).toEqual(['no']);
});

test('an interruption before it is ready is one', async () => {
  const interruption = new AbortController();
  const { program } = held('echo first; cat >/dev/null', interruption.signal);
  interruption.abort();
  await expect(program).rejects.toMatchObject({ code: 'INTERRUPTED' });
});
