import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { createConnector } from '../../../src/adapters/ssh.ts';
import { startServices } from '../../support/services.ts';
import { createHome } from '../../support/ssh-keys.ts';
import { startSshServer } from '../../support/ssh-server.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const folder = tempFolder();
const home = createHome(folder);

const hostile = [
  ...['$HOME', '`id`', '$(id)', "it's", '"quoted"', 'two  blanks', 'a\nb', '\\n', '*', '~', '-n'],
  ...['äöü ☃ 你好', '', '#', '!', ';reboot', '%s', '\t', '&& id'],
];

test('bug 6: $HOME, backticks, quotes, newlines and other letters pass sudo unchanged', async () => {
  writeFileSync(join(folder, 'sudo'), '#!/bin/sh\nshift 2\nexec "$@"\n');
  chmodSync(join(folder, 'sudo'), 0o755);
  const env = { PATH: `${folder}:${process.env.PATH ?? ''}`, HOME: '/nobody' };
  await using server = await startSshServer({
    onExec: (channel, command) => {
      const child = spawn('/bin/sh', ['-c', command], { env });
      channel.pipe(child.stdin);
      child.stdout.pipe(channel, { end: false });
      child.on('close', (code) => {
        channel.exit(code ?? 1);
        channel.close();
      });
    },
  });
  home.trust(server.port, server.hostKey);
  await using connector = createConnector();
  await using host = await connector.connect(home.target(server.port));
  const ran = await host.run(['printf', '%s\\0', ...hostile], { deadlineMs: 10_000, asRoot: true });
  expect(ran.stdout.split('\0').slice(0, -1)).toEqual(hostile);
  expect(server.seen.commands[0]).toContain('sudo');
});

test('bug 25: a thousand operations leave no channel open, whatever became of them', async () => {
  await using services = await startServices();
  await using server = await startSshServer({
    maxSessions: 2,
    onExec: (channel, command) => {
      channel.exit(command.includes('true') ? 0 : 1);
      channel.close();
      channel.resume();
    },
  });
  home.trust(server.port, server.hostKey);
  await using connector = createConnector({ timing: { drainMs: 5000 } });
  await using host = await connector.connect(home.target(server.port));
  const ask = { method: 'GET', path: '/', deadlineMs: 5000 } as const;
  const operations = [
    () => host.run(['true'], { deadlineMs: 5000 }),
    () => host.run(['false'], { deadlineMs: 5000 }),
    () => host.run(['true'], { deadlineMs: 5000, input: ['x'.repeat(100_000)] }),
    () => host.http({ ...ask, ...services.web }),
    () => host.http({ ...ask, ...services.dead }),
    () => host.http({ ...ask, ...services.closing }),
    () => host.http({ ...ask, ...services.silent, deadlineMs: 2 }),
    () => host.exchange(services.words, 'ruok', 5000),
    () => host.exchange(services.dead, 'ruok', 5000),
    () => host.exchange(services.silent, 'ruok', 2),
  ];
  for (let round = 0; round < 50; round += 1) {
    await Promise.all(operations.map((operation) => operation()));
    await Promise.all(operations.map((operation) => operation()));
  }
  await expect.poll(() => server.seen.openNow, { timeout: 5000 }).toBe(0);
  expect(server.seen.connections).toBe(1);
}, 60_000);
