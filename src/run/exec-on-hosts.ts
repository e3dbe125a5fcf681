import pLimit from 'p-limit';
import type { Host } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import type { Argv, Input, Ports, Ran } from '../ports.ts';

/** One command for many hosts. */
export interface Execution {
  readonly command: Argv;
  readonly hosts: readonly Host[];
  readonly asRoot: boolean;
  /** Hosts at once. */
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** What every host gets as standard input. */
  readonly input: Input;
}

interface Outcome {
  readonly host: string;
  readonly elapsedMs: number;
}

export type HostResult =
  (Outcome & { readonly kind: 'ran'; readonly ran: Ran }) | (Outcome & NotRun);

interface NotRun {
  readonly kind: 'failed';
  readonly error: ClusterError;
}

type World = Pick<Ports, 'connector' | 'clock' | 'signal'>;

/**
 * Every host for itself: what one does never stops another. `onResult` is called as they end; the
 * results are in the order of the hosts.
 */
export async function execOnHosts(
  execution: Execution,
  world: World,
  onResult: (result: HostResult) => void,
): Promise<readonly HostResult[]> {
  const limit = pLimit(execution.concurrency);
  const attempts = execution.hosts.map((host) =>
    limit(async () => {
      const result = await execOnHost(execution, world, host);
      onResult(result);
      return result;
    }),
  );
  return await Promise.all(attempts);
}

async function execOnHost(execution: Execution, world: World, host: Host): Promise<HostResult> {
  const begin = world.clock.now();
  const elapsedMs = (): number => Math.round(world.clock.now() - begin);
  try {
    const ran = await runThere(execution, world, host);
    return { kind: 'ran', host: host.name, elapsedMs: elapsedMs(), ran };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { kind: 'failed', host: host.name, elapsedMs: elapsedMs(), error };
  }
}

/** For the host's own clock to end the command before we give up on the answer. */
const graceMs = 15_000;

async function runThere(execution: Execution, world: World, host: Host): Promise<Ran> {
  const { command, asRoot, timeoutMs, input } = execution;
  await using remote = await world.connector.connect(host.ssh, world.signal);
  const begin = world.clock.now();
  const ran = await remote.run(bounded(command, timeoutMs), {
    input,
    asRoot,
    deadlineMs: timeoutMs + graceMs,
    signal: world.signal,
  });
  const isLate = ran.exitCode === 124 || ran.exitCode === 137;
  if (isLate && world.clock.now() - begin >= timeoutMs) throw timedOut(host, timeoutMs, ran);
  return ran;
}

/**
 * `timeout` of coreutils: a command does not end with the channel that started it, so the host has to
 * end it. 124 is its answer then, 137 if it took KILL (coreutils 9.1).
 */
function bounded(command: Argv, timeoutMs: number): Argv {
  return ['timeout', '-k', '5', String(timeoutMs / 1000), ...command];
}

function timedOut({ name }: Host, timeoutMs: number, ran: Ran): ClusterError {
  const text = `the command on ${name} was ended after ${timeoutMs / 1000} s`;
  const lines = `${ran.stdout}${ran.stderr}`.split('\n').filter((line) => line !== '');
  return new ClusterError('STEP_FAILED', text, {
    host: name,
    remedy: 'Give it more time: --timeout 30m.',
    evidence: lines.slice(-5),
  });
}
