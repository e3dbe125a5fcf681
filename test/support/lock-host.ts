import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClock } from '../../src/adapters/clock.ts';
import { loadTemplates } from '../../src/adapters/files.ts';
import { localHost } from '../../src/adapters/local-host.ts';
import { quote } from '../../src/adapters/quote.ts';
import type { Argv, Ports, RemoteHost, RunOptions } from '../../src/ports.ts';
import { lockFolder, recordFolder, type Claim } from '../../src/run/lock/claim.ts';
import { takeHostLock, type HostLock } from '../../src/run/lock/host-lock.ts';
import { compileGuarded } from '../../src/run/script.ts';
import type { HostStep } from '../../src/plan/step.ts';
import { fakeCaller } from './fake-journal.ts';

const templates = await loadTemplates(new URL('../../templates/', import.meta.url));

/** A host of this machine with the real lock script, in a folder of its own. */
export interface LockHost extends AsyncDisposable {
  readonly folder: string;
  readonly remote: RemoteHost;
  readonly ports: Ports;
  take(run: string, parts?: Partial<Claim>): Promise<HostLock>;
  /** What a stage of that run would be started with. */
  stage(run: string, steps: readonly HostStep[]): { readonly argv: Argv; readonly input: string };
  /** A file below the folder; empty if there is none. */
  read(path: string): Promise<string>;
}

export interface LockHostParts {
  /** Instead of a minute. */
  readonly silenceSeconds?: number;
  /** Environment of every command. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Every token is `token of RUN`. */
export async function lockHost({
  silenceSeconds = 60,
  env = {},
}: LockHostParts = {}): Promise<LockHost> {
  const folder = await mkdtemp(join(tmpdir(), 'ci-cluster-lock-'));
  const here = localHost('m1', { politeStopMs: 10_000, drainMs: 500 });
  const places: Record<string, string> = {
    [lockFolder]: join(folder, 'run'),
    [recordFolder]: join(folder, 'records'),
    '60': String(silenceSeconds),
  };
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const led = ([program, ...words]: Argv): Argv => [
    ...(['env', ...settings] as const),
    ...[program, ...words].map((word) => places[word] ?? word),
  ];
  const remote: RemoteHost = {
    ...here,
    run: (argv: Argv, options: RunOptions) => here.run(led(argv), options),
  };
  const clock = createClock();
  const ports = {
    ...{ templates, quote, clock, caller: fakeCaller(), signal: new AbortController().signal },
  } as unknown as Ports;
  return {
    folder,
    remote,
    ports,
    take: (run, parts = {}) => {
      const claim = { run, owner: 'ann@desk', command: 'init', since: '2026-03-02T22:00:00Z' };
      return takeHostLock({
        ...{ remote, ports, token: `token of ${run}` },
        claim: { ...claim, ...parts },
      });
    },
    stage: (run, steps) => {
      const guard = {
        lockFolder: join(folder, 'run'),
        recordFolder: join(folder, 'records'),
        token: `token of ${run}`,
        run,
      };
      const told = steps.map((_, index) => `step "${index}"`);
      const library = templates['remote/stage.sh'] ?? '';
      const { argv, input } = compileGuarded({ steps, told, guard }, library, quote);
      return { argv, input: input.map(String).join('') };
    },
    read: (path) => readFile(join(folder, path), 'utf8').catch(() => ''),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
