import type { BoundResult, Invariant, Verdict } from '../judgement.ts';
import { blindness, seconds } from './coverage.ts';
import { clockFaults } from './clocks.ts';
import { titleOf, unchanged } from './leadership.ts';
import type { View } from './view.ts';

export interface Decision {
  readonly verdict: Verdict;
  readonly reason: string;
}

export interface Findings {
  readonly view: View;
  readonly bounds: readonly BoundResult[];
  readonly invariants: readonly Invariant[];
}

type Rule = (findings: Findings) => Decision | undefined;

/**
 * The first rule that has something to say decides. UNHEALED comes first: a host that is still
 * broken matters more than what was or was not measured on it.
 */
const rules: readonly Rule[] = [
  unhealed,
  notInEffect,
  blind,
  broken,
  unknown,
  aborted,
  notRecovered,
  late,
  nothingChanged,
];

export function decide(findings: Findings): Decision {
  for (const rule of rules) {
    const decision = rule(findings);
    if (decision !== undefined) return decision;
  }
  return { verdict: 'PASS', reason: whyPassed(findings) };
}

function unhealed({ view }: Findings): Decision | undefined {
  const { aftermath } = view.recording;
  const residue = aftermath?.residue;
  if (residue !== undefined && residue.length > 0) {
    return { verdict: 'UNHEALED', reason: `left behind: ${residue.join('; ')}` };
  }
  if (view.injectedAt === undefined) return undefined;
  if (view.healedAt === undefined) {
    return { verdict: 'UNHEALED', reason: 'nobody saw that the fault was taken back' };
  }
  if (residue !== undefined) return undefined;
  return { verdict: 'UNHEALED', reason: 'nobody could see whether the hosts are clean' };
}

function notInEffect({ view }: Findings): Decision | undefined {
  const { aborted: why, confirmations } = view.recording;
  if (view.injectedAt === undefined) {
    return why === undefined
      ? { verdict: 'INCONCLUSIVE', reason: 'no fault was injected' }
      : abortedBy(why);
  }
  const doubts = confirmations.filter(({ confirmed }) => !confirmed).map((one) => one.evidence);
  if (view.confirmedAt !== undefined && confirmations.length > 0 && doubts.length === 0) {
    return undefined;
  }
  const detail = doubts.length > 0 ? `: ${doubts.join('; ')}` : '';
  return { verdict: 'INCONCLUSIVE', reason: `the fault was not seen to be in effect${detail}` };
}

function blind({ view, bounds, invariants }: Findings): Decision | undefined {
  const faults = [...clockFaults(view), ...blindness(view, bounds)];
  if (faults.length === 0) return undefined;
  const more = faults.length > 3 ? ` and ${faults.length - 3} more` : '';
  // What was seen in spite of it is not kept back.
  const also = brokenIn(invariants).map(
    ({ name, detail }) => `; besides, not so: ${name} (${detail})`,
  );
  const reason = `the observers were blind: ${faults.slice(0, 3).join(', ')}${more}${also.join('')}`;
  return { verdict: 'INCONCLUSIVE', reason };
}

function brokenIn(invariants: readonly Invariant[]): readonly Invariant[] {
  return invariants.filter(({ holds }) => holds === false);
}

function broken({ invariants }: Findings): Decision | undefined {
  const faults = brokenIn(invariants).map(({ name, detail }) => `${name} (${detail})`);
  if (faults.length === 0) return undefined;
  return { verdict: 'VIOLATION', reason: `not so: ${faults.join('; ')}` };
}

function unknown({ invariants }: Findings): Decision | undefined {
  const open = invariants.filter(({ holds }) => holds === undefined);
  const [first] = open;
  if (first === undefined) return undefined;
  const more = open.length > 1 ? ` and ${open.length - 1} more` : '';
  return { verdict: 'INCONCLUSIVE', reason: `unknown: ${first.name} (${first.detail})${more}` };
}

function aborted({ view }: Findings): Decision | undefined {
  const { aborted: why } = view.recording;
  return why === undefined ? undefined : abortedBy(why);
}

function abortedBy(why: string): Decision {
  return { verdict: 'ABORTED', reason: why === '' ? 'healed before its time' : why };
}

function notRecovered({ view, bounds }: Findings): Decision | undefined {
  if (bounds.length === 0) {
    return { verdict: 'INCONCLUSIVE', reason: 'the plan has no bound to be kept' };
  }
  const missing = bounds.find(({ tookMs }) => tookMs === undefined);
  if (missing === undefined) return undefined;
  const { moment, hardMs, from } = missing;
  const waited = `within ${seconds(hardMs)} s from ${from}`;
  const isCut = view.recording.plan.observeMs < hardMs && from === 'injected';
  return isCut
    ? { verdict: 'INCONCLUSIVE', reason: `${moment} was not seen, and nobody waited ${waited}` }
    : { verdict: 'VIOLATION', reason: `${moment} was not seen ${waited}` };
}

function late({ bounds }: Findings): Decision | undefined {
  const over = ({ tookMs = 0, softMs }: BoundResult) => tookMs / Math.max(softMs, 1);
  const [worst] = bounds
    .filter(({ kept }) => kept !== 'yes')
    .toSorted((one, other) => over(other) - over(one));
  if (worst === undefined) return undefined;
  const took = `${worst.moment} after ${seconds(worst.tookMs ?? 0)} s`;
  return { verdict: 'SLOW', reason: `${took}, expected within ${seconds(worst.softMs)} s` };
}

function nothingChanged({ view }: Findings): Decision | undefined {
  const kinds = unchanged(view).map(titleOf);
  if (kinds.length === 0) return undefined;
  const reason = `no other ${kinds.join(' and ')} leader than before was seen: nothing was proved`;
  return { verdict: 'INCONCLUSIVE', reason };
}

function whyPassed({ bounds, invariants }: Findings): string {
  const [closest] = bounds.toSorted(
    (one, other) => (other.tookMs ?? 0) / other.softMs - (one.tookMs ?? 0) / one.softMs,
  );
  const kept = `${bounds.length} bounds and ${invariants.length} invariants kept`;
  if (closest === undefined) return kept;
  const { moment, tookMs = 0, softMs } = closest;
  return `${kept}; closest: ${moment} after ${seconds(tookMs)} s of ${seconds(softMs)} s`;
}
