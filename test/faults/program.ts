import { spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import type { Fleet } from './fleet.ts';
import type { Outcome } from './operator.ts';

/** The program as it is installed, built from the sources as they are now. */
export interface Program extends Disposable {
  start(fleet: Fleet, args: readonly string[]): Process;
}

export interface Process {
  readonly ended: Promise<Outcome>;
  kill(signal: NodeJS.Signals): void;
}

const project = fileURLToPath(new URL('../..', import.meta.url));

/** With another silence after which a host takes its lock back: the real one is a minute. */
export async function buildProgram(silenceSeconds = 60): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'ci-cluster-program-'));
  await build({
    absWorkingDir: project,
    entryPoints: ['src/main.ts'],
    outdir: join(folder, 'dist'),
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20' },
    external: ['ssh2', 'node-zookeeper-client'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
    plugins: [hurriedLock(silenceSeconds)],
  });
  mkdirSync(join(folder, 'bin'));
  for (const file of ['bin/ci-cluster.js', 'package.json']) {
    copyFileSync(join(project, file), join(folder, file));
  }
  cpSync(join(project, 'templates'), join(folder, 'templates'), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  return {
    start: (fleet, args) => startProcess(join(folder, 'bin/ci-cluster.js'), fleet, args),
    [Symbol.dispose]: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function hurriedLock(seconds: number): Plugin {
  const texts = [
    ['const silenceSeconds = 60;', `const silenceSeconds = ${seconds};`],
    ['const beatMs = 10_000;', `const beatMs = ${(seconds * 1000) / 6};`],
  ] as const;
  return {
    name: 'hurried-lock',
    setup: (bundler) => {
      bundler.onLoad({ filter: /lock\/host-lock\.ts$/ }, ({ path }) => {
        let contents = readFileSync(path, 'utf8');
        for (const [from, to] of texts) {
          if (!contents.includes(from)) throw new Error(`${path} has no "${from}" any more`);
          contents = contents.replace(from, to);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
}

/** Where runs of a fleet's operator keep their records, in this process and in others. */
export function recordsOf({ folder }: Fleet): string {
  return join(folder, 'state', 'ci-cluster');
}

function startProcess(file: string, fleet: Fleet, args: readonly string[]): Process {
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: fleet.folder, XDG_STATE_HOME: join(fleet.folder, 'state') };
  const child = spawn(process.execPath, [file, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const begin = performance.now();
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Outcome>((resolve) => {
    child.once('close', (code) => {
      const elapsedMs = performance.now() - begin;
      resolve({ exitCode: code ?? -1, stdout, stderr, elapsedMs });
    });
  });
  return {
    ended,
    kill: (signal) => {
      child.kill(signal);
    },
  };
}
