import type { Phase } from '../services/service.ts';
import type { ChangeGroup, ItemChange } from '../plan/diff/change.ts';
import type { Duration } from '../plan/duration.ts';
import type { Effects } from '../plan/effects/effects.ts';
import type { Palette } from './palette.ts';
import { changeLines, type Depth } from './plan-change-lines.ts';
import { durationLines, effectLines, unknownLines } from './plan-effect-lines.ts';
import { drawn, line, type PlanLine } from './plan-line.ts';
import { summaryText, type PlanSummary } from './plan-summary.ts';
import { phaseTitles } from './screen.ts';
import { wrap } from './table.ts';

/** A plan with everything that was found out about it. */
export interface PlanView {
  readonly summary: PlanSummary;
  readonly groups: readonly ChangeGroup[];
  readonly effects: Effects;
  readonly duration: Duration;
  readonly fingerprint: string;
}

export interface Sheet {
  readonly paint: Palette;
  readonly columns: number;
  readonly depth: Depth;
}

/** The whole plan, per phase and host, then what it does and how long it takes. */
export function planText(view: PlanView, { paint, columns, depth }: Sheet): string {
  const { effects, duration, summary, fingerprint } = view;
  const blocks = [
    ...groupBlocks(view.groups, depth),
    effectLines(effects),
    unknownLines(effects),
    durationLines(duration),
  ].filter((block) => block.length > 0);
  return [
    ...blocks.map((block) => drawn(block, paint, columns).join('\n')),
    `${paint.bold(wrap(summaryText(summary, effects), columns))}\n${paint.dim(`Plan ${fingerprint}`)}`,
  ].join('\n\n');
}

/** What is asked about: no contents, but all effects. */
export function shortPlanText(
  view: Omit<PlanView, 'fingerprint' | 'duration'>,
  sheet: Omit<Sheet, 'depth'>,
): string {
  const { groups, effects, summary } = view;
  const blocks = [...groupBlocks(groups, 'titles'), effectLines(effects), unknownLines(effects)];
  return [
    ...blocks
      .filter((block) => block.length > 0)
      .map((block) => drawn(block, sheet.paint, sheet.columns).join('\n')),
    sheet.paint.bold(wrap(summaryText(summary, effects), sheet.columns)),
  ].join('\n\n');
}

/** A block for each phase; hosts with the same changes stand together. */
function groupBlocks(
  groups: readonly ChangeGroup[],
  depth: Depth,
): readonly (readonly PlanLine[])[] {
  const phases = [...new Set(groups.map(({ phase }) => phase))];
  return phases.map((phase) => [
    line(0, 'heading', phaseTitles[phase]),
    ...alike(groups, phase, depth).flatMap(({ names, lines }) => [
      line(2, 'plain', names.join(', ')),
      ...lines,
    ]),
  ]);
}

interface Alike {
  readonly names: string[];
  readonly lines: readonly PlanLine[];
}

/** What reads the same is told once. */
function alike(groups: readonly ChangeGroup[], phase: Phase, depth: Depth): readonly Alike[] {
  const found = new Map<string, Alike>();
  for (const { host, changes, ...group } of groups) {
    if (group.phase !== phase) continue;
    const lines = shownChanges(changes, depth).flatMap((change) => changeLines(change, depth));
    const key = host === null ? 'services' : JSON.stringify(lines);
    const same = found.get(key) ?? { names: [], lines };
    same.names.push(host ?? 'through the services');
    found.set(key, same);
  }
  return [...found.values()];
}

/** A new host gets a dozen folders: one line says so where nobody asked for all. */
function shownChanges(changes: readonly ItemChange[], depth: Depth): readonly ItemChange[] {
  const isNew = (one: ItemChange) => one.kind === 'folder' && one.action === 'create';
  const count = changes.filter(isNew).length;
  if (depth === 'whole' || count < 3) return changes;
  const folded = { kind: 'other', action: 'do', text: `${count} new folders` } as const;
  const at = changes.findIndex(isNew);
  return [...changes.slice(0, at), folded, ...changes.slice(at)].filter((one) => !isNew(one));
}
