import { plainProgress } from './plain-progress.ts';
import type { Progress, Screen } from './screen.ts';
import { terminalProgress } from './terminal-progress.ts';

/** Five phases on a terminal, one plain line per event elsewhere. */
export function createProgress(screen: Screen): Progress {
  return screen.isTty ? terminalProgress(screen) : plainProgress(screen);
}
