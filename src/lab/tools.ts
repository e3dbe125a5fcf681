import { ClusterError } from '../errors.ts';
import type { Argv, Clock, LocalRunOptions, LocalShell, Ran } from '../ports.ts';
import type { RegistryClient } from './registry-client.ts';

/** What the functions of the lab share. */
export interface Tools {
  readonly local: LocalShell;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** State folder of all labs. */
  readonly root: string;
  /** Where `lab/images` and the stand-ins' programs are. */
  readonly packageRoot: string;
  readonly isRoot: boolean;
  /** How the lab's network is reached. */
  readonly network: LabNetwork;
  /** A line of progress. */
  readonly note: (text: string) => void;
  /** `unix://…` of the own engine; undefined leaves the choice to the docker client. */
  readonly dockerHost: string | undefined;
}

export interface LabNetwork {
  readonly sshAnswers: (address: string) => Promise<boolean>;
  readonly registry: (endpoint: string) => RegistryClient;
}

type Options = Partial<LocalRunOptions>;
type MustOptions = Options & { readonly remedy?: string };

const defaultDeadlineMs = 120_000;

/** Runs a program of this machine and gives its output; a failure shows its last lines. */
export async function must(
  tools: Tools,
  argv: Argv,
  { remedy, ...options }: MustOptions = {},
): Promise<string> {
  const ran = await attempt(tools, argv, options);
  if (ran.exitCode === 0) return ran.stdout;
  const missing = ran.exitCode === 127;
  throw new ClusterError('LAB_FAILED', failureOf(argv, ran), {
    remedy:
      remedy ??
      (missing
        ? 'Run "npm run lab": it installs what the lab needs.'
        : 'Correct the cause above and run the same command again.'),
    evidence: lastLines(`${ran.stdout}\n${ran.stderr}`),
  });
}

/** The same for a program whose failure is an answer. */
export async function attempt(tools: Tools, argv: Argv, options: Options = {}): Promise<Ran> {
  return await tools.local.run(argv, {
    deadlineMs: defaultDeadlineMs,
    signal: tools.signal,
    ...options,
    env: { ...dockerEnv(tools), ...options.env },
  });
}

export async function docker(
  tools: Tools,
  args: readonly string[],
  options: MustOptions = {},
): Promise<string> {
  return await must(tools, ['docker', ...args], options);
}

export interface Wait {
  readonly deadlineMs: number;
  readonly intervalMs: number;
  readonly remedy: string;
}

/** Asks until the answer is undefined, which means ready; otherwise it is the reason to wait. */
export async function waitUntil(
  { clock, signal }: Tools,
  ask: () => Promise<string | undefined>,
  { deadlineMs, intervalMs, remedy }: Wait,
): Promise<void> {
  const end = clock.now() + deadlineMs;
  for (;;) {
    const reason = await ask();
    if (reason === undefined) return;
    if (clock.now() >= end) {
      const text = `${reason} after ${Math.round(deadlineMs / 1000)} s`;
      throw new ClusterError('LAB_FAILED', text, { remedy });
    }
    await clock.sleep(intervalMs, signal);
  }
}

/** The classic builder is the one that both Debian's Engine 20.10 and newer ones have. */
function dockerEnv({ dockerHost }: Tools): Record<string, string> {
  return {
    DOCKER_BUILDKIT: '0',
    ...(dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost }),
  };
}

function failureOf([program, ...args]: Argv, { exitCode, signal }: Ran): string {
  if (exitCode === 127) return `cannot run ${program}: it is not installed`;
  const command = [program, ...args.filter((arg) => !arg.startsWith('-')).slice(0, 1)].join(' ');
  return `"${command}" failed on this machine with ${exitCode ?? signal ?? 'no exit code'}`;
}

function lastLines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-15);
}
