import { gateRules } from '../health/gates.ts';
import type { Event } from '../run/events.ts';
import { palette, type Palette } from './palette.ts';
import { phaseTitles, printable, seconds, type Progress, type Screen } from './screen.ts';

/** A line per event, for logs and pipes; the same wait is told once, not at every look. */
export function plainProgress(screen: Screen): Progress {
  const begin = screen.now();
  const paint = palette(screen.colour);
  const told = { text: '', gate: '', reason: '' };
  const waits = new Map<string, string>();
  const report = (event: Event) => {
    if (event.kind === 'console' && screen.verbose) tellConsole(event, screen);
    if (event.kind === 'build-waiting' && isKnown(event, waits)) return;
    const text = isSameWait(event, told) ? `    … ${event.reason}` : textOf(event, paint);
    if (text === undefined || text === told.text || isSameReason(event, told)) return;
    const { gate, reason } = event.kind === 'waiting' ? event : nothing;
    Object.assign(told, { text, gate, reason });
    screen.line(`${paint.dim(seconds(screen.now() - begin).padStart(7))}  ${text}`);
  };
  return { report, end: () => undefined };
}

/** Several builds wait side by side, each for reasons of its own. */
function isKnown(
  { controller, reason }: Extract<Event, { kind: 'build-waiting' }>,
  waits: Map<string, string>,
): boolean {
  const same = waits.get(controller) === reason;
  waits.set(controller, reason);
  return same;
}

function tellConsole({ controller, lines }: Extract<Event, { kind: 'console' }>, screen: Screen) {
  for (const line of lines) screen.line(`  ${controller} │ ${printable(line)}`);
}

/** What a gate waits for and why is told once; after that only what is still missing. */
function isSameWait(
  event: Event,
  told: { gate: string },
): event is Extract<Event, { kind: 'waiting' }> {
  return event.kind === 'waiting' && event.gate === told.gate;
}

const nothing = { gate: '', reason: '' };

function isSameReason(event: Event, told: { gate: string; reason: string }): boolean {
  return event.kind === 'waiting' && event.gate === told.gate && event.reason === told.reason;
}

type Tellers = {
  readonly [Kind in Event['kind']]: (
    event: Extract<Event, { kind: Kind }>,
    paint: Palette,
  ) => string | undefined;
};

/** Undefined for what would only fill the log: the start of a step that ends with its own line. */
const tellers: Tellers = {
  observing: ({ hosts }) => `looking at ${hosts} hosts`,
  observed: ({ error }, paint) => (error === undefined ? undefined : `${paint.red('✘')} ${error}`),
  planned: ({ changes }) => (changes === 0 ? 'nothing to change' : `${changes} changes to make`),
  phase: ({ phase, number, idle }, paint) => {
    const title = `[${number}/5] ${phaseTitles[phase]}`;
    return idle ? `${title}: ${paint.dim('nothing to do')}` : paint.bold(title);
  },
  step: ({ host, step, result, minor }, paint) => {
    if (result === 'started' || result === 'unchanged') return undefined;
    if (minor === true && result === 'changed') return undefined;
    return `  ${host}: ${step}${result === 'changed' ? '' : `: ${paint.red(result)}`}`;
  },
  waiting: ({ gate, reason, deadlineMs }) => {
    const { condition, why } = gateRules[gate];
    const bound = `${why}; at most ${seconds(deadlineMs)}`;
    return `  waiting for ${condition} (${bound})\n${' '.repeat(13)}… ${reason}`;
  },
  settling: ({ reason, deadlineMs }) =>
    `  waiting until all is healthy (at most ${seconds(deadlineMs)}): ${reason}`,
  emptying: ({ place, reason, deadlineMs }) =>
    `  ${place}: waiting (at most ${seconds(deadlineMs)}): ${printable(reason)}`,
  note: ({ text }) => text,
  build: ({ controller, moment, detail }, paint) => {
    const sign =
      moment === 'finished' ? `${detail === 'SUCCESS' ? paint.green('✔') : paint.red('✘')} ` : '';
    return `  ${controller}: ${sign}${moment}${detail === '' ? '' : ` (${detail})`}`;
  },
  'build-waiting': ({ controller, reason }) => `  ${controller}: waiting: ${printable(reason)}`,
  console: () => undefined,
  reached: ({ gate }, paint) => `  ${paint.green('✔')} ${gateRules[gate].condition}`,
};

function textOf(event: Event, paint: Palette): string | undefined {
  const tell = tellers[event.kind] as (event: Event, paint: Palette) => string | undefined;
  return tell(event, paint);
}
