import { readFileSync } from 'node:fs';
import type { Comparison } from './compare.ts';

interface Gap {
  readonly name: string;
  readonly reason: string;
  /** Patterns over `answer path`, either side free: what of the answers it explains. */
  readonly where: readonly string[];
}

const knownGaps = JSON.parse(
  readFileSync(new URL('../known-gaps.json', import.meta.url), 'utf8'),
) as readonly Gap[];

const patterns = knownGaps.flatMap(({ where }) => where);
const used = new Set<string>();

function isKnown(difference: string): boolean {
  const found = patterns.filter((one) => new RegExp(one).test(difference));
  for (const one of found) used.add(one);
  return found.length > 0;
}

/** Patterns of the known gaps that explained nothing: the gap was closed, or never was. */
export function idlePatterns(): string[] {
  return patterns.filter((one) => !used.has(one));
}

/** What was compared, over all situations. */
class Tally {
  recorded = 0;
  compared = 0;
  keys = 0;
  covered = 0;

  expect(answers: number): void {
    this.recorded += answers;
  }

  /** Differences that no known gap explains. */
  add(name: string, { keys, covered, differences }: Comparison): string[] {
    this.compared += 1;
    this.keys += keys;
    this.covered += covered;
    return differences.map((one) => `${name} ${one}`).filter((one) => !isKnown(one));
  }

  line(whose: string): string {
    const grouped = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ' ');
    return `conformance${whose}: ${grouped(this.compared)} of ${grouped(this.recorded)} recorded answers compared, ${grouped(this.covered)} of ${grouped(this.keys)} keys covered`;
  }
}

/** The stand-in agent's own answers count apart: the two grow each at its own pace. */
export const tallies = { master: new Tally(), agent: new Tally() };

export function tallyFor(name: string): Tally {
  return name.includes('/agent-') ? tallies.agent : tallies.master;
}
