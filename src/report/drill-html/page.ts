import type { PastDrill } from '../../drill/record/drill-history.ts';
import type { JudgedDrill, JudgedRun } from '../../drill/record/judged.ts';
import { drillName, utc } from '../drill-words.ts';
import { chart } from './chart.ts';
import { hatch, legend } from './legend.ts';
import { tag, verbatim, type Content, type Markup } from './markup.ts';
import { bounds, builds, facts, invariants, moments, observers, plan } from './sections.ts';
import { style } from './style.ts';
import { tableOf } from './table.ts';
import { trend } from './trend.ts';
import { badge } from './words.ts';

/** Earlier runs of the drill of this name, the newest first. */
export type Earlier = (name: string) => readonly PastDrill[];

/** A run of drills as one page that needs nothing else: no script, no other file, no network. */
export function drillHtml(run: JudgedRun, earlier: Earlier = () => []): string {
  const title = `Failover drill of ${run.cluster}, ${run.began.slice(0, 10)}`;
  const drills = run.drills.map((drill, index) =>
    section(drill, { run, id: `drill-${index + 1}`, past: earlier(drill.recording.plan.name) }),
  );
  const page = tag(
    'html',
    { lang: 'en' },
    tag('head', {}, ...headOf(title)),
    tag('body', {}, hatch(), header(run), tag('main', {}, drills), footer(run)),
  );
  return `<!DOCTYPE html>\n${page.markup}\n`;
}

/** Should text from a host ever get through as markup, the browser would still load and run nothing. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

function headOf(title: string): readonly Content[] {
  return [
    tag('meta', { charset: 'utf-8' }),
    tag('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    tag('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    tag('title', {}, title),
    tag('style', {}, verbatim(style)),
  ];
}

function header({ cluster, id, began, owner, notice, drills, skipped }: JudgedRun): Markup {
  const isSeveral = drills.length + skipped.length > 1 || drills.length === 0;
  return tag(
    'header',
    {},
    tag('h1', {}, `Failover drill of ${cluster}`),
    tag('p', { class: 'quiet' }, `Run ${id}, began ${utc(began)}, by ${owner}`),
    notice === undefined ? undefined : tag('p', { class: 'notice' }, notice),
    isSeveral ? summary({ drills, skipped }) : undefined,
  );
}

function summary({ drills, skipped }: Pick<JudgedRun, 'drills' | 'skipped'>): Content {
  const rows = [
    ...drills.map(({ recording, judgement }, index) => [
      badge(judgement.verdict),
      tag('a', { href: `#drill-${index + 1}` }, drillName(recording.plan)),
      judgement.reason,
    ]),
    ...skipped.map((one) => [badge('SKIPPED'), drillName(one), one.reason]),
  ];
  return [tag('h3', {}, 'Drills of this run'), tableOf(['verdict', 'drill', 'why'], rows)];
}

interface Place {
  readonly run: JudgedRun;
  readonly id: string;
  readonly past: readonly PastDrill[];
}

function section(drill: JudgedDrill, { run, id, past }: Place): Markup {
  const { recording, judgement } = drill;
  const drawing = chart(drill, id);
  return tag(
    'section',
    { class: 'drill', id },
    tag(
      'div',
      { class: 'head' },
      badge(judgement.verdict),
      tag('h2', {}, `${drillName(recording.plan)}: ${recording.plan.title}`),
    ),
    tag('p', { class: 'reason' }, judgement.reason),
    facts(drill),
    drawing === undefined
      ? undefined
      : [tag('h3', {}, 'Timeline'), tag('div', { class: 'wide' }, drawing), legend()],
    ...[bounds, moments, invariants, builds].map((part) => part(drill)),
    ...[trend(run.id, drill, past), observers(drill), plan(drill)],
  );
}

function footer({ id, version, command }: JudgedRun): Markup {
  const typed = `ci-cluster ${command.join(' ')}`;
  return tag(
    'footer',
    { class: 'quiet' },
    tag(
      'p',
      {},
      `Made by ci-cluster ${version} from the record of run ${id}: `,
      tag('code', {}, typed),
    ),
  );
}
