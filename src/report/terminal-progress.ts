import ora, { type Ora } from 'ora';
import { gateRules } from '../health/gates.ts';
import type { Event } from '../run/events.ts';
import { phaseTitles, printable, seconds, type Progress, type Screen } from './screen.ts';
import { clip } from './table.ts';

interface Spinning {
  readonly spinner: Ora;
  title: string;
  steps: number;
  begin: number;
}

/** The five phases, one spinner; what was done stays on the screen with its time. */
export function terminalProgress(screen: Screen): Progress {
  const spinner = ora({ discardStdin: false, color: 'cyan' });
  const state: Spinning = { spinner, title: '', steps: 0, begin: screen.now() };
  const close = (isGood: boolean) => {
    if (state.title === '') return;
    const done = state.steps === 0 ? '' : `, ${state.steps} changes`;
    const text = `${state.title}${done} (${seconds(screen.now() - state.begin)})`;
    if (isGood) spinner.succeed(text);
    else spinner.fail(text);
    state.title = '';
  };
  const open = (title: string) => {
    close(true);
    Object.assign(state, { title, steps: 0, begin: screen.now() });
    spinner.start(title);
  };
  const report = (event: Event) => {
    show(event, { state, screen, open, close });
  };
  return {
    report,
    end: (failed) => {
      close(!failed);
      spinner.stop();
    },
  };
}

interface Stage {
  readonly state: Spinning;
  readonly screen: Screen;
  readonly open: (title: string) => void;
  readonly close: (isGood: boolean) => void;
}

/** A spinner of several lines, each cut to the width: a broken line would leave its rest behind. */
function lines(screen: Screen, [title = '', ...more]: readonly string[]): string {
  const width = screen.columns - 4;
  return [clip(title, width), ...more.map((line) => `    ${clip(line, width - 4)}`)].join('\n');
}

function show(event: Event, stage: Stage): void {
  if (isTalk(event)) {
    showTalk(event, stage);
    return;
  }
  switch (event.kind) {
    case 'observing':
      stage.open(`looking at ${event.hosts} hosts`);
      return;
    case 'observed':
      return;
    case 'planned':
      // Nothing may spin while a question is asked.
      stage.close(true);
      return;
    case 'phase':
      showPhase(event, stage);
      return;
    default:
      showWork(event, stage);
  }
}

type Talk = Building | Extract<Event, { kind: 'note' }>;

function isTalk(event: Event): event is Talk {
  return event.kind === 'note' || 'controller' in event;
}

function showTalk(event: Talk, stage: Stage): void {
  if (event.kind !== 'note') {
    showBuild(event, stage);
    return;
  }
  stage.close(true);
  stage.state.spinner.stopAndPersist({ symbol: '–', text: event.text });
}

type Building = Extract<Event, { kind: 'build' | 'build-waiting' | 'console' }>;

function showBuild(event: Building, { state, screen, open }: Stage): void {
  if (!state.title.startsWith('build')) open('builds');
  const detail = buildDetail(event);
  if (event.kind === 'console' && screen.verbose) {
    // The spinner stands below what has been printed.
    state.spinner.clear();
    for (const line of event.lines) screen.line(`${event.controller} │ ${printable(line)}`);
  }
  state.spinner.text = lines(screen, [state.title, `${event.controller}: ${detail}`]);
}

function buildDetail(event: Building): string {
  switch (event.kind) {
    case 'build':
      return `${event.moment} ${event.detail}`;
    case 'build-waiting':
      return printable(event.reason);
    case 'console':
      return printable(event.lines.at(-1) ?? '');
  }
}

function showPhase(event: Extract<Event, { kind: 'phase' }>, { state, open, close }: Stage): void {
  const title = `[${event.number}/5] ${phaseTitles[event.phase]}`;
  if (!event.idle) {
    open(title);
    return;
  }
  close(true);
  state.spinner.stopAndPersist({ symbol: '–', text: `${title}: nothing to do` });
}

type Work = Extract<Event, { kind: 'step' | 'waiting' | 'settling' | 'emptying' | 'reached' }>;

function showWork(event: Work, { state, screen, open }: Stage): void {
  if (event.kind === 'settling' && state.title === '') open('the whole stack');
  if (event.kind === 'step' && event.result === 'changed') state.steps += 1;
  state.spinner.text = lines(screen, [state.title, ...detailsOf(event)]);
}

function detailsOf(event: Work): readonly string[] {
  switch (event.kind) {
    case 'step':
      return [`${event.host}: ${event.step}`];
    case 'waiting': {
      const { condition, why } = gateRules[event.gate];
      return [
        `waiting for ${condition},`,
        `because ${why} (at most ${seconds(event.deadlineMs)}):`,
        event.reason,
      ];
    }
    case 'settling':
      return [`waiting until all is healthy (at most ${seconds(event.deadlineMs)}):`, event.reason];
    case 'emptying':
      return [
        `${event.place}: waiting (at most ${seconds(event.deadlineMs)}):`,
        printable(event.reason),
      ];
    case 'reached':
      return [gateRules[event.gate].condition];
  }
}
