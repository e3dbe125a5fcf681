import { spawn } from 'node:child_process';
import process from 'node:process';

const running = new Set();
let interrupted = false;

export const isInterrupted = () => interrupted;

/** After the first Ctrl-C or SIGTERM the current program ends and only the clean-up still runs. */
export function watchSignals() {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      interrupted = true;
      // A terminal sends Ctrl-C to the whole group; a second signal would cut the programs' clean-up.
      if (signal === 'SIGTERM') for (const child of running) child.kill(signal);
    });
  }
}

/** Runs a program in this terminal; gives its exit code, 127 where it does not exist. */
export async function run([file, ...args], { env = {}, timeoutMs = 30 * 60_000 } = {}) {
  const child = spawn(file, args, {
    stdio: 'inherit',
    env: { ...process.env, ...env },
    timeout: timeoutMs,
  });
  return await exitOf(child);
}

/** Runs a program quietly; gives its exit code and what it wrote to stdout. */
export async function read([file, ...args], { timeoutMs = 60_000 } = {}) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'], timeout: timeoutMs });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  const exitCode = await exitOf(child);
  return { exitCode, stdout: Buffer.concat(chunks).toString() };
}

export class Stop extends Error {}

/** Like `run`, but a failure ends the script. */
export async function must(argv, options) {
  const exitCode = await run(argv, options);
  if (exitCode !== 0) throw new Stop(`"${argv.join(' ')}" ended with exit code ${exitCode}`);
}

function exitOf(child) {
  running.add(child);
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (code) => resolve(code ?? 1));
  }).finally(() => running.delete(child));
}
