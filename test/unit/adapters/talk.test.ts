import { expect, test } from 'vitest';
import { localHost } from '../../../src/adapters/local-host.ts';
import { createConnector } from '../../../src/adapters/ssh.ts';
import type { RemoteHost } from '../../../src/ports.ts';
import { createHome } from '../../support/ssh-keys.ts';
import { startSshServer, type SshServerOptions } from '../../support/ssh-server.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const home = createHome(tempFolder());

async function overSsh(
  act: (host: RemoteHost) => Promise<void>,
  options: SshServerOptions = {},
): Promise<void> {
  await using server = await startSshServer(options);
  home.trust(server.port, server.hostKey);
  await using connector = createConnector();
  await using host = await connector.connect(home.target(server.port));
  await act(host);
}

const here = async (act: (host: RemoteHost) => Promise<void>) => {
  await act(localHost('here'));
};

/** Talks to `cat`, which answers what it is told. */
async function talkTo(host: RemoteHost, everyMs: number, until: string): Promise<string> {
  const ending = new AbortController();
  let heard = '';
  await host
    .run(['sh', '-c', 'cat'], {
      input: ['first\n'],
      deadlineMs: 10_000,
      signal: ending.signal,
      onLine: (line) => {
        heard += `${line}\n`;
        if (heard.includes(until)) ending.abort();
      },
      talk: {
        beat: 'beat\n',
        everyMs,
        opened: (say) => {
          say('said\n');
        },
      },
    })
    .catch(() => undefined);
  return heard;
}

test.each([
  ['here', here],
  ['over SSH', overSsh],
])('what is said %s comes after the input, and signs of life after that', async (_, on) => {
  await on(async (host) => {
    expect(await talkTo(host, 5, 'beat')).toMatch(/^first\nsaid\nbeat\n/);
  });
});

test('what is said after the end is dropped', async () => {
  let say: ((text: string) => void) | undefined;
  await localHost('here').run(['true'], {
    deadlineMs: 10_000,
    onLine: () => undefined,
    talk: {
      beat: '.',
      everyMs: 1,
      opened: (given) => {
        say = given;
      },
    },
  });
  say?.('too late\n');
});

test('where sshd allows one session only, nothing waits behind a lock: the setting is named', async () => {
  await overSsh(
    async (host) => {
      const ending = new AbortController();
      let isThere: () => void = () => undefined;
      const there = new Promise<void>((resolve) => (isThere = resolve));
      const holding = host.run(['sh', '-c', 'echo there; cat'], {
        deadlineMs: 10_000,
        signal: ending.signal,
        onLine: () => {
          isThere();
        },
        talk: { beat: '.', everyMs: 1000, opened: () => undefined },
      });
      await there;
      await expect(host.run(['true'], { deadlineMs: 10_000 })).rejects.toMatchObject({
        code: 'HOST_UNREACHABLE',
        message: expect.stringContaining('MaxSessions must be 2 or more') as string,
      });
      ending.abort();
      await holding.catch(() => undefined);
    },
    { maxSessions: 1 },
  );
});
