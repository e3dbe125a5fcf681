import { interrupted } from '../../src/adapters/interrupted.ts';
import type { Argv, Ran, RunOptions } from '../../src/ports.ts';
import type { FakeClock } from './fake-clock.ts';
import type { FakeMachine } from './fake-machine.ts';

export interface FakeLock {
  readonly token: string;
  /** JSON of who holds it. */
  readonly claim: string;
  /** The host lets go of it, as `remote/lock.sh` does when it hears nothing for a minute. */
  readonly lose: () => void;
}

interface Holding {
  readonly argv: Argv;
  readonly options: RunOptions;
  readonly clock: FakeClock;
}

const lastRun = '/var/lib/ci-cluster/last-run';

/** What `remote/lock.sh` does with its arguments, in memory. */
export function holdLock(machine: FakeMachine, { argv, options, clock }: Holding): Promise<Ran> {
  const [token = '', run = ''] = argv.slice(-3);
  const claim = String(options.input?.[1] ?? '').trim();
  const print = (lock: string, detail = '') => {
    const base64 = Buffer.from(detail).toString('base64');
    options.onLine?.(`{"lock":"${lock}","detail":"${base64}"}`);
  };
  if (machine.lock !== undefined) {
    print('held', machine.lock.claim);
    return Promise.resolve(ended(75));
  }
  if (machine.busyWith !== undefined) {
    print('busy', machine.busyWith);
    return Promise.resolve(ended(75));
  }
  return new Promise((resolve, reject) => {
    const own: FakeLock = {
      token,
      claim,
      lose: () => {
        machine.lock = undefined;
        resolve(ended(76));
      },
    };
    machine.lock = own;
    options.signal?.addEventListener('abort', () => {
      if (machine.lock === own) machine.lock = undefined;
      reject(interrupted(`the lock of ${machine.name}`));
    });
    options.talk?.opened((text) => {
      if (machine.lock !== own) return;
      if (text === '?') print('alive');
      if (text === '!') {
        const modified = clock.seconds();
        machine.files.set(lastRun, { content: run, mode: '644', uid: 0, gid: 0, modified });
        print('begun');
      }
    });
    print('taken', machine.files.get(lastRun)?.content);
  });
}

/** What `remote/lock-status.sh` prints. */
export function lockStatus({ lock, busyWith }: FakeMachine): Ran {
  const [state, claim] =
    lock === undefined
      ? busyWith === undefined
        ? ['free', '']
        : ['busy', busyWith]
      : ['held', lock.claim];
  const detail = Buffer.from(claim).toString('base64');
  return { ...ended(0), stdout: `{"lock":"${state}","detail":"${detail}"}\n` };
}

function ended(exitCode: number): Ran {
  return { exitCode, signal: undefined, stdout: '', stderr: '', truncated: false };
}
