import { beforeEach, expect, test } from 'vitest';
import { localHost } from '../../../src/adapters/local-host.ts';
import type { Ran } from '../../../src/ports.ts';
import { adminPassword } from '../../support/cluster-file.ts';
import { fakeWorld, powerOff, type FakeWorld } from '../../support/fake-world.ts';
import { runCli, type CliRun, type CliWorld } from '../../support/run-cli.ts';

let world: FakeWorld;

/** Real processes of this machine in the place of those of the hosts, which know their name. */
beforeEach(() => {
  world = fakeWorld();
  world.onRun = (host, [program, ...args], options) => {
    world.log.push(
      `${host}:${options.asRoot === true ? ' as root' : ''} ${args.slice(3).join(' ')}`,
    );
    return localHost(host).run(['env', `HOST=${host}`, program, ...args], {
      ...options,
      asRoot: false,
    });
  };
});

async function exec(line: string, more: CliWorld = {}): Promise<CliRun> {
  return await runCli(`exec ${line}`, world, more);
}

const done: Ran = { exitCode: 0, signal: undefined, stdout: '', stderr: '', truncated: false };

test('all hosts of a role run the command, each under a title: exit code 0', async () => {
  const { exitCode, stdout, stderr, log } = await exec('--role mesos-agent -- printenv HOST');
  expect(exitCode).toBe(0);
  expect(stdout.split('\n').toSorted()).toEqual([
    'a1',
    'a2',
    '── a1 ── exit code 0',
    '── a2 ── exit code 0',
  ]);
  expect(stderr).toBe('');
  expect(log.filter((one) => one.startsWith('connect'))).toEqual(['connect a1', 'connect a2']);
});

test('one host by name gives its output as it is, both streams apart', async () => {
  world.onRun = () => Promise.resolve({ ...done, stdout: 'data\n', stderr: 'warning\n' });
  expect(await exec('m2 -- any')).toMatchObject({ stdout: 'data', stderr: 'warning' });
});

test('with --prefix each line says its host', async () => {
  const { stdout } = await exec('m1 m3 --prefix -- printenv HOST');
  expect(stdout.split('\n').toSorted()).toEqual(['m1: m1', 'm3: m3']);
});

test('words reach the program unchanged, also those that look like options of ci-cluster', async () => {
  const words = ['--json', '-q', '$HOME', '`id`', "it's", '*', '--', String.raw`a\nb`, 'ö'];
  const { stdout } = await exec(`m1 -- printf %s| ${words.join(' ')}`);
  expect(stdout).toBe(words.map((word) => `${word}|`).join(''));
});

test('--root is passed on, and nothing is root without it', async () => {
  const { log } = await exec('m1 -- id');
  expect(log).toContain('m1: id');
  expect((await exec('m1 --root -- id')).log).toContain('m1: as root id');
});

test('standard input stays here, unless it is asked for: then every host gets all of it', async () => {
  expect((await exec('m1 -- cat', { stdin: 'secret plans\n' })).stdout).toBe('');
  const { stdout } = await exec('m1 m2 --stdin --prefix -- cat', { stdin: 'one\ntwo\n' });
  expect(stdout.split('\n').toSorted()).toEqual(['m1: one', 'm1: two', 'm2: one', 'm2: two']);
});

test('a command that fails somewhere: exit code 5, and a table that names every host', async () => {
  world.onRun = (host) => Promise.resolve({ ...done, exitCode: host === 'm2' ? 3 : 0 });
  const { exitCode, stderr } = await exec('m1 m2 m3 -- false');
  expect(exitCode).toBe(5);
  expect(stderr.split('\n')).toEqual([
    '✘ not done on 1 of 3 hosts',
    '  ✔  m1  exit code 0',
    '  ✘  m2  exit code 3',
    '  ✔  m3  exit code 0',
  ]);
});

test('a host that cannot be reached does not stop the others: exit code 4 if nothing else is wrong', async () => {
  powerOff(world, 'm2');
  const { exitCode, stdout, stderr } = await exec('m1 m2 -- printenv HOST');
  expect(exitCode).toBe(4);
  expect(stdout).toContain('m1');
  expect(stderr).toContain('✘  m2  cannot reach m2 at 10.0.0.12:22');
  expect(stderr).toContain('→ Check that "ssh ops@10.0.0.12 true" works.');
  expect((await exec('m1 m2 -- false')).exitCode).toBe(5);
});

test('a command that takes too long is ended on its host and told: exit code 5', async () => {
  world.onRun = () => {
    world.clock.advance(2000);
    return Promise.resolve({ ...done, exitCode: 124 });
  };
  const { exitCode, stderr } = await exec('m1 --timeout 2s -- sleep 60');
  expect(exitCode).toBe(5);
  expect(stderr).toContain('the command on m1 was ended after 2 s');
  // Its own exit code, not that of an ended one.
  world.onRun = () => Promise.resolve({ ...done, exitCode: 124 });
  expect((await exec('m1 --timeout 2s -- my-own')).stderr).toContain('m1  exit code 124');
});

test('the host itself bounds the command, so that nothing is left running there', async () => {
  const seen: string[] = [];
  world.onRun = (_host, argv) => {
    seen.push(argv.join(' '));
    return Promise.resolve(done);
  };
  await exec('m1 --timeout 90s -- sleep 60');
  expect(seen).toEqual(['timeout -k 5 90 sleep 60']);
});

test('a missing program is told with exit code 127', async () => {
  expect((await exec('m1 -- no-such-program')).stderr).toContain('m1  exit code 127');
});

test('--json is one document with the output of each host', async () => {
  powerOff(world, 'm2');
  const { exitCode, stdout } = await exec('m1 m2 --json -- printenv HOST');
  expect(exitCode).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ schemaVersion: 1, command: 'exec', ok: false, exitCode: 4, argv: ['printenv', 'HOST'] },
    hosts: [
      { host: 'm1', exitCode: 0, stdout: 'm1\n', stderr: '', error: null },
      { host: 'm2', exitCode: null, stdout: '', error: { code: 'HOST_UNREACHABLE' } },
    ],
  });
});

test('secrets of the cluster file are taken out of what hosts say, also in URLs', async () => {
  world.onRun = () => {
    const text = `password=${adminPassword} http://admin:${encodeURIComponent(adminPassword)}@x\n`;
    return Promise.resolve({ ...done, stdout: text });
  };
  const masked = 'password=[secret] http://admin:[secret]@x';
  expect((await exec('m1 -- cat file')).stdout).toBe(masked);
  expect(JSON.parse((await exec('m1 --json -- cat file')).stdout)).toMatchObject({
    hosts: [{ stdout: `${masked}\n` }],
  });
});

test('what could steer the terminal is taken out', async () => {
  world.onRun = () => Promise.resolve({ ...done, stdout: '\u001b]0;title\u0007a\u001b[2Jb\tc\n' });
  expect((await exec('m1 -- cat file')).stdout).toBe('ab\tc');
});

test('an interrupt ends it with exit code 130', async () => {
  const interruption = new AbortController();
  world.onRun = (host, _argv, options) => {
    interruption.abort();
    return localHost(host, { politeStopMs: 500, drainMs: 100 }).run(['true'], options);
  };
  expect((await exec('m1 m2 --concurrency 1 -- true', { interruption })).exitCode).toBe(130);
});

test.each([
  ['exec m1 uptime', 'no command to run: it stands behind --'],
  ['exec m1', 'no command to run: it stands behind --'],
  ['exec m1 --', 'no command to run: it stands behind --'],
  ['exec -- uptime', 'no host is chosen'],
  ['exec m9 -- uptime', 'the cluster file has no host m9, did you mean m1?'],
  ['exec --role mesos-agents -- uptime', 'no role mesos-agents, did you mean mesos-agent?'],
])('%s is refused before anything runs: exit code 2', async (line, message) => {
  const { exitCode, stderr, log } = await runCli(line, world);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
  expect(log).toEqual([]);
});
