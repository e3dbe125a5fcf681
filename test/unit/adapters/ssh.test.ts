import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConnector } from '../../../src/adapters/ssh.ts';
import { createHome } from '../../support/ssh-keys.ts';
import { startSshServer } from '../../support/ssh-server.ts';
import type { SshServer } from '../../support/ssh-server.ts';

const home = createHome();
let server: SshServer;
beforeAll(async () => {
  server = await startSshServer({ authorized: [home.userKey] });
  home.trust(server.port, server.hostKey);
});
afterAll(() => server[Symbol.asyncDispose]());

test('runs', async () => {
  await using connector = createConnector();
  await using host = await connector.connect(home.target(server.port));
  const ran = await host.run(['sh', '-c', 'cat; echo no >&2; exit 3'], {
    input: ['hé'],
    deadlineMs: 3000,
  });
  expect(ran).toEqual({
    exitCode: 3,
    signal: undefined,
    stdout: 'hé',
    stderr: 'no\n',
    truncated: false,
  });
});
