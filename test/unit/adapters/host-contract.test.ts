import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localHost } from '../../../src/adapters/local-host.ts';
import { createConnector } from '../../../src/adapters/ssh.ts';
import type { Argv, HttpRequest, RemoteHost, RunOptions } from '../../../src/ports.ts';
import { Secret } from '../../../src/secret.ts';
import { fakeHost } from '../../support/fake-host.ts';
import type { FakeProgram, FakeService } from '../../support/fake-host.ts';
import { startServices } from '../../support/services.ts';
import type { Services } from '../../support/services.ts';
import { createHome } from '../../support/ssh-keys.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startSshServer } from '../../support/ssh-server.ts';

const folder = tempFolder();

/** One contract for all that is called a host, so that the fake cannot drift. */
const kinds: readonly { kind: string; open: (world: Services) => Promise<OpenHost> }[] = [
  {
    kind: 'the fake host',
    open: (world) => Promise.resolve({ host: openFake(world), end: nothing }),
  },
  {
    kind: 'the local host',
    open: () => Promise.resolve({ host: localHost('m2', manners), end: nothing }),
  },
  { kind: 'a host over SSH', open: openOverSsh },
];

interface OpenHost {
  readonly host: RemoteHost;
  readonly end: () => Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();
const manners = { politeStopMs: 1000, drainMs: 1000 };

describe.each(kinds)('$kind', ({ open }) => {
  let services: Services;
  let host: RemoteHost;
  let end: () => Promise<void>;
  beforeAll(async () => {
    services = await startServices();
    ({ host, end } = await open(services));
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    await end();
    await services[Symbol.asyncDispose]();
  });

  const run = (argv: Argv, options: Partial<RunOptions> = {}): ReturnType<RemoteHost['run']> =>
    host.run(argv, { deadlineMs: 5000, ...options });
  const get = (more: Partial<HttpRequest>): ReturnType<RemoteHost['http']> =>
    host.http({ ...services.web, method: 'GET', path: '/', deadlineMs: 5000, ...more });

  test('returns exit code, stdout and stderr of a command', async () => {
    expect(await run(['sh', '-c', scripts.fail])).toEqual({
      exitCode: 3,
      signal: undefined,
      stdout: 'out\n',
      stderr: 'err\n',
      truncated: false,
    });
  });

  test('hands every word to the program unchanged', async () => {
    const words = [
      'two words',
      "it's",
      '$(id) `id` $HOME',
      '',
      '-n',
      'a\nb',
      '*',
      String.raw`\n`,
      'ö',
    ];
    const { stdout } = await run(['printf', String.raw`%s\0`, ...words]);
    expect(stdout.split('\0')).toEqual([...words, '']);
  });

  test('writes text, bytes and revealed secrets to stdin, in order', async () => {
    const input = ['a ö ', Buffer.from('b '), new Secret('s3cret', 'file x')];
    expect(await run(['cat'], { input })).toMatchObject({ stdout: 'a ö b s3cret' });
  });

  test('calls onLine for each complete line while stdin stays open', async () => {
    const lines: string[] = [];
    const ran = await run(['sh', '-c', scripts.lines], {
      input: ['first\n'],
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(['got first', 'done']);
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'got first\ndone\nrest' });
  });

  test('keeps 4 MiB of the output and says that there was more', async () => {
    const { stdout, truncated } = await run(['sh', '-c', scripts.big]);
    expect({ length: stdout.length, truncated }).toEqual({
      length: 4 * 1024 ** 2,
      truncated: true,
    });
  });

  test('says 127 for a program that is not there', async () => {
    expect(await run(['no-such-program'])).toMatchObject({ exitCode: 127 });
  });

  test('does not know the result of a command that outlives its deadline', async () => {
    await expect(run(['sh', '-c', scripts.hang], { deadlineMs: 50 })).rejects.toMatchObject({
      code: 'RESULT_UNKNOWN',
      host: 'm2',
      message: expect.stringContaining('no result from m2') as string,
    });
  });

  test('starts nothing after an interrupt', async () => {
    await expect(run(['cat'], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });

  test('returns status, headers in lower case and body of an HTTP answer', async () => {
    expect(await get({})).toMatchObject({
      status: 200,
      headers: { 'x-kind': 'web' },
      body: 'hello ö',
    });
  });

  test('sends method, headers and body of an HTTP request', async () => {
    const more = {
      method: 'POST',
      path: '/echo',
      headers: { 'x-test': 'yes' },
      body: 'ö',
    } as const;
    expect(await get(more)).toMatchObject({ status: 201, body: 'POST yes ö' });
  });

  test('takes an error or a redirect as an answer', async () => {
    expect(await get({ path: '/nowhere' })).toMatchObject({ status: 404, body: 'nothing here' });
    expect(await get({ path: '/moved' })).toMatchObject({
      status: 307,
      headers: { location: '//m1:5050' },
    });
  });

  test('tells why there is no HTTP answer', async () => {
    expect(await get(services.dead)).toMatchObject({ failure: 'refused' });
    expect(await get(services.closing)).toMatchObject({ failure: 'closed' });
    expect(await get({ ...services.silent, deadlineMs: 50 })).toMatchObject({ failure: 'timeout' });
    expect(await get({ path: '/big' })).toMatchObject({ failure: 'closed' });
  });

  test('exchanges a word for an answer', async () => {
    expect(await host.exchange(services.words, 'srvr', 5000)).toBe('you said srvr');
  });

  test('tells why there is no answer to a word', async () => {
    expect(await host.exchange(services.dead, 'srvr', 5000)).toMatchObject({ failure: 'refused' });
    expect(await host.exchange(services.silent, 'srvr', 50)).toMatchObject({ failure: 'timeout' });
  });

  test('refuses a ZooKeeper session where nothing listens', async () => {
    await expect(host.zookeeper(services.dead, 5000)).rejects.toMatchObject({
      code: 'GATE_NOT_REACHED',
      host: 'm2',
    });
  });
});

const scripts = {
  fail: 'echo out; echo err >&2; exit 3',
  lines: 'read first; echo "got $first"; echo done; printf rest',
  big: 'head -c 4200000 /dev/zero | tr "\\0" x',
  hang: 'sleep 5',
};

function openFake({ web, words, silent, closing }: Services): RemoteHost {
  const at = ({ address, port }: Services['web']): string => `${address}:${port}`;
  return fakeHost({
    name: 'm2',
    programs: {
      printf: (argv) => ({
        stdout: argv
          .slice(2)
          .map((word) => `${word}\0`)
          .join(''),
      }),
      cat: (_argv, input) => ({ stdout: input }),
      sh: (argv, input) => fakeScript(argv[2] ?? '', input),
    },
    services: {
      [at(web)]: { http: fakeWeb },
      [at(words)]: { words: (payload) => `you said ${payload}` },
      [at(silent)]: {
        http: () => ({ failure: 'timeout', detail: 'no answer' }),
        words: () => ({ failure: 'timeout', detail: 'no answer' }),
      },
      [at(closing)]: { http: () => ({ failure: 'closed', detail: 'closed' }) },
    },
  });
}

function fakeScript(script: string, input: string): ReturnType<FakeProgram> {
  if (script === scripts.fail) return { exitCode: 3, stdout: 'out\n', stderr: 'err\n' };
  if (script === scripts.lines) return { stdout: `got ${input}done\nrest` };
  if (script === scripts.big) return { stdout: 'x'.repeat(4 * 1024 ** 2), truncated: true };
  return 'hangs';
}

const fakeWeb: NonNullable<FakeService['http']> = ({ method, path, headers, body }) => {
  if (path === '/') return { headers: { 'x-kind': 'web' }, body: 'hello ö' };
  if (path === '/echo') return { status: 201, body: `${method} ${headers?.['x-test']} ${body}` };
  if (path === '/moved') return { status: 307, headers: { location: '//m1:5050' } };
  if (path === '/big') return { failure: 'closed', detail: 'too long' };
  return { status: 404, body: 'nothing here' };
};

async function openOverSsh(): Promise<OpenHost> {
  const home = createHome(folder);
  const server = await startSshServer({ authorized: [home.userKey] });
  home.trust(server.port, server.hostKey);
  const connector = createConnector({ timing: manners });
  const host = await connector.connect(home.target(server.port));
  const end = async (): Promise<void> => {
    await connector[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { host, end };
}
