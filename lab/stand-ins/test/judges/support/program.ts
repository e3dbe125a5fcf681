import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

export interface RunningProgram {
  /** Everything it said, for the message of a test that fails. */
  readonly words: () => string;
  readonly exited: Promise<number | null>;
  readonly stop: () => Promise<void>;
}

const dist = new URL('../../../dist/', import.meta.url);

/** A stand-in as it runs in the lab: the built bundle, a process of its own. */
export function startStandIn(
  name: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningProgram {
  const bundle = fileURLToPath(new URL(`${name}.cjs`, dist));
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing: run npm run build`);
  const child = spawn(process.execPath, [bundle, ...argv], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      words += chunk.toString();
    });
  }
  const exited = endOf(child);
  return {
    words: () => words,
    exited,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', resolve);
  });
}

/** Nobody listens there now; each program of a test gets one of its own. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** Until `url` answers with one of the statuses; rejects with what the program said when it does not. */
export async function untilAnswers(
  program: RunningProgram,
  url: string,
  isReady: (status: number) => boolean,
): Promise<void> {
  const endsAt = Date.now() + 20_000;
  while (Date.now() < endsAt) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (isReady(status)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} does not answer:\n${program.words()}`);
}
