import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { ClusterError } from '../errors.ts';
import { rememberForwarding, restoreForwarding } from './forwarding.ts';
import { mentions, ownProcess } from './own-process.ts';
import { attempt, must, waitUntil, type Tools } from './tools.ts';

export interface Engine {
  readonly version: string;
  /** Undefined for an engine that was there already. */
  readonly ownHost: string | undefined;
  readonly startedNow: boolean;
}

const startDeadlineMs = 60_000;
/** dockerd gives its containers 15 s, then ends containerd. */
const stopDeadlineMs = 90_000;

/** The engine that the docker client reaches, else the lab's own one, started if need be. */
export async function ensureEngine(tools: Tools): Promise<Engine> {
  return (await findEngine(tools)) ?? (await startEngine(tools));
}

export async function findEngine(tools: Tools): Promise<Engine | undefined> {
  const version = await serverVersion(tools);
  if (version !== undefined) return { version, ownHost: undefined, startedNow: false };
  const ownHost = places(tools.root).host;
  const own = await serverVersion({ ...tools, dockerHost: ownHost });
  return own === undefined ? undefined : { version: own, ownHost, startedNow: false };
}

async function startEngine(tools: Tools): Promise<Engine> {
  if (!tools.isRoot) throw needsRoot();
  const { folder, pidFile, log, host, argv } = places(tools.root);
  await mkdir(folder, { recursive: true });
  // Left by a crash: dockerd refuses to start while any process has that id.
  if ((await ownProcess(pidFile, pidFile)) === undefined) await rm(pidFile, { force: true });
  await rememberForwarding(tools, folder);
  await must(
    tools,
    ['setsid', '--fork', 'sh', '-c', 'exec "$@" >"$0" 2>&1 </dev/null', log, ...argv],
    { env: { PATH: `${tools.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` } },
  );
  const own = { ...tools, dockerHost: host };
  await waitUntil(own, async () => await notReady(own, log), {
    deadlineMs: startDeadlineMs,
    intervalMs: 200,
    remedy: `Read ${log}; "npm run lab" installs Docker where it is missing.`,
  });
  return { version: (await serverVersion(own)) ?? 'unknown', ownHost: host, startedNow: true };
}

/** Ends the engine that the lab started, if it runs; true if there was one. */
export async function stopEngine(tools: Tools): Promise<boolean> {
  const { folder, pidFile, runFolder } = places(tools.root);
  const pid = await ownProcess(pidFile, pidFile);
  if (pid === undefined) return false;
  const containerd = await ownProcess(join(runFolder, 'containerd/containerd.pid'), runFolder);
  process.kill(pid, 'SIGTERM');
  // A new dockerd on the same folders waits in vain as long as the old containerd is there.
  const alive = [
    { name: 'dockerd', pid, mark: pidFile },
    ...(containerd === undefined ? [] : [{ name: 'containerd', pid: containerd, mark: runFolder }]),
  ];
  await waitUntil(tools, async () => await stillThere(alive), {
    deadlineMs: stopDeadlineMs,
    intervalMs: 200,
    remedy: `Look at process ${pid} and run "ci-cluster lab down" again.`,
  });
  await removeMounted(tools, runFolder);
  await restoreForwarding(tools, folder);
  return true;
}

/** dockerd leaves a mount behind, of the machine's own network namespace. */
async function removeMounted(tools: Tools, folder: string): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8');
  const inside = mounts.split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const path of inside.filter((mount) => mount.startsWith(`${folder}/`))) {
    await attempt(tools, ['umount', path]);
  }
  await rm(folder, { recursive: true, force: true });
}

function places(root: string) {
  const folder = join(root, 'engine');
  const runFolder = join(folder, 'run');
  const pidFile = join(folder, 'dockerd.pid');
  const host = `unix://${join(folder, 'docker.sock')}`;
  return {
    folder,
    runFolder,
    pidFile,
    host,
    log: join(folder, 'dockerd.log'),
    argv: [
      'dockerd',
      ...['--data-root', join(folder, 'data'), '--exec-root', runFolder, '--pidfile', pidFile],
      // No default bridge: nothing here uses it, and it would stay on the machine afterwards.
      ...['--host', host, '--bridge', 'none'],
    ],
  };
}

async function serverVersion(tools: Tools): Promise<string | undefined> {
  const argv = ['docker', 'version', '--format', '{{.Server.Version}}'] as const;
  const ran = await attempt(tools, argv, { deadlineMs: 20_000 });
  return ran.exitCode === 0 ? ran.stdout.trim() : undefined;
}

async function notReady(tools: Tools, log: string): Promise<string | undefined> {
  if ((await serverVersion(tools)) !== undefined) return undefined;
  const text = await readFile(log, 'utf8').catch(() => '');
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  return `Docker Engine not ready (last line of ${log}: ${last})`;
}

async function stillThere(
  alive: readonly { name: string; pid: number; mark: string }[],
): Promise<string | undefined> {
  for (const { name, pid, mark } of alive) {
    if (await mentions(pid, mark)) return `${name} (process ${pid}) still runs`;
  }
  return undefined;
}

function needsRoot(): ClusterError {
  return new ClusterError('LAB_FAILED', 'no Docker Engine answers, and only root can start one', {
    remedy: 'Run the command with "sudo -E", or start Docker and join its group.',
  });
}
