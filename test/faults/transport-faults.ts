import { rmSync, writeFileSync } from 'node:fs';
import type { Fleet } from './fleet.ts';
import type { Welcome } from './line.ts';
import type { Moment } from './sshd.ts';

/** One way in which a network or an sshd fails, from a moment on. */
export interface TransportFault {
  readonly name: string;
  /** At the connection itself, before any command. */
  readonly atConnect?: (fleet: Fleet, host: string) => void;
  /** Before a command starts, or after a marker in its output. */
  readonly strike: (moment: Moment, fleet: Fleet) => void;
  /** Silence has no end of its own: the bound of the command is shortened. */
  readonly isEndless?: boolean;
}

/** The connection ends, and whoever comes back meets the welcome. */
function gone(name: string, welcome: Welcome): TransportFault {
  const greet = (fleet: Fleet, host: string): void => {
    fleet.hosts.get(host)!.sshd.line.welcome = welcome;
  };
  return {
    name,
    atConnect: greet,
    strike: ({ line, point }, fleet) => {
      greet(fleet, point.host);
      line.cut();
    },
  };
}

/** Half of what a stage script sends at least, its library being longer than this. */
const someBytes = 4096;

export const transportFaults: readonly TransportFault[] = [
  gone('refused', 'refuse'),
  gone('accepted, then silent', 'silence'),
  gone('banner, then hang', 'banner, then silence'),
  gone('dropped in the key exchange', 'drop in key exchange'),
  {
    name: 'key rejected',
    atConnect: ({ locked }, host) => locked.add(host),
    strike: ({ line, point }, { locked }) => {
      locked.add(point.host);
      line.cut();
    },
  },
  {
    name: 'no channel (MaxSessions)',
    strike: ({ point, course, channel }, { refusing }) => {
      refusing.add(point.host);
      if (point.marker > 0) return;
      // This command's own session was open already: it goes away before anything ran.
      course.unstarted = true;
      channel.close();
    },
  },
  {
    name: 'exec, then no output',
    isEndless: true,
    strike: ({ point, course }) => {
      course.mute = true;
      course.unstarted = point.marker === 0;
    },
  },
  {
    name: 'output, then dropped before the exit status',
    strike: ({ point, course, line }) => {
      if (point.marker === 0) course.end = 'cut';
      else line.cut();
    },
  },
  {
    name: 'exit status without close',
    strike: ({ course, running }) => {
      course.end = 'exit without close';
      running?.killAll();
    },
  },
  {
    name: 'half open (black hole)',
    strike: ({ line }) => {
      line.freeze();
    },
  },
  {
    name: 'reset in the middle of an upload',
    strike: ({ point, course, line }) => {
      if (point.marker === 0) course.resetAfterBytes = someBytes;
      else line.reset();
    },
  },
  {
    name: 'upload cut short',
    strike: ({ point, course, running }) => {
      if (point.marker === 0) course.inputBytes = someBytes;
      else running?.child.stdin.end();
    },
  },
  {
    name: 'rename fails',
    strike: ({ machine }) => {
      writeFileSync(machine.path('/fake/mv-fails'), '');
    },
  },
  {
    name: 'slow (one byte at a time)',
    strike: ({ line }) => {
      // One byte a second where keepalives come every five, in the proportion of `operator.ts`.
      line.slow(50);
    },
  },
];

/** As if nothing had happened, for whoever comes next. */
export function healFleet(fleet: Fleet): void {
  fleet.onMoment = () => undefined;
  fleet.refusing.clear();
  fleet.locked.clear();
  for (const { sshd, machine } of fleet.hosts.values()) {
    sshd.line.mend();
    rmSync(machine.path('/fake/mv-fails'), { force: true });
  }
}
