import { ClusterError } from '../errors.ts';
import { describe, type HostStep, type HostWork, type Stage } from '../plan/step.ts';
import type { RemoteHost } from '../ports.ts';
import { secretFile } from '../services/build-agents.ts';
import { secretKey } from './api-steps/agent-secrets.ts';
import { lockFolder, parseClaim, recordFolder } from './lock/claim.ts';
import { lockLost } from './lock/lock-faults.ts';
import { sessionOf, type Change, type Run } from './run.ts';
import { compileGuarded, type StageScript } from './script.ts';
import { parseStepLine, type StepLine } from './step-lines.ts';
import { stepFailed } from './step-faults.ts';
import { hostsFailed, tolerates } from './tolerated.ts';

/** Installing Docker and pulling images over a slow line take their time; nothing takes longer. */
const stageDeadlineMs = 45 * 60_000;

type HostsStage = Extract<Stage, { kind: 'hosts' }>;

/** All hosts at once. Every host finishes or fails by itself; the failures are reported together. */
export async function performOnHosts(
  stage: HostsStage,
  run: Run,
  changes: Change[],
): Promise<void> {
  await sessionOf(run).ledger.intend(stage.phase, stage.work);
  const outcomes = await Promise.allSettled(
    stage.work.map((work) => performOnHost({ stage, work, run, changes })),
  );
  const causes = outcomes.flatMap((outcome): unknown[] =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  );
  const failures = causes.filter((cause) => cause instanceof ClusterError);
  if (failures.length < causes.length)
    throw causes.find((cause) => !(cause instanceof ClusterError));
  const stopped = failures.find(({ code }) => code === 'INTERRUPTED');
  const others = failures.filter(({ code }) => code !== 'INTERRUPTED');
  const isLost = sessionOf(run).locks.lost.aborted;
  // A lock that is lost stops the other hosts, too; what befell its own host says more.
  if (stopped !== undefined && !(isLost && others.length > 0)) throw stopped;
  const isFinal = isLost || others.some(({ code }) => code === 'LOCK_LOST');
  if (!isFinal && tolerates(run, stage, others)) return;
  const [first] = others;
  if (first !== undefined)
    throw others.length === 1 ? first : hostsFailed(others, stage.work.length);
}

interface OneHost {
  readonly stage: HostsStage;
  readonly work: HostWork;
  readonly run: Run;
  readonly changes: Change[];
}

async function performOnHost({ stage, work, run, changes }: OneHost): Promise<void> {
  const { ports, report } = run;
  const { ledger } = sessionOf(run);
  const remote = remoteOf(run, work.host);
  const script = scriptOf(work, run);
  const lines = new Map<number, StepLine>();
  const ran = await remote.run(script.argv, {
    input: script.input,
    deadlineMs: stageDeadlineMs,
    signal: ports.signal,
    asRoot: true,
    onLine: (text) => {
      const line = parseStepLine(text);
      const step = line && work.steps[line.step];
      if (line === undefined || step === undefined) return;
      lines.set(line.step, line);
      const told = describe(step);
      const minor = step.kind === 'ensure-folder';
      report({ kind: 'step', host: work.host, step: told, result: line.result, minor });
      ledger.result(work.host, told, line.result);
      if (line.result === 'changed')
        changes.push({ phase: stage.phase, host: work.host, step: told });
    },
  });
  const bad = firstUnfinished(work.steps, lines);
  if (bad === undefined) return;
  if (bad.line?.code === 'LOCK_LOST') throw lockLost(work.host, takenBy(bad.line));
  throw stepFailed({ host: work.host, ...bad, ran });
}

function scriptOf(work: HostWork, run: Run): StageScript {
  const { token, claim } = sessionOf(run).locks;
  const { templates, quote } = run.ports;
  const steps = work.steps.map((step) => withSecret(step, run));
  const guard = { lockFolder, recordFolder, token, run: claim.run };
  const told = work.steps.map(describe);
  return compileGuarded({ steps, told, guard }, templates['remote/stage.sh'] ?? '', quote);
}

function takenBy({ evidence }: StepLine): string {
  const claim = parseClaim(evidence.join(''));
  return claim === undefined ? 'nobody has it now' : `${claim.owner} has it (run ${claim.run})`;
}

/** The secret of a build agent is known since an earlier stage; its step is then one of writing a file. */
function withSecret(step: HostStep, { agentSecrets }: Run): HostStep {
  if (step.kind !== 'write-agent-secret') return step;
  const content = agentSecrets.get(secretKey(step.controller, step.node));
  if (content === undefined) throw new Error(`no secret of ${step.node} to write`);
  const { mode, owner } = secretFile;
  return { kind: 'write-file', file: { path: step.path, content, mode, owner } };
}

function remoteOf({ remotes }: Run, host: string): RemoteHost {
  const remote = remotes.get(host);
  if (remote === undefined) throw new Error(`planned work on ${host}, which is not connected`);
  return remote;
}

function firstUnfinished(
  steps: readonly HostStep[],
  lines: ReadonlyMap<number, StepLine>,
): { readonly step: HostStep; readonly line: StepLine | undefined } | undefined {
  for (const [index, step] of steps.entries()) {
    const line = lines.get(index);
    if (line?.result !== 'changed' && line?.result !== 'unchanged') return { step, line };
  }
  return undefined;
}
