import type { MomentName } from '../drill/bound.ts';
import type { Victim } from '../drill/drill-plan.ts';
import type { BoundResult, Verdict } from '../drill/judgement.ts';
import type { JudgedDrill, JudgedRun } from '../drill/record/judged.ts';
import type { Palette } from './palette.ts';

export const momentTitles: Readonly<Record<MomentName, string>> = {
  injected: 'fault injected',
  confirmed: 'fault in effect',
  noticed: 'noticed',
  'zookeeper-leader': 'ZooKeeper leader',
  'mesos-leader': 'Mesos leader',
  'marathon-leader': 'Marathon leader',
  'first-write': 'first write',
  'agents-back': 'agents back',
  'frameworks-back': 'frameworks back',
  'services-back': 'services back',
  'new-build': 'new build ended',
  'all-synced': 'members in step',
  healed: 'healed',
};

/** Signs that can be told apart without colour, too. */
export const verdictSigns: Readonly<Record<Verdict, string>> = {
  PASS: '✔',
  SLOW: '!',
  VIOLATION: '✘',
  REFUSED: '–',
  ABORTED: '!',
  SKIPPED: '–',
  INCONCLUSIVE: '?',
  UNHEALED: '✘',
};

export function inVerdictColour(verdict: Verdict, text: string, paint: Palette): string {
  switch (verdict) {
    case 'PASS':
      return paint.green(text);
    case 'VIOLATION':
    case 'UNHEALED':
      return paint.red(text);
    case 'SLOW':
    case 'ABORTED':
      return paint.yellow(text);
    case 'INCONCLUSIVE':
      return paint.magenta(text);
    case 'REFUSED':
    case 'SKIPPED':
      return paint.dim(text);
  }
}

/** `D02 zk-leader-kill`; the added drills have their name for an id. */
export function drillName({ id, name }: { readonly id: string; readonly name: string }): string {
  return id === name ? name : `${id} ${name}`;
}

export function victimText({ host, container, roles, leads }: Victim): string {
  const what = container ?? 'the whole host';
  const led = leads.length === 0 ? '' : `; led ${leads.join(', ')}`;
  return `${host}, ${what} (roles: ${roles.join(', ')}${led})`;
}

/** How a bound was kept, in words that stand behind the figures. */
export function keptText(bound: BoundResult): string {
  const { tookMs, from } = bound;
  if (from === 'injected') return lateness(bound);
  return `${lateness(bound)}${tookMs === undefined ? '' : `, ${duration(tookMs)}`} after healing`;
}

function lateness({ kept, tookMs, softMs, hardMs }: BoundResult): string {
  if (kept === 'yes') return 'in time';
  if (tookMs === undefined) return 'not seen';
  return kept === 'slow'
    ? `slow by ${duration(tookMs - softMs)}`
    : `late by ${duration(tookMs - hardMs)}`;
}

/** What the fault left, and whether the cluster is as it was. */
export function undoLines(drill: JudgedDrill): readonly string[] {
  const { aftermath, healedAt, injectedAt } = drill.recording;
  if (injectedAt === undefined) return ['nothing was done to any host'];
  const healed = healedAt === undefined ? 'not known to be healed' : 'healed';
  const after = healedAt === undefined ? '' : ` ${duration(healedAt - injectedAt)} after the fault`;
  if (aftermath === undefined) return [`${healed}${after}; nobody looked at what it left`];
  const { residue, steady, unsteady, lostWrites } = aftermath;
  return [
    `${healed}${after}`,
    ...residueLines(residue),
    steadyLine(steady, unsteady),
    ...(lostWrites.length === 0 ? [] : [`acknowledged writes lost: ${lostWrites.length}`]),
  ];
}

function residueLines(residue: readonly string[] | undefined): readonly string[] {
  if (residue === undefined) return ['not every host could be searched for what the fault left'];
  if (residue.length === 0) return ['nothing of it is left on the hosts'];
  return residue.map((one) => `left: ${one}`);
}

function steadyLine(steady: boolean | undefined, unsteady: string): string {
  if (steady === true) return 'all gates hold again';
  return steady === undefined ? `gates not known: ${unsteady}` : `gates do not hold: ${unsteady}`;
}

/** Their clocks count from their own begin: what matters is how exactly their times are placed on ours. */
export function clockText(clocks: JudgedDrill['recording']['clocks']): string | undefined {
  const hosts = [...new Set(clocks.map(({ host }) => host))];
  if (hosts.length === 0) return undefined;
  const told = hosts.map((host) => {
    const own = clocks.filter((clock) => clock.host === host);
    const offsets = own.map(({ offsetMs }) => offsetMs);
    const drift = Math.max(...offsets) - Math.min(...offsets);
    const error = Math.max(drift, ...own.map(({ errorMs }) => errorMs));
    return `${host} ± ${Math.max(1, Math.ceil(error))} ms`;
  });
  return `Times of hosts as the operator's clock would show them: ${told.join(', ')}`;
}

/** Somebody has to look after the hosts. */
function needsHealing({ judgement, recording }: JudgedDrill): boolean {
  const { injectedAt, healedAt, aftermath } = recording;
  if (judgement.verdict === 'UNHEALED') return true;
  if (injectedAt === undefined) return false;
  return healedAt === undefined || aftermath?.residue?.length !== 0;
}

/** Commands to type now, the most urgent first. */
export function nextCommands(run: JudgedRun): readonly (readonly [string, string])[] {
  const verdicts = new Set(run.drills.map(({ judgement }) => judgement.verdict));
  const heal = run.drills.some(needsHealing);
  return [
    ...(heal ? ([['ci-cluster failover-drill heal --all', 'undo on all hosts']] as const) : []),
    ...(verdicts.has('REFUSED')
      ? ([['ci-cluster status', 'what the gates look at']] as const)
      : []),
    [`ci-cluster failover-drill report ${run.id}`, 'JSON, JUnit, HTML'],
  ];
}

/** `2026-03-02 22:00:10 UTC`, of a time in ISO 8601. */
export function utc(at: string): string {
  return at.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}

/** To a tenth of a second, from two minutes on to the second. */
export function duration(ms: number): string {
  const isLong = Math.abs(ms) >= 120_000;
  return `${(ms / 1000).toFixed(isLong ? 0 : 1)} s`;
}
