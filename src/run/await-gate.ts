import { ClusterError } from '../errors.ts';
import { checkGate, gateRules } from '../health/gates.ts';
import type { Gate, Stage } from '../plan/step.ts';
import type { Run } from './run.ts';

/** Between two looks; doubles up to a second, so that a fast start is noticed fast. */
const firstPauseMs = 200;
const longestPauseMs = 1000;

/** Looks until the gate is reached. Throws GATE_NOT_REACHED with what was missing at the end. */
export async function awaitGate(
  { gate, except }: Extract<Stage, { kind: 'gate' }>,
  { ports, report, sight }: Run,
): Promise<void> {
  const rule = gateRules[gate];
  const { clock } = ports;
  const deadline = clock.now() + rule.deadlineMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const { reached, reason } = await checkGate(gate, sight, except);
    if (reached) {
      report({ kind: 'reached', gate });
      return;
    }
    if (clock.now() >= deadline) throw notReached(gate, reason);
    report({ kind: 'waiting', gate, reason, deadlineMs: rule.deadlineMs });
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
