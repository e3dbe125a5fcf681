import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadTemplates } from '../../src/adapters/files.ts';
import { localHost } from '../../src/adapters/local-host.ts';
import type { Argv, Ports, RemoteHost } from '../../src/ports.ts';

const folder = fileURLToPath(new URL('../fixtures/drill-host/', import.meta.url));
const bundled = await loadTemplates(new URL('../../templates/', import.meta.url));
/** Tests may run in a container themselves, and have to be able to set a clock that is none. */
const templates = {
  ...bundled,
  'remote/drill/inject.sh': (bundled['remote/drill/inject.sh'] ?? '').replace(
    '/.dockerenv',
    '/run/dockerenv',
  ),
};

/** A host with processes, network and iptables of its own (no less real), and a stand-in for Docker. */
export interface DrillHost extends AsyncDisposable {
  readonly remote: RemoteHost;
  readonly ports: Pick<Ports, 'templates' | 'signal'>;
  /** What a shell says there; what it says when it fails, too. */
  sh(script: string): string;
  /** Makes what Docker would run, with its label. */
  container(name: string, policy?: string): void;
  status(name: string): string;
  pid(name: string): number;
  /** Whether a TCP connection opens at once, from this host or the one at the other end. */
  connects(from: 'here' | 'peer', address: string, port: number): boolean;
  /** Listens on all addresses, here or there. */
  listen(where: 'here' | 'peer', port: number): void;
  /** What somebody would find who looks for what drills have left. */
  leftovers(): readonly string[];
  /** The same as the scripts find it, until `holds`; throws after ten seconds. */
  until(what: string, holds: () => boolean): Promise<void>;
}

const tools = ['unshare', 'nsenter', 'setpriv', 'iptables', 'ip', 'perl', 'flock', 'setsid'];

/** Needs root, and programs that not every machine has. */
export const canMakeHosts =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  tools.every((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0) &&
  spawnSync('unshare', ['--net', 'sh', '-c', 'iptables -N TRY && ip link add wire0 type veth'])
    .status === 0;

/** No drill of a test may set the clock of this machine, or restart it. */
const weak = ['setpriv', '--bounding-set=-sys_time,-sys_boot', '--inh-caps=-sys_time,-sys_boot'];

export async function drillHost(): Promise<DrillHost> {
  const unshare = [
    'unshare',
    '--mount',
    '--pid',
    '--net',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ];
  const [program = '', ...words] = [
    ...['setpriv', '--pdeathsig', 'KILL', ...unshare, ...weak, 'sh', `${folder}boot.sh`],
  ];
  const keeper = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<void>((resolve) =>
    keeper.once('close', () => {
      resolve();
    }),
  );
  await Promise.race([
    new Promise((resolve) => keeper.stdout.once('data', resolve)),
    ended.then(() => Promise.reject(new Error('no host for drills'))),
  ]);
  const first = childOf(keeper.pid);
  const enter: Argv = [
    'nsenter',
    '--target',
    first,
    '--mount',
    '--pid',
    '--net',
    '--wd=/',
    ...weak,
  ];
  const path = `PATH=${folder}bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin`;
  const led = (argv: readonly string[]): Argv => [...enter, 'env', path, ...argv];
  const here = localHost('m1', { politeStopMs: 1000, drainMs: 500 });
  const sh = (script: string) => {
    const [command, ...args] = led(['sh', '-c', script]);
    const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    return `${stdout}${stderr}`.trim();
  };
  const inPeer = (where: 'here' | 'peer', command: string) =>
    where === 'here' ? command : `nsenter --target "$(cat /run/peer)" --net ${command}`;
  return {
    remote: { ...here, run: (argv, options) => here.run(led(argv), options) },
    ports: { templates, signal: new AbortController().signal },
    sh,
    container: (name, policy = 'unless-stopped') => {
      sh(`docker create ${name} ${policy}; : >/var/lib/fake/calls`);
    },
    status: (name) => sh(`docker inspect --format '{{.State.Status}}' ${name}`),
    pid: (name) => Number(sh(`docker inspect --format '{{.State.Pid}}' ${name}`)),
    listen: (where, port) => {
      const code = `$s = IO::Socket::INET->new(LocalPort => ${port}, Listen => 9, ReuseAddr => 1); print STDERR "up"; while ($c = $s->accept) { close $c }`;
      const up = `/run/up-${where}-${port}`;
      sh(
        `setsid ${inPeer(where, 'perl')} -MIO::Socket::INET -e '${code}' </dev/null >/dev/null 2>${up} & until [ -s ${up} ]; do sleep 0.01; done`,
      );
    },
    connects: (from, address, port) => {
      const code = `exit !IO::Socket::INET->new(PeerAddr => "${address}", PeerPort => ${port}, Timeout => 0.3)`;
      return sh(`${inPeer(from, 'perl')} -MIO::Socket::INET -e '${code}'; echo $?`) === '0';
    },
    leftovers: () =>
      sh(
        `find /var/lib/ci-cluster -mindepth 1; find /etc/systemd/system /run/systemd/transient ! -type d 2>/dev/null;
        iptables -S; ip6tables -S; grep -lzE 'drills/[a-z0-9-]+/heal' /proc/[0-9]*/cmdline 2>/dev/null`,
      )
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('-P ')),
    until: async (what, holds) => {
      for (let tries = 0; !holds(); tries += 1) {
        if (tries > 100) throw new Error(`not within ten seconds: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    [Symbol.asyncDispose]: async () => {
      process.kill(Number(first), 'SIGKILL');
      await ended;
    },
  };
}

function childOf(pid: number | undefined): string {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim();
}
