import { momentNames } from '../drill/bound.ts';
import type { BoundResult, Moment } from '../drill/judgement.ts';
import type { JudgedDrill } from '../drill/record/judged.ts';
import type { Ms } from '../drill/sample.ts';
import { duration, keptText, momentTitles } from './drill-words.ts';
import { printable } from './screen.ts';
import { hangingTable } from './table.ts';

const head = ['', 'moment', 'after fault', '', 'soft', 'hard', ''];

/** A row for each moment: when, how exact, how late it might have been. */
export function timelineLines({ recording, judgement }: JudgedDrill, columns: number): string[] {
  const { injectedAt } = recording;
  const { timeline, bounds } = judgement;
  const rows = momentNames.flatMap((name) => {
    const moment = timeline.find((one) => one.name === name);
    const bound = bounds.find((one) => one.moment === name);
    if (moment === undefined && bound === undefined) return [];
    return [row({ name, moment, bound, injectedAt })];
  });
  return rows.length === 0
    ? []
    : hangingTable([head, ...rows], columns).map((line) => line.trimEnd());
}

interface Row {
  readonly name: Moment['name'];
  readonly moment: Moment | undefined;
  readonly bound: BoundResult | undefined;
  readonly injectedAt: Ms | undefined;
}

function row({ name, moment, bound, injectedAt }: Row): string[] {
  const after = afterFault(moment?.at, injectedAt);
  const figures = [after.padStart(head[2]?.length ?? 0), errorOf(moment)];
  const title = momentTitles[name];
  if (bound === undefined) return [' ', title, ...figures, '', '', remark(moment)];
  const limits = [bound.softMs, bound.hardMs].map(limit);
  return [signs[bound.kept], title, ...figures, ...limits, keptText(bound)];
}

/** What the tool itself did stands above the table. */
function remark(moment: Moment | undefined): string {
  if (moment === undefined || moment.name === 'injected' || moment.name === 'confirmed') return '';
  return printable(moment.detail);
}

function afterFault(at: Ms | undefined, injectedAt: Ms | undefined): string {
  return at === undefined || injectedAt === undefined ? '–' : duration(at - injectedAt);
}

const signs: Readonly<Record<BoundResult['kept'], string>> = { yes: '✔', slow: '!', no: '✘' };

function errorOf(moment: Moment | undefined): string {
  if (moment?.at === undefined || moment.errorMs === undefined) return '';
  return `± ${duration(moment.errorMs)}`;
}

function limit(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`.padStart(5);
}
