import { Chalk, type ChalkInstance } from 'chalk';
import type { State } from '../health/model.ts';

export type Palette = ChalkInstance;

export function palette(colour: boolean): Palette {
  return new Chalk({ level: colour ? 1 : 0 });
}

/** A sign for each state that can be told apart without colour, too. */
const signs: Readonly<Record<State, string>> = {
  healthy: '✔',
  degraded: '!',
  unhealthy: '✘',
  unknown: '?',
};

export function sign(state: State, paint: Palette): string {
  return inColour(state, signs[state], paint);
}

export function inColour(state: State, text: string, paint: Palette): string {
  switch (state) {
    case 'healthy':
      return paint.green(text);
    case 'degraded':
      return paint.yellow(text);
    case 'unhealthy':
      return paint.red(text);
    case 'unknown':
      return paint.magenta(text);
  }
}
