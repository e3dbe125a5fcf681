import process from 'node:process';
import type { Ports } from '../ports.ts';
import { stateRoot } from './state.ts';
import type { Tools } from './tools.ts';

interface Surroundings {
  readonly ports: Pick<Ports, 'local' | 'clock' | 'signal'>;
  readonly env: Tools['env'];
  readonly note: Tools['note'];
}

export function createTools({ ports, env, note }: Surroundings): Tools {
  const isRoot = process.getuid?.() === 0;
  const { local, clock, signal } = ports;
  return {
    ...{ local, clock, signal, env, note, isRoot },
    root: stateRoot(env, isRoot),
    dockerHost: undefined,
  };
}
