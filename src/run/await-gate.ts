import { ClusterError } from '../errors.ts';
import { checkGate, gateRules } from '../health/gates.ts';
import type { Gate, Stage } from '../plan/step.ts';
import type { Run } from './run.ts';

/** Between two looks; doubles up to a second, so that a fast start is noticed fast. */
const firstPauseMs = 200;
const longestPauseMs = 1000;

export interface GateNotReached {
  /** GATE_NOT_REACHED with what was missing at the end. */
  readonly error: ClusterError;
  /** Hosts that held it. */
  readonly held: readonly string[];
}

/** Looks until the gate is reached, and stays so for as long as it has to. */
export async function awaitGate(
  { gate, except, holdMs = 0 }: Extract<Stage, { kind: 'gate' }>,
  { ports, report, sight }: Run,
): Promise<GateNotReached | undefined> {
  const rule = gateRules[gate];
  const { clock } = ports;
  const deadline = clock.now() + rule.deadlineMs + holdMs;
  let since: number | undefined;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const { reached, reason, held } = await checkGate(gate, sight, except);
    since = reached ? (since ?? clock.now()) : undefined;
    if (since !== undefined && clock.now() - since >= holdMs) {
      report({ kind: 'reached', gate });
      return undefined;
    }
    if (clock.now() >= deadline) return { error: notReached(gate, reason), held };
    const waitsFor = reached ? 'in order so far' : reason;
    report({ kind: 'waiting', gate, reason: waitsFor, deadlineMs: rule.deadlineMs });
    await clock.sleep(pauseMs, ports.signal);
  }
}

function notReached(gate: Gate, reason: string): ClusterError {
  const { condition, deadlineMs } = gateRules[gate];
  return new ClusterError(
    'GATE_NOT_REACHED',
    `waited ${deadlineMs / 1000} s in vain for ${condition}`,
    {
      evidence: [reason],
      remedy:
        'ci-cluster status shows the whole stack; correct what is unhealthy, then run the same command again.',
    },
  );
}
