import type { HostFault } from '../fault.ts';

/** What takes a fault back, as a line of `undo` on the host; `heal.sh` knows these and no others. */
export type Undo = `${'unpause' | 'start'} ${string}` | 'chain' | 'qdisc' | 'clock' | 'docker';

/** In the order in which it is done. Each may be done any number of times, and looks whether it worked. */
export function undoOf(fault: HostFault): readonly Undo[] {
  if ('container' in fault) return undoOfContainer(fault.kind, checkedName(fault.container));
  switch (fault.kind) {
    case 'cut':
    case 'loss':
      return ['chain'];
    case 'delay':
      return ['qdisc'];
    case 'clock-step':
      return ['clock'];
    case 'restart-docker':
    case 'reboot':
      return ['docker'];
  }
}

type ContainerFault = Extract<HostFault, { readonly container: string }>;

/** What thaws may end itself: a Mesos leader that was paused exits, and has to run again. */
function undoOfContainer(kind: ContainerFault['kind'], name: string): readonly Undo[] {
  return kind === 'pause' ? [`unpause ${name}`, `start ${name}`] : [`start ${name}`];
}

/** As Docker takes them; a blank or a newline would make a line of its own. */
export function checkedName(container: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(container)) return container;
  throw new Error(`no name of a container: ${container}`);
}
