import { readFileSync, readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { parseCluster } from '../../src/config/parse-cluster.ts';
import { faultsIn, outcome } from '../support/config-faults.ts';
import { countOf, isFull, publish, seeded } from './figures.ts';
import { generatedClusters } from './generated-clusters.ts';

const fixtures = new URL('../fixtures/', import.meta.url);
const generated = isFull ? 10_000 : 500;

interface HandMade {
  readonly base: string;
  readonly cases: readonly {
    readonly name: string;
    readonly add?: string;
    readonly replace?: string;
    readonly by?: string;
    readonly faults: readonly string[];
  }[];
}

const { base, cases } = parse(
  readFileSync(new URL('bad-clusters.yml', fixtures), 'utf8'),
) as HandMade;

/** Path, or what is wrong with the text itself, and after it what to do. */
const helpful =
  /^\d+:\d+ (([A-Za-z0-9_.<>-]|\S)[^:]*: \S.{8}|unknown (key|check) `.*`.*(known there|did you mean|another kind|merge)|unknown alias|duplicate key `|more than 100 aliases|the (file|aliases) |a cluster file has)/;

test('300 cluster files and more, bad in different ways, are each refused with path, line and hint', () => {
  const old = readdirSync(new URL('clusters/bad/', fixtures));
  const lines = new Set<string>();
  for (const { name, add, replace = '', by = '', faults } of cases) {
    const text = add === undefined ? base.replace(replace, () => by) : `${base}${add}\n`;
    expect(text, name).not.toBe(base);
    expect(faultsIn(text), name).toEqual(faults);
    expect(faults.length, name).toBeGreaterThan(0);
    for (const fault of faults) {
      expect(fault, name).toMatch(helpful);
      lines.add(fault);
    }
  }
  expect(faultsIn(base)).toEqual([]);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  expect(old.length + cases.length).toBeGreaterThanOrEqual(300);
  expect(lines.size).toBeGreaterThan(250);
  publish('cluster files made by hand', {
    files: old.length + cases.length,
    'refused with path, line and hint': old.length + cases.length,
  });
});

test('generated cluster files are each refused with places, or accepted and read the same when written back, in under a second', () => {
  const outcomes: string[] = [];
  let longestMs = 0;
  for (const text of generatedClusters(generated, seeded(20_261_123))) {
    const before = process.cpuUsage();
    const end = outcome(text);
    if (end === 'accepted') expectSameMeaning(text);
    const { user, system } = process.cpuUsage(before);
    longestMs = Math.max(longestMs, (user + system) / 1000);
    outcomes.push(end);
  }
  const counts = countOf(outcomes);
  publish('cluster files generated', {
    files: outcomes.length,
    ...counts,
    crashes: 0,
    'longest, ms of processor': Math.round(longestMs),
  });
  expect(longestMs).toBeLessThan(1000);
  expect(counts.refused).toBeGreaterThan(generated / 4);
  expect(counts.accepted).toBeGreaterThan(generated / 50);
}, 600_000);

/** Commands that write the file back must not change what it says. */
function expectSameMeaning(text: string): void {
  const [one, other] = [text, parseDocument(text).toString()].map((file) =>
    parseCluster(file, { path: 'cluster.yml', home: '/home/ops' }),
  );
  if (!isDeepStrictEqual(one, other)) throw new Error(`written back differently:\n${text}`);
}
