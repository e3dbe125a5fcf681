import ora, { type Ora } from 'ora';
import { gateRules } from '../health/gates.ts';
import type { Event } from '../run/events.ts';
import { phaseTitles, seconds, type Progress, type Screen } from './progress.ts';
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
    show(event, { state, screen, open });
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
}

function show(event: Event, { state, screen, open }: Stage): void {
  const say = (text: string) => {
    state.spinner.text = clip(`${state.title}: ${text}`, screen.columns - 4);
  };
  switch (event.kind) {
    case 'observing':
      open(`looking at ${event.hosts} hosts`);
      return;
    case 'observed':
    case 'planned':
      return;
    case 'phase':
      open(`[${event.number}/5] ${phaseTitles[event.phase]}`);
      return;
    case 'step':
      if (event.result === 'changed') state.steps += 1;
      say(`${event.host}: ${event.step}`);
      return;
    case 'waiting':
      say(`waiting for ${gateRules[event.gate].condition}; ${event.reason}`);
      return;
    case 'settling':
      say(`waiting until all is healthy; ${event.reason}`);
      return;
    case 'reached':
      say(gateRules[event.gate].condition);
  }
}
