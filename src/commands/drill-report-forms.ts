import { judge } from '../drill/judge/judge.ts';
import type { DrillHistory } from '../drill/record/drill-history.ts';
import { earlierDrills, findRun } from '../drill/record/drill-history.ts';
import { judged, type JudgedRun } from '../drill/record/judged.ts';
import { ClusterError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { drillRunDocument } from '../report/drill-document.ts';
import { drillJunit } from '../report/drill-junit.ts';
import { drillRunText } from '../report/drill-text.ts';
import { palette, type Palette } from '../report/palette.ts';
import type { Result } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export type Form = 'text' | 'json' | 'junit' | 'html';

export interface FormOptions extends GlobalOptions {
  readonly format: Form;
  readonly out?: string;
}

/** Throws USAGE where there is no such run on record. */
export async function readReport(
  { journal, caller }: Pick<Ports, 'journal' | 'caller'>,
  folder: string,
  id: string,
): Promise<{ readonly run: JudgedRun }> {
  const found = await findRun({ journal }, folder, id);
  if (found !== undefined) return { run: judged(found, { judge, isRunning: caller.isRunning }) };
  throw new ClusterError('USAGE', `there is no run of drills ${id} on record on this machine`, {
    remedy: 'ci-cluster failover-drill history lists them.',
  });
}

export interface Reported {
  readonly run: JudgedRun;
  readonly histories: readonly DrillHistory[];
  readonly context: CommandContext;
  readonly exitCode: number;
}

/** On stdout, or in a file with the text on stdout nevertheless. */
export async function reportIn(options: FormOptions, reported: Reported): Promise<Result> {
  const { run, context, exitCode } = reported;
  const { columns } = context.terminal;
  const text = (paint: Palette) => drillRunText(run, { paint, columns });
  const common = { exitCode, more: drillRunDocument(run) };
  const form = await formed(options.format, reported);
  if (options.out === undefined) {
    return form === undefined
      ? { ...common, text }
      : { ...common, text: () => form, verbatim: true };
  }
  await context.ports.files.write(options.out, form ?? text(palette(false)));
  return { ...common, text: (paint) => `${text(paint)}\n\nThe report is in ${options.out ?? ''}.` };
}

/** Undefined for the text, which depends on the screen. */
async function formed(form: Form, { run, histories }: Reported): Promise<string | undefined> {
  switch (form) {
    case 'text':
      return undefined;
    case 'json':
      return JSON.stringify(drillRunDocument(run), undefined, 2);
    case 'junit':
      return drillJunit(run);
    case 'html': {
      const { drillHtml } = await import('../report/drill-html/page.ts');
      const { began } = run;
      return drillHtml(run, (name) => earlierDrills(histories, { name, began }));
    }
  }
}
